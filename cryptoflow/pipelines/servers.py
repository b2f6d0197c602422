"""The servers that this machine's settings name: do they answer, and how soon?"""

import asyncio
from time import perf_counter

from sqlalchemy import text

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.revisions import Status, status
from cryptoflow.pipelines.databases.targets import Target, shared
from cryptoflow.report.checks_table import FAIL, OK, WARN, Check
from cryptoflow.storage.redis.cache import latency, name_of

PATIENCE = 5.0
"""Seconds that a database may take to answer."""

TRIES = 3
"""How often a server is asked; the shortest time is what it takes, the others what else went on."""

UPGRADE = "cryptoflow db upgrade"


def database() -> Check:
    """Ask the database that is named; without it nothing that needs it can start."""
    target = shared()
    if not target.exists():
        return Check("database", WARN, f"{target.place} is not there yet", UPGRADE)
    try:
        found, best = asyncio.run(_asked(target))
    except CryptoflowError as error:
        problem = error.problems[0]
        return Check("database", FAIL, problem.what, problem.fix)
    except TimeoutError:
        told = f"{target.place} does not answer within {PATIENCE:.0f} s"
        return Check("database", FAIL, told, "start it, or name another one with CRYPTOFLOW_DATABASE_URL")
    told = f"{found.place} answers in {best:.1f} ms"
    if found.ready:
        return Check("database", OK, f"{told}, {found.events:,} events")
    return Check("database", WARN, f"{told}; it is of revision {found.found or 'none'}, not {found.needed}", UPGRADE)


async def _asked(target: Target) -> tuple[Status, float]:
    """Return what a database is, and the milliseconds of its quickest answer."""
    took = []
    async with asyncio.timeout(PATIENCE), reached(target) as opened, opened.reading() as connection:
        for _ in range(TRIES):
            asked_at = perf_counter()
            await connection.execute(text("SELECT 1"))
            took.append(1000 * (perf_counter() - asked_at))
    async with asyncio.timeout(PATIENCE):
        return await status(target), min(took)


def redis(url: str) -> Check:
    """Ask the Redis that is named; everything works without it, so a missing one is worth a word and no more."""
    best, trouble = asyncio.run(latency(url, MachineClock(), TRIES))
    if best is not None:
        return Check("redis", OK, f"{name_of(url)} answers in {best:.1f} ms")
    told = f"{trouble or f'{name_of(url)} does not answer in time'}; this machine counts its requests alone meanwhile"
    return Check("redis", WARN, told, "start it, or unset CRYPTOFLOW_REDIS_URL: everything works without")
