"""What all machines of an address have spent at a venue: one text that each changes only if it knows what it was.

The rules are those of a machine alone, decided here; whoever keeps the text compares and swaps, and knows none.
"""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, Protocol

from cryptoflow.clock import Clock
from cryptoflow.market.rest.allowance import Priority, Spent
from cryptoflow.market.rest.counting import (
    Limit,
    Unreadable,
    asked,
    heard,
    held,
    joined,
    spent_of,
    still,
    text_of,
    used_up,
)
from cryptoflow.market.rest.pace import FORGOTTEN

TRYING = 0.1
"""Seconds for which a change that others come before is tried again, until it counts as not answered."""


class Register(Protocol):
    """Texts by name that all machines see, and that may be out of reach at any moment."""

    @property
    def ahead(self) -> int:
        """Return by how many milliseconds its clock is ahead of this machine's."""

    @property
    def trouble(self) -> str:
        """Return why it is out of reach, in a sentence; empty while it is not."""

    async def swapped(self, name: str, before: str, after: str, keep: int) -> tuple[bool, str] | None:
        """Put `after` in the place of `before` for `keep` milliseconds; empty is the text that is not there.

        Return whether that was done, and the text that is there then; None, without waiting long, when nobody knows.
        """


class News(NamedTuple):
    """What a venue said that others are to know: its own count at a moment, and until when it wants silence."""

    used: float = 0.0
    used_at: int = 0
    silent_until: int = 0


class SharedCount:
    """The count of all machines that share an address; whatever it is asked, None says that nobody knows."""

    def __init__(self, name: str, limit: Limit, clock: Clock, register: Register, remarks: list[str]) -> None:
        self.name, self.limit, self.clock, self.register, self.remarks = name, limit, clock, register, remarks
        self._seen, self._apart = "", True

    async def asked(self, cost: float, priority: Priority, mine: Spent) -> tuple[Spent, int] | None:
        """Count a request if it may go out; return what is spent then, and the milliseconds until it may.

        `mine` is what this machine has spent without it: that is known when all else is lost. Moments are ours.
        """
        return await self._changed(lambda spent, now: asked(spent, self.limit, now, cost, priority), mine)

    async def told(self, news: News, mine: Spent) -> None:
        """Let the others know what the venue said."""
        ahead = self.register.ahead

        def rule(spent: Spent, now: int) -> tuple[Spent, int]:
            after = heard(spent, self.limit, min(now, news.used_at + ahead), news.used)
            return (held(after, news.silent_until + ahead) if news.silent_until else after), 0

        await self._changed(rule, mine)

    def lacks(self, used: float) -> bool:
        """Say whether the venue's count is higher than the one that was last seen here."""
        now = self._now()
        return still(self._spent(now), self.limit, now).total < used

    async def _changed(self, rule: Callable[[Spent, int], tuple[Spent, int]], mine: Spent) -> tuple[Spent, int] | None:
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + TRYING
        while loop.time() < give_up_at:
            now, ahead = self._now(), self.register.ahead
            before = self._spent(now)
            if self._apart or not self._seen:
                before = joined(before, self.limit, now, later(mine, ahead))
            after, wait = rule(before, now)
            keep = 2 * self.limit.window + FORGOTTEN + max(0, after.silent_until - now)
            swapped = await self.register.swapped(f"budget:{self.name}", self._seen, text_of(after), keep)
            if swapped is None:
                break
            done, self._seen = swapped
            if done:
                self._apart = False
                return later(after, -ahead), wait
        self._apart = True
        return None

    def _now(self) -> int:
        return self.clock.now() + self.register.ahead

    def _spent(self, now: int) -> Spent:
        if not self._seen:
            return Spent()
        try:
            return spent_of(self._seen)
        except Unreadable:
            told = f"there was no count of requests to {self.name}: it begins anew with what is allowed used up"
            if told not in self.remarks:
                self.remarks.append(told)
            return used_up(self.limit, now)


def later(spent: Spent, by: int) -> Spent:
    """Return a count by a clock that is ahead by some milliseconds; slots stay, whoever needs them has the total.

    >>> later(Spent(silent_until=5_000), 70).silent_until
    5070
    """
    return spent._replace(
        silent_until=spent.silent_until + by if spent.silent_until else 0,
        paid_until=spent.paid_until + by if spent.paid_until else 0.0,
    )
