"""The servers that this machine's settings name: do they answer, and how soon?"""

import asyncio
from collections.abc import Iterator
from time import perf_counter

from sqlalchemy import text

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.revisions import Status, status
from cryptoflow.pipelines.databases.targets import Target, shared
from cryptoflow.pipelines.journals.ends import Ended, ends, odd
from cryptoflow.report.checks_table import FAIL, OK, WARN, Check
from cryptoflow.storage.redis.cache import latency, name_of

PATIENCE = 5.0
"""Seconds that a database may take to answer."""

TRIES = 3
"""How often a server is asked; the shortest time is what it takes, the others what else went on."""

UPGRADE = "cryptoflow db upgrade"


def database() -> Iterator[Check]:
    """Ask the database that is named; without it nothing that needs it can start."""
    target = shared()
    if not target.exists():
        yield Check("database", WARN, f"{target.place} is not there yet", UPGRADE)
        return
    try:
        found, best, ended = asyncio.run(_asked(target))
    except CryptoflowError as error:
        problem = error.problems[0]
        yield Check("database", FAIL, problem.what, problem.fix)
        return
    except TimeoutError:
        told = f"{target.place} does not answer within {PATIENCE:.0f} s"
        yield Check("database", FAIL, told, "start it, or name another one with CRYPTOFLOW_DATABASE_URL")
        return
    told = f"{found.place} answers in {best:.1f} ms"
    if found.ready:
        yield Check("database", OK, f"{told}, {found.events:,} events")
    else:
        yield Check("database", WARN, f"{told}; it is of revision {found.found or 'none'}, not {found.needed}", UPGRADE)
    yield from (check for each in ended if (check := odd("database", each)))


async def _asked(target: Target) -> tuple[Status, float, list[Ended]]:
    """Return what a database is, the milliseconds of its quickest answer, and where its journals end."""
    took = []
    async with asyncio.timeout(PATIENCE), reached(target, reads=True) as opened, opened.reading() as connection:
        for _ in range(TRIES):
            asked_at = perf_counter()
            await connection.execute(text("SELECT 1"))
            took.append(1000 * (perf_counter() - asked_at))
    async with asyncio.timeout(PATIENCE):
        found = await status(target)
        return found, min(took), await ends(target) if found.ready else []


def redis(url: str) -> Check:
    """Ask the Redis that is named; everything works without it, so a missing one is worth a word and no more."""
    best, trouble = asyncio.run(latency(url, MachineClock(), TRIES))
    if best is not None:
        return Check("redis", OK, f"{name_of(url)} answers in {best:.1f} ms")
    told = f"{trouble or f'{name_of(url)} does not answer in time'}; this machine counts its requests alone meanwhile"
    return Check("redis", WARN, told, "start it, or unset CRYPTOFLOW_REDIS_URL: everything works without")
