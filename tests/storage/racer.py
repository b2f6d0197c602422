"""Processes that want one account: each tries to take its lease, acts under it for a moment, and ends in its own way.

`python -m tests.storage.racer URL SECONDS SEED` starts one after the other for so long and prints what each saw as a
line of JSON. An attempt is a process of its own: 0 gave the lease back, 7 found it held, 4 had no answer
in time, 9 died holding it.
"""

import asyncio
import json
import os
import sys
import time
from random import Random
from typing import Any

import aiosqlite  # noqa: F401  # once, not in every child
import asyncpg  # noqa: F401

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import Fenced, append
from cryptoflow.storage.leases.lease import Lease, Leases, Standing, Terms
from tests.storage.stories import drafts

TERMS = Terms(heartbeat=0.2, silence=0.6, expiry=0.8)
DIED = 9


def say(**told: Any) -> None:
    """Print in one piece, so that lines of two processes never mix."""
    os.write(1, json.dumps(told).encode() + b"\n")


async def attempt(url: str, draw: Random) -> int:
    """Try once; return how the process ends."""
    database = Database(url)
    begun = time.monotonic()
    try:
        async with await Leases(database, MachineClock(), TERMS).take("main", "racer", above=0) as lease:
            await act(database, lease, begun, draw)
    except CryptoflowError as error:
        say(refused=str(error), code=int(error.code))
        return int(error.code)
    finally:
        await database.close()
    return 0


async def act(database: Database, lease: Lease, begun: float, draw: Random) -> None:
    """Write under the lease, and note from when to when this process was sure of it."""
    took, end = time.monotonic(), draw.choice(["give back"] * 8 + ["die", "sleep"])
    if lease.standing is not Standing.HELD:
        return
    if not await write(database, lease):
        say(wrong="fenced off while it was sure of its lease", token=lease.token)
    await asyncio.sleep(draw.uniform(0, 0.05))
    if end == "sleep":
        time.sleep(1.5 * TERMS.expiry)  # nothing of the process moves meanwhile
        if lease.standing is Standing.HELD:
            say(wrong="sure of a lease that it slept through", token=lease.token)
    sure_until = min(time.monotonic(), begun + TERMS.silence)
    say(token=lease.token, took=took, until=sure_until, end=end, expires_at=lease.grant.expires_at)
    if end == "die":
        os._exit(DIED)
    if end == "sleep":
        say(slept=lease.token, fenced=not await write(database, lease))


async def write(database: Database, lease: Lease) -> bool:
    """Write to the account's journal under the lease's token; say whether that was let through."""
    try:
        async with database.writing() as connection:
            await connection.run_sync(append, "main", drafts(lease.token)[-1:], token=lease.token)
    except Fenced:
        return False
    return True


def main(url: str, seconds: float, seed: int) -> None:
    """Race."""
    draw = Random(seed)
    over, number = time.monotonic() + seconds, 0
    while time.monotonic() < over:
        number += 1
        child = os.fork()
        if child == 0:
            os._exit(asyncio.run(attempt(url, Random(f"{seed}/{number}"))))
        say(exited=os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        time.sleep(draw.uniform(0, 0.01))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]))
