"""Questions to a venue by REST: asked until they are answered, as gently as the venue wants."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING, TypeVar

import aiohttp
from msgspec import DecodeError

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.budget import Budget
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.port import Unanswered
from cryptoflow.market.streams.said import Page
from cryptoflow.market.times import grid_offset

if TYPE_CHECKING:
    from cryptoflow.market.streams.dialects.dialect import Dialect, Question

TOGETHER = 8
"""Questions on their way at one time."""

TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)

AWAY = (418, 429)
"""Answers that ask us to stay away for a while, and how many seconds when they do not say."""
UNTIL_ASKED = 10.0

SETTLED = 500
"""Milliseconds after which a closed bar stands in the answers too."""

Answer = TypeVar("Answer")
Reading = Callable[[bytes, int, int], Answer]
"""What makes something of a body, given when it was asked for and when it came."""


class Asking:
    """What a venue has said before, by its dialect's questions."""

    def __init__(
        self,
        dialect: "Dialect",
        session: aiohttp.ClientSession,
        url: str | None,
        budget: Budget,
        clock: Clock,
        draw: Random,
    ) -> None:
        self.dialect, self.session, self.budget, self.clock, self.draw = dialect, session, budget, clock, draw
        self.address = (url or dialect.rest).rstrip("/")
        self.venue_clock = VenueClock()
        self.again: Callable[[Stream], Awaitable[None]] | None = None
        self.places = asyncio.Semaphore(TOGETHER)
        self.unanswered = 0

    async def page(self, stream: Stream, after: int) -> Page:
        """Return what a stream said after a number; a book that its stream tells is made to be told anew."""
        if stream.kind is Kind.BOOK and self.again is not None:
            await self.again(stream)
            return Page((), newest=True)
        if stream.kind is Kind.BARS:
            await asyncio.sleep(unsettled(self.venue_clock.now(self.clock.nanoseconds()), stream.timeframe))
        question = self.dialect.ask(stream, after)

        def read(body: bytes, _: int, heard_at: int) -> Page:
            return self.dialect.answer(stream, body, self.venue_clock.now(heard_at), heard_at)

        return await self._answered(question, read)

    async def time(self) -> int:
        """Return what the venue's clock shows, and learn how far it is from ours."""

        def read(body: bytes, asked_at: int, heard_at: int) -> int:
            told = self.dialect.time(body)
            self.venue_clock.observe(asked_at, heard_at, told)
            return told

        return await self._answered(self.dialect.clock, read)

    async def _answered(self, question: "Question", read: Reading[Answer]) -> Answer:
        waits = Backoff(self.draw)
        while True:
            wait = waits.next()
            try:
                async with self.places:
                    return await self._once(question, read)
            except Away as away:
                wait = max(wait, away.seconds)
            except (aiohttp.ClientError, OSError, TimeoutError, DecodeError, Unanswered, CryptoflowError):
                pass
            self.unanswered += 1
            await asyncio.sleep(wait)

    async def _once(self, question: "Question", read: Reading[Answer]) -> Answer:
        await self.budget.spend(question.cost, Priority.LIVE)
        url = self.address + question.path
        asked_at = self.clock.nanoseconds()
        async with self.session.get(url, params=question.params, timeout=TIMEOUT) as response:
            used = response.headers.get(self.budget.allowance.header, "")
            if used:
                self.budget.heard(float(used) / self.budget.allowance.scale)
            if response.status in AWAY:
                away = Away(seconds_of(response.headers.get("Retry-After", "")))
                self.budget.hold(self.clock.now() + round(1000 * away.seconds))
                raise away
            if response.status != 200:
                raise Unanswered(f"{question.path} is answered with {response.status}")
            body = await response.read()
            return read(body, asked_at, self.clock.nanoseconds())


class Away(Unanswered):
    """The venue wants to be left alone for some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the venue asks for {seconds:g} s of peace")
        self.seconds = seconds


def seconds_of(text: str) -> float:
    """Return the seconds that a Retry-After says.

    >>> seconds_of("3"), seconds_of("")
    (3.0, 10.0)
    """
    return float(text) if text.isdigit() else UNTIL_ASKED


def unsettled(now: int, timeframe: int) -> float:
    """Return the seconds after which the bar that closed last stands in the venue's answers.

    >>> unsettled(60_200, 60_000), unsettled(60_500, 60_000)
    (0.3, 0.0)
    """
    return max(0, SETTLED - (now - grid_offset(timeframe)) % timeframe) / 1000
