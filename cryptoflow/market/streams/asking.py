"""Questions to a venue by REST: asked until they are answered, as gently as the venue wants."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, TypeVar

import aiohttp
from msgspec import DecodeError

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.manners import WORDS, quiet_until, refuses
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.budget import PATIENCE, Budget
from cryptoflow.market.rest.offers import refuse_unlisted
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.port import Unanswered, words
from cryptoflow.market.streams.said import Page
from cryptoflow.market.times import grid_offset

if TYPE_CHECKING:
    from cryptoflow.market.streams.dialects.dialect import Dialect, Question

TOGETHER = 8
"""Questions on their way at one time."""

TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)

BOOKS = 2
"""Snapshots of books on their way at one time: they cost most, and are not to keep others waiting."""

FRESH = 1.0
"""Seconds for which the venue's word about its time is new enough to say by it which bars have closed."""

REFUSALS = (400, 401, 404, 410, 451)
"""Answers that say that the question is wrong, and will be."""

UNTIL_ASKED = 10.0
"""Seconds to stay away when the venue wants that and does not say how long."""

SETTLED = 500
"""Milliseconds after its end for which a bar is not asked for: before that answers may lack it, or its last ticks, and
each of them costs its weight for nothing. It is a pause and no proof: what has closed the venue's clock decides."""

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
        venue_clock: VenueClock,
    ) -> None:
        self.dialect, self.session, self.budget, self.clock, self.draw = dialect, session, budget, clock, draw
        self.address = (url or dialect.rest).rstrip("/")
        self.venue_clock = venue_clock
        self.again: Callable[[Stream], Awaitable[None]] | None = None
        self.places, self.places_of_books = asyncio.Semaphore(TOGETHER), asyncio.Semaphore(BOOKS)
        self.unanswered, self.reason = 0, ""
        self.unspent = 0
        self.known: set[Stream] = set()

    async def page(self, stream: Stream, after: int) -> Page:
        """Return what a stream said after a number; a book that its stream tells is made to be told anew."""
        if stream.kind is Kind.BOOK and self.again is not None:
            await self.again(stream)
            return Page((), newest=True)
        if stream.kind is Kind.BARS:
            await asyncio.sleep(unsettled(self.venue_clock.now(self.clock.nanoseconds()), stream.timeframe))
            await self._know_the_time()
        question = self.dialect.ask(stream, after)

        def read(body: bytes, _: int, heard_at: int) -> Page:
            bars, clock = stream.kind is Kind.BARS, self.venue_clock
            return self.dialect.answer(stream, body, clock.told if bars else clock.now(heard_at), heard_at)

        try:
            page = await self._answered(question, read, stream)
        except Refused as refusal:
            raise CryptoflowError(
                f"{self.dialect.venue} refuses {stream.channel} of {stream.symbol}: {refusal}",
                fix="check the symbol and the channel against what the venue lists",
                code=ExitCode.UNAVAILABLE,
            ) from refusal
        self.known.add(stream)
        return page

    async def time(self) -> int:
        """Return what the venue's clock shows, and learn how far it is from ours."""
        return await self._answered(self.dialect.clock, self._learn_the_time)

    async def refuse_unlisted(self, symbols: Sequence[str]) -> None:
        """Refuse symbols that the venue does not list, once it has said what it lists."""
        listed = await self._answered(self.dialect.listing, lambda body, *_: tuple(self.dialect.listed(body)))
        for symbol in symbols:
            refuse_unlisted(self.dialect.venue, symbol, listed)

    def is_held(self) -> bool:
        """Say whether questions wait for the venue's allowance, or for the end of a ban that is worth waiting for."""
        return self.unspent > 0 or 0 < self.budget.silent_until() - self.clock.now() <= PATIENCE

    async def _know_the_time(self) -> None:
        """Ask for the venue's time unless it has just been told; without an answer what is known has to do."""
        if self.venue_clock.age() > FRESH:
            with suppress(*PASSING, Refused):
                await self._once(self.dialect.clock, self._learn_the_time)

    def _learn_the_time(self, body: bytes, asked_at: int, heard_at: int) -> int:
        told = self.dialect.time(body)
        self.venue_clock.observe(asked_at, heard_at, told)
        return told

    async def _answered(self, question: "Question", read: Reading[Answer], stream: Stream | None = None) -> Answer:
        """Ask until there is an answer; a refusal is the last word on a stream that was never answered."""
        waits = Backoff(self.draw)
        places = self.places_of_books if stream and stream.kind is Kind.BOOK else self.places
        while True:
            wait = waits.next()
            try:
                async with places:
                    return await self._once(question, read)
            except Refused as refusal:
                if stream is not None and stream not in self.known:
                    raise
                self.reason = words(refusal)
            except PASSING as error:
                self.reason = words(error)
                if isinstance(error, Away):
                    wait = max(wait, error.seconds)
            self.unanswered += 1
            await asyncio.sleep(wait)

    async def _once(self, question: "Question", read: Reading[Answer]) -> Answer:
        self.unspent += 1
        try:
            await self.budget.spend(question.cost, Priority.LIVE)
        finally:
            self.unspent -= 1
        url = self.address + question.path
        asked_at = self.clock.nanoseconds()
        async with self.session.get(url, params=question.params, timeout=TIMEOUT) as response:
            used = response.headers.get(self.budget.allowance.header, "")
            if used.replace(".", "", 1).isdecimal():
                self.budget.heard(float(used) / self.budget.allowance.scale)
            body = await response.read()
            heard_at = self.clock.nanoseconds()
            self._heed(response.status, response.headers, body)
            if response.status in REFUSALS:
                raise Refused(f"{question.path} is answered with {response.status}: {said(body)}")
            if response.status != 200:
                raise Unanswered(f"{question.path} is answered with {response.status}")
            return read(body, asked_at, heard_at)

    def _heed(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Hold the questions of everyone when the venue wants peace, before a next one can go out."""
        now, text = self.clock.now(), said(body)
        until = quiet_until(status, {name.lower(): value for name, value in headers.items()}, text, now)
        if until is None and refuses(status, text):
            until = now + round(1000 * UNTIL_ASKED)
        if until is not None:
            self.budget.hold(until)
            raise Away((until - now) / 1000)


class Refused(Exception):
    """The venue says that a question is wrong."""


class Away(Unanswered):
    """The venue wants to be left alone for some seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the venue asks for {seconds:g} s of peace")
        self.seconds = seconds


PASSING = (aiohttp.ClientError, OSError, TimeoutError, DecodeError, UnicodeDecodeError, Unanswered, CryptoflowError)
"""What keeps a question from being answered, and may not the next time."""


def said(body: bytes) -> str:
    """Return the words with which an answer begins."""
    return body[:WORDS].decode(errors="replace")


def unsettled(now: int, timeframe: int) -> float:
    """Return the seconds after which the bar that closed last stands in the venue's answers.

    >>> unsettled(60_200, 60_000), unsettled(60_500, 60_000)
    (0.3, 0.0)
    """
    return max(0, SETTLED - (now - grid_offset(timeframe)) % timeframe) / 1000
