"""One budget of requests per venue and address: of this machine's processes, or of all machines that share it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.counting import Limit, given_back
from cryptoflow.market.rest.file_count import FileCount
from cryptoflow.market.rest.pace import Pace
from cryptoflow.market.rest.shared_count import News, Register, SharedCount
from cryptoflow.market.times import moment

PATIENCE = 600_000
"""Milliseconds that a venue's wish for silence is waited out; a longer one is told and ends the work."""

SLOW = "the count of all machines did not answer in time"

NO_NEWS = News()


def budget_name(venue: str, url: str | None) -> str:
    """Return what a venue's budget is called; one that is sent elsewhere has its own, named by where.

    >>> budget_name("binance", None), budget_name("binance", "http://127.0.0.1:8000")
    ('binance', 'binance-63767aa5615d')
    """
    return venue if url is None else f"{venue}-{sha256(url.encode()).hexdigest()[:12]}"


class Budget:
    """What may still be asked of a venue: what both this machine's count and, where there is one, that of all allow.

    This machine's is asked first and knows all that its processes spent, so it holds alone while the other cannot be
    reached, and gives that one back what it lost. Of several requests of one priority that wait in a process the
    first goes first. `remarks` are what whoever asks should be told about it.
    """

    def __init__(
        self,
        name: str,
        allowance: Limit,
        clock: Clock,
        folder: Path | None = None,
        register: Register | None = None,
    ) -> None:
        self.name, self.allowance, self.clock = name, allowance, clock
        self.remarks: list[str] = []
        self._here = FileCount(name, allowance, clock, folder, self.remarks)
        self._everywhere = None if register is None else SharedCount(name, allowance, clock, register, self.remarks)
        self._turns = {priority: asyncio.Lock() for priority in Priority}
        self._news, self._alone = NO_NEWS, False
        self._telling: asyncio.Task[None] | None = None

    async def spend(self, cost: float, priority: Priority) -> None:
        """Return as soon as a request of that cost may go out; it counts from then on."""
        async with self._turns[priority]:
            while wait := await self.asked(cost, priority):
                await asyncio.sleep(wait / 1000)

    async def asked(self, cost: float, priority: Priority) -> int:
        """Count a request and return 0 if it may go out, else the milliseconds after which to ask again."""
        after, wait = self._here.asked(cost, priority)
        if not wait and self._everywhere is not None:
            mine = given_back(after, self.allowance, after, cost)
            found = await self._everywhere.asked(cost, priority, mine)
            self._tell_who_counts("" if found else self._everywhere.register.trouble or SLOW)
            if found is not None and found[1]:
                self._here.give_back(after, cost)
                after, wait = found
                self._here.hold(after.silent_until)
        elif after.silent_until > self.clock.now():
            self._spread(self._news._replace(silent_until=after.silent_until))  # others may not know, or not any more
        if after.silent_until - self.clock.now() > PATIENCE:
            raise CryptoflowError(
                f"{self.name} wants no requests from this address before {moment(after.silent_until)}",
                fix="run the same command again then; asking earlier makes it longer",
                code=ExitCode.UNAVAILABLE,
            )
        return wait

    def heard(self, used: float) -> None:
        """Take note of the venue's own count, in costs; it is believed when it is higher than ours."""
        if isinstance(self.allowance, Pace):
            return
        self._here.heard(used)
        if self._everywhere is not None and self._everywhere.lacks(used):
            self._spread(self._news._replace(used=used, used_at=self.clock.now()))

    def hold(self, until: int) -> None:
        """Let nobody ask anything before a moment, also after a restart."""
        self._here.hold(until)
        self._spread(self._news._replace(silent_until=max(until, self._news.silent_until)))

    def silent_until(self) -> int:
        """Return the moment up to which the venue wants to hear nothing; it may be long past."""
        return self._here.spent().silent_until

    async def close(self) -> None:
        """Return when the others know, or cannot be told, what the venue said."""
        if self._telling is not None:
            await self._telling

    def _spread(self, news: News) -> None:
        """Let other machines know, while this one goes on; what comes meanwhile is told with the next."""
        if self._everywhere is None:
            return
        self._news = news
        if self._telling is None or self._telling.done():
            self._telling = asyncio.create_task(self._tell(self._everywhere))

    async def _tell(self, everywhere: SharedCount) -> None:
        while (news := self._news) != NO_NEWS:
            self._news = NO_NEWS
            await everywhere.told(news, self._here.spent())

    def _tell_who_counts(self, trouble: str) -> None:
        """Say once when this machine's count holds alone, and once when it does not any more."""
        if bool(trouble) is self._alone:
            return
        self._alone = bool(trouble)
        if trouble:
            told = f"{trouble}; requests to {self.name} are counted by this machine alone until that is over"
        else:
            told = f"requests to {self.name} are counted by all machines together again"
        self.remarks.append(told)


class Budgets(NamedTuple):
    """Where requests are counted: in a folder, the user's own where none is named, and with all machines in a register.

    `register` opens the one that all machines see; None: this machine counts alone.
    """

    folder: Path | None = None
    register: Callable[[], AbstractAsyncContextManager[Register]] | None = None

    @asynccontextmanager
    async def opened(self, name: str, limit: Limit, clock: Clock) -> AsyncIterator[Budget]:
        """Open a budget."""
        async with self.register() if self.register else nullcontext() as register:
            budget = Budget(name, limit, clock, self.folder, register)
            try:
                yield budget
            finally:
                await budget.close()


HERE = Budgets()
"""On this machine, in the user's own folder."""
