"""Positions and prices as they are now, for whoever looks often and may as well ask the database instead."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Generic, NamedTuple, TypeVar

from redis.asyncio import Redis

from cryptoflow.domain.events.accounts import PositionChanged
from cryptoflow.domain.events.codec import Unreadable, canonical, event_of, payload
from cryptoflow.storage.redis.cache import PREFIX, Cache

KEEP = 60_000
"""Milliseconds for which an entry is there unless it is put anew."""

PUT = """
local there = redis.call('GET', KEYS[1])
if there and tonumber(string.match(there, '^%d+') or -1) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PX', ARGV[3])
return 1
"""
"""Puts an entry unless there is a newer one: two writers, or one that was held up, may come in any order."""

STRANGE = (ValueError, TypeError, AttributeError, ArithmeticError)
"""How an entry cannot be read that another version of this program has written, or somebody else."""

Value = TypeVar("Value")


class Hot(NamedTuple, Generic[Value]):
    """What was known at a sequence: of a position the journal's, of a price the venue's number or moment."""

    seq: int
    value: Value


class Price(NamedTuple):
    """What a symbol was traded at, and what could be had for it, at a moment (epoch milliseconds)."""

    at: int
    last: Decimal
    bid: Decimal | None = None
    ask: Decimal | None = None


class HotState:
    """What processes let one another see in Redis: all of it may be missing, none of it is older than is asked for.

    A reader says which sequence it knows of; an entry that is older is not there for it, and is left to be put anew
    or to end by itself, so nobody has to take back what has changed.
    """

    def __init__(self, cache: Cache, keep: int = KEEP) -> None:
        self.cache, self.keep = cache, keep

    async def put_position(self, account: str, seq: int, position: PositionChanged) -> None:
        """Let others see a position as the journal's event `seq` left it."""
        await self._put(position_key(account, position.symbol, position.strategy), seq, payload(position))

    async def position(self, account: str, symbol: str, strategy: str, known: int = 0) -> Hot[PositionChanged] | None:
        """Return a position, None when nobody knows or the journal's event `known` may have changed it since."""
        return await self._found(position_key(account, symbol, strategy), known, position_of)

    async def put_price(self, venue: str, symbol: str, number: int, price: Price) -> None:
        """Let others see a price under a number that rises with each."""
        await self._put(price_key(venue, symbol), number, canonical(price._asdict()))

    async def price(self, venue: str, symbol: str, known: int = 0) -> Hot[Price] | None:
        """Return a price, None when nobody knows one from the number `known` on."""
        return await self._found(price_key(venue, symbol), known, price_of)

    async def _put(self, key: str, seq: int, text: str) -> None:
        async def put(client: "Redis") -> Any:
            return await client.eval(PUT, 1, key, seq, text, self.keep)

        await self.cache.ask(put)

    async def _found(self, key: str, known: int, read: Callable[[Mapping[str, Any]], Value]) -> Hot[Value] | None:
        async def get(client: "Redis") -> Any:
            return await client.get(key)

        found = await self.cache.ask(get)
        if found is None:
            return None
        seq, _, text = found.partition(" ")
        try:
            return Hot(int(seq), read(json.loads(text))) if int(seq) >= known else None
        except STRANGE:
            return None


def position_of(told: Mapping[str, Any]) -> PositionChanged:
    """Return the position that JSON tells."""
    event = event_of(PositionChanged, told)
    assert isinstance(event, PositionChanged)
    return event


def price_of(told: Mapping[str, Any]) -> Price:
    """Return the price that JSON tells.

    >>> price_of({"at": 7, "last": "1.5", "bid": "1.4", "ask": None})
    Price(at=7, last=Decimal('1.5'), bid=Decimal('1.4'), ask=None)
    """
    if told.keys() != set(Price._fields):
        raise Unreadable(f"{sorted(told)} is no price")
    bid, ask = (None if told[side] is None else Decimal(told[side]) for side in ("bid", "ask"))
    return Price(int(told["at"]), Decimal(told["last"]), bid, ask)


def position_key(account: str, symbol: str, strategy: str) -> str:
    """Return where a position is kept."""
    return f"{PREFIX}position:{account}:{symbol}:{strategy}"


def price_key(venue: str, symbol: str) -> str:
    """Return where a price is kept."""
    return f"{PREFIX}price:{venue}:{symbol}"
