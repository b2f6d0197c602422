"""Messages on their way out of the process: each is handed over at least once, or ends among the dead letters."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.domain.kept.message import Message
from cryptoflow.storage.work.retrying import MOST, wait
from cryptoflow.storage.work.unit import Shared, Store

PATIENCE = 5.0
"""Seconds that one delivery may take."""

LOST = 60_000
"""Milliseconds after which an attempt of which nobody says anything is taken for lost; far more than patience."""

AT_ONCE = 50
"""Messages under way at the same time."""

PAUSE = 1.0
"""Seconds between looks at an outbox in which nothing was due."""

KEPT = 7 * 24 * 3_600_000
"""Milliseconds for which what has arrived or died is kept."""


class Failure(NamedTuple):
    """Why a message did not arrive; whether it is `hopeless` to try again, or not before `after` milliseconds."""

    why: str
    hopeless: bool = False
    after: int = 0


class Undelivered(Exception):
    """What delivering raises when a message did not arrive."""

    def __init__(self, why: str, *, hopeless: bool = False, after: int = 0) -> None:
        super().__init__(why)
        self.failure = Failure(why, hopeless, after)


Deliver = Callable[[Message], Awaitable[None]]
"""Hands a message over; raises `Undelivered` when it did not arrive. What it raises else is a bug."""


class Relayed(NamedTuple):
    """How many messages arrived, will be tried again, and were given up."""

    sent: int = 0
    again: int = 0
    dead: int = 0

    def plus(self, other: "Relayed") -> "Relayed":
        """Return both together."""
        return Relayed(self.sent + other.sent, self.again + other.again, self.dead + other.dead)


class Relay:
    """Sends what is due. Several may work on one outbox; a message may then arrive twice, under the same key."""

    def __init__(self, store: Store, deliver: Deliver, clock: Clock) -> None:
        self._store, self._deliver, self._clock = store, deliver, clock

    async def once(self) -> Relayed:
        """Try everything that is due now, and say how it went."""
        total = Relayed()
        while claimed := await self._claim():
            total = total.plus(await self._send(claimed))
        return total

    async def run(self) -> None:
        """Send whatever comes to be due, until cancelled; what is long over is removed on the way."""
        while True:
            if not any(await self.once()):
                await self.tidy()
                await asyncio.sleep(PAUSE)

    async def tidy(self) -> int:
        """Remove what was over a week ago, and return how many messages that were."""
        async with self._store.shared() as work:
            removed = await work.outbox.purge(self._clock.now() - KEPT)
            await work.commit()
        return removed

    async def _claim(self) -> list[Message]:
        now = self._clock.now()
        async with self._store.shared() as work:
            claimed = await work.outbox.claim(now, now + LOST, AT_ONCE)
            await work.commit()
        return claimed

    async def _send(self, messages: Sequence[Message]) -> Relayed:
        outcomes = await asyncio.gather(*map(self._attempt, messages), return_exceptions=True)
        total = Relayed()
        async with self._store.shared() as work:
            for message, outcome in zip(messages, outcomes, strict=True):
                if not isinstance(outcome, BaseException):
                    total = total.plus(await self._settle(work, message, outcome))
            await work.commit()
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome  # a bug: its message counts as under way, and the others are settled
        return total

    async def _attempt(self, message: Message) -> Failure | None:
        """Return what went wrong with one attempt."""
        if message.attempts > MOST:
            return Failure("nobody knows what became of the last attempt", hopeless=True)
        try:
            async with asyncio.timeout(PATIENCE):
                await self._deliver(message)
        except Undelivered as error:
            return error.failure
        except TimeoutError:
            return Failure(f"no answer within {PATIENCE:.0f} s")
        except OSError as error:
            return Failure(str(error))
        return None

    async def _settle(self, work: Shared, message: Message, failure: Failure | None) -> Relayed:
        if failure is None:
            await work.outbox.sent(message)
            return Relayed(sent=1)
        if failure.hopeless or message.attempts >= MOST:
            await work.outbox.give_up(message, failure.why)
            return Relayed(dead=1)
        due_at = self._clock.now() + max(failure.after, wait(message.key, message.attempts))
        await work.outbox.again(message, failure.why, due_at)
        return Relayed(again=1)
