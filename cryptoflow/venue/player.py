"""Plays the market to its audience: everything that is due, in the order in which it happens."""

import asyncio
from collections.abc import Callable
from operator import itemgetter
from typing import Protocol

from cryptoflow.venue.audience import Audience
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.market import Market
from cryptoflow.venue.reel import Due, Reel
from cryptoflow.venue.topic import Event, Topic
from cryptoflow.venue.trading.floor import Floor

BREATH = 0.001
"""Seconds to wait for listeners that have not taken yet what was said, where the market waits for them."""


class Speaker(Protocol):
    """Whoever puts what happens into a dialect's words."""

    def say(self, topic: Topic, event: Event, at: int, listing: Listing) -> str:
        """Return the message that tells of an event, at a moment as the venue's clock shows it."""


class Player:
    """Says everything that happens on topics that somebody listens to; the rest costs nothing."""

    def __init__(
        self,
        market: Market,
        audience: Audience,
        speaker: Speaker,
        skew: Callable[[], int],
        floor: Floor | None = None,
    ) -> None:
        self.market, self.audience, self.speaker, self._skew, self.floor = market, audience, speaker, skew, floor
        self._reels: dict[str, Reel] = {}
        audience.told = market.now()

    async def run(self) -> None:
        """Play until cancelled."""
        market, audience = self.market, self.audience
        while True:
            due = self._due()
            if due is None:
                await audience.alarm.wait(None)
            elif market.pace.speed is None:
                await self._taken()
                market.pace.move(min(due, max(market.end(), audience.told)))
                self.play(market.now())
            else:
                await audience.alarm.wait(market.pace.wait_for(due))
                self.play(market.now())

    async def _taken(self) -> None:
        await asyncio.sleep(0)
        while self.audience.behind():
            await asyncio.sleep(BREATH)

    def _due(self) -> int | None:
        """The next moment at which there may be anything to do; None where nobody waits for anything."""
        filled = self.floor.next_at() if self.floor else None
        if self.market.pace.speed is None and self.audience.told >= self.market.end():
            return None
        if not self.audience.topics:
            return None if self.market.pace.speed is None else filled
        return self._next() if filled is None else min(self._next(), filled)

    def _next(self) -> int:
        """The next moment at which there may be something to say."""
        topics, told = self.audience.topics.values(), self.audience.told
        beats = [(told // topic.every + 1) * topic.every for topic in topics if topic.every]
        if self.market.pace.speed is None and not beats:
            return (told // 1000 + 1) * 1000
        if self.market.pace.speed is not None:
            ticking = {topic.symbol for topic in topics if not topic.every}
            beats += [at for symbol in ticking if (at := self._reel(symbol).next_at()) is not None]
        return min(beats, default=told + 1000)

    def _reel(self, symbol: str) -> Reel:
        reel = self._reels.get(symbol)
        if reel is None or reel.at != self.audience.told:
            reel = self._reels[symbol] = Reel(self.market.tapes[symbol], self.audience.told)
        return reel

    def play(self, until: int) -> None:
        """Say what happens after what was said last, and trade, up to and with a moment."""
        while self.floor and (at := self.floor.next_at()) is not None and at <= until:
            self._say(at)
            self.floor.advance(at)
        self._say(until)

    def _say(self, until: int) -> None:
        audience = self.audience
        if until <= audience.told:
            return
        due: list[Due] = []
        for symbol in audience.symbols():
            due += self._reel(symbol).upto(until, audience.wanted(symbol))
        due.sort(key=itemgetter(0, 1))
        skew = self._skew()
        for at, _, topic, number, event in due:
            listing = self.market.tapes[topic.symbol].listing
            audience.say(topic, number, self.speaker.say(topic, event, at + skew, listing))
        audience.told = until
        audience.flush()
