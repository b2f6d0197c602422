"""Where customers are served: signed requests, and streams that tell an account what happens to it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.venue.connection import Connection
from cryptoflow.venue.dialects.dialect import Dialect, Moment, Refusal, Reply
from cryptoflow.venue.dialects.teller import Errand, Letter, Teller, Visit
from cryptoflow.venue.faults.faults import Faults
from cryptoflow.venue.frames import frame
from cryptoflow.venue.topic import Topic
from cryptoflow.venue.trading.account import Account
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.happening import Happening
from cryptoflow.venue.trading.unacceptable import Unacceptable

SHORT, DAY = 10_000, 86_400_000
MOST = 100
"""Orders that an account may place in so short a time."""


class Placed(NamedTuple):
    """How many orders an account has placed in the ten seconds and on the day that it last placed one."""

    short: int = -1
    of_short: int = 0
    day: int = -1
    of_day: int = 0


def counted(placed: Placed, orders: int, now: int) -> Placed:
    """Return how many orders were placed after some more.

    >>> counted(counted(Placed(), 2, 1_000), 1, 11_000)
    Placed(short=1, of_short=1, day=0, of_day=3)
    """
    short, day = now // SHORT, now // DAY
    of_short = orders + (placed.of_short if placed.short == short else 0)
    return Placed(short, of_short, day, orders + (placed.of_day if placed.day == day else 0))


class Counter:
    """The one place where customers' requests meet the trading floor, and where its news meet their streams."""

    def __init__(
        self, floor: Floor, dialect: Dialect, teller: Teller, faults: Faults, clock: Clock, play: Callable[[int], None]
    ) -> None:
        """Serve what `play` has brought up to the moment of a request."""
        self.floor, self.teller = floor, teller
        self._dialect, self._faults, self._clock, self._play = dialect, faults, clock, play
        self._listeners: dict[str, dict[Connection, Topic]] = {}
        self._numbers: dict[str, int] = {}
        self._placed: dict[str, Placed] = {}
        floor.listeners.append(self._tell)

    def errand(self, method: str, path: str) -> Errand | None:
        """Return what a request is about, None where it is none of a customer's."""
        return self.teller.errands.get((method, path))

    def serve(self, errand: Errand, letter: Letter, used: int) -> Reply:
        """Do what a customer asks for, and answer."""
        market, now = self.floor.market, self.floor.market.now()
        shown = now + self._faults.skew()
        self._play(now)
        try:
            account = self.teller.admitted(letter, self.floor, shown)
            placed = counted(self._placed.get(account.key, Placed()), errand.orders, self._clock.now())
            if errand.orders and placed.of_short > MOST:
                return self.teller.too_many(MOST)
            self._placed[account.key] = placed
            visit = Visit(self.floor, account, Moment(market, now, shown, self._dialect.limits))
            text = self._done(errand, visit, letter.query)
        except Refusal as refusal:
            return self._dialect.refused(refusal, shown)
        return self.teller.done(text, used, (placed.of_short, placed.of_day))

    def _done(self, errand: Errand, visit: Visit, query: Mapping[str, str]) -> str:
        try:
            return errand.answer(visit, query)
        except Unacceptable as error:
            raise self.teller.refusal(error) from error

    async def handed(self, reply: Reply) -> Reply:
        """Return the answer to what has been done as it goes out: the one place where it can be held back."""
        return reply

    def listens(self, path: str) -> bool:
        """Say whether a stream is one on which accounts are told of."""
        return path in self.teller.streams

    def asked(self, connection: Connection, message: object) -> None:
        """Answer a listener's message."""
        self._play(self.floor.market.now())
        said = self.teller.asked(message, self.floor, self._faults.now())
        if said.leave:
            self.leave(connection)
        connection.tell(said.answer)
        if said.join is not None:
            self._join(connection, said.join)

    def _join(self, connection: Connection, account: Account) -> None:
        self._listeners.setdefault(account.key, {})[connection] = Topic(f"account {account.number}", "account", "")

    def leave(self, connection: Connection) -> None:
        """Let a listener hear of no account any more."""
        for listeners in self._listeners.values():
            listeners.pop(connection, None)

    def _tell(self, happening: Happening) -> None:
        key = happening.order.account
        first = self._numbers.get(key, 0) + 1
        texts = self.teller.said(happening, self.floor, self._faults.skew())
        self._numbers[key] = first + len(texts) - 1
        for connection, topic in tuple(self._listeners.get(key, {}).items()):
            for number, text in enumerate(texts, first):
                connection.hear(topic, number, text, frame(text.encode()))
            connection.flush()
