"""A process that trades an account, as far as its lease and its journal know: `python -m tests.pipelines.trader`.

It writes an event every few moments. Once it is fenced off it says so, and ends with the code of a lost lease.
"""

import asyncio
import sys

from cryptoflow.clock import MachineClock
from cryptoflow.domain.events.storage import CacheLost
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.journals.writing import appending


async def trade() -> None:
    """Hold the account and write, until somebody else does."""
    clock = MachineClock()
    async with appending("main", "live", clock) as journal:
        print("trading", flush=True)
        while True:
            await journal.append([Draft(CacheLost("redis", "away"), clock.now())])
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    try:
        asyncio.run(trade())
    except CryptoflowError as error:
        print(error, flush=True)
        sys.exit(int(error.code))
