"""What one may listen to, whatever a dialect calls it."""

from typing import Literal, NamedTuple

from cryptoflow.venue.book import Change, Top
from cryptoflow.venue.klines import Kline
from cryptoflow.venue.path import Tick

Channel = Literal["ticks", "bars", "tops", "book", "day", "account"]

Event = Tick | Kline | Top | Change
"""What is said on ticks, bars and days, tops, and books; accounts are told of by whoever serves them."""


class Topic(NamedTuple):
    """A channel of a symbol under the name that the dialect has for it.

    `every` is the market time in milliseconds between two sayings, 0 for at every tick; `detail` is the length of a
    bar or the depth of a book.
    """

    name: str
    channel: Channel
    symbol: str
    every: int = 0
    detail: int = 0
