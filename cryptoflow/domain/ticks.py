"""What a live market says, as the engine takes it: facts in the order in which they were heard.

Prices and quantities are floats, moments epoch milliseconds of the venue's clock; `heard_at` is when the message
came in, in nanoseconds of this machine's clock.
"""

from typing import NamedTuple


class Tick(NamedTuple):
    """The market traded: `side` is BUY when the one who came bought, 0 where the venue does not say.

    `number` rises by one with each.
    """

    symbol: str
    number: int
    at: int
    price: float
    quantity: float
    side: int
    heard_at: int


class Closed(NamedTuple):
    """A bar of the venue is complete and will not change any more."""

    symbol: str
    timeframe: int
    open_at: int
    open: float
    high: float
    low: float
    close: float
    volume: float
    heard_at: int


class Top(NamedTuple):
    """The best bid and the best ask; `number` rises with each change of the book."""

    symbol: str
    number: int
    at: int
    bid: float
    bid_quantity: float
    ask: float
    ask_quantity: float
    heard_at: int


class Moved(NamedTuple):
    """The kept book of a symbol has changed, up to the venue's `number`; who wants it asks the feed for it."""

    symbol: str
    number: int
    at: int
    heard_at: int


class Missed(NamedTuple):
    """Between `after` and `before` (numbers, or opens of bars) something of a channel was not heard.

    `after` has been told. `before` is what was heard next, or after a reconnect, when nothing was heard yet, the
    number that follows the last one found; where a venue's numbers begin anew it is lower than `after`. What was
    missed comes before the `Joined` that ends the absence.
    """

    symbol: str
    channel: str
    after: int
    before: int
    heard_at: int


class Filled(NamedTuple):
    """What was missed between `after` and `before` has been asked for and told, `found` of it; the rest is lost."""

    symbol: str
    channel: str
    after: int
    before: int
    found: int
    heard_at: int


class Silent(NamedTuple):
    """A channel of a symbol has said nothing since `since`, longer than it may, while its connection is open."""

    symbol: str
    channel: str
    since: int
    heard_at: int


class Sound(NamedTuple):
    """A channel that was silent speaks again."""

    symbol: str
    channel: str
    heard_at: int


class Cut(NamedTuple):
    """A connection to the venue is gone, and why."""

    venue: str
    connection: int
    reason: str
    heard_at: int


class Joined(NamedTuple):
    """A connection to the venue is there, with all its subscriptions, after `away` milliseconds without.

    What was missed has been told by then, or 30 seconds have passed.
    """

    venue: str
    connection: int
    away: int
    heard_at: int


Heard = Tick | Closed | Top | Moved | Missed | Filled | Silent | Sound | Cut | Joined
"""Everything a live market may put into the engine's queue."""
