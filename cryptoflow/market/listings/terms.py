"""What a venue allows and charges on one day, symbol by symbol, and how much of each was traded."""

import json
from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from math import inf, isfinite
from typing import Any, NamedTuple


class Terms(NamedTuple):
    """The terms of one symbol; a number that the venue does not tell is None.

    `lot` and `tick` are the steps of quantities and prices, `least` the smallest quantity, `min_notional` the least
    value of an order in the quote currency, `maker` and `taker` shares of what is traded. One that is not `active`
    is listed and not traded.
    """

    base: str
    quote: str
    active: bool = True
    lot: float | None = None
    tick: float | None = None
    least: float | None = None
    min_notional: float | None = None
    maker: float | None = None
    taker: float | None = None
    order_types: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return the terms as JSON has them; what is not told is left out."""
        told = {name: value for name, value in self._asdict().items() if value not in (None, ())}
        return {**told, "order_types": list(self.order_types)} if self.order_types else told

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Terms":
        """Return the terms that `plain` wrote."""
        return cls(**{**plain, "order_types": tuple(plain.get("order_types", ()))})


class Snapshot:
    """The terms of every symbol of a venue at one moment, and what was traded of each in 24 hours, in its quote.

    Equal snapshots have equal digests, wherever and whenever they were taken.
    """

    def __init__(self, terms: Mapping[str, Terms], volumes: Mapping[str, float] | None = None) -> None:
        self.terms, self.volumes = dict(sorted(terms.items())), dict(sorted((volumes or {}).items()))

    def only(self, symbol: str) -> "Snapshot":
        """Return what it says of one symbol, which it has."""
        volumes = {symbol: self.volumes[symbol]} if symbol in self.volumes else {}
        return Snapshot({symbol: self.terms[symbol]}, volumes)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all of it."""
        content = ({symbol: terms.plain() for symbol, terms in self.terms.items()}, self.volumes)
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return sha256(text.encode()).hexdigest()


def snapshot_from(
    markets: Mapping[str, Mapping[str, Any]], tickers: Mapping[str, Mapping[str, Any]], *, decimals: bool = False
) -> Snapshot:
    """Return the spot symbols of ccxt's `markets` with their volumes from its `tickers`.

    Precisions are steps, as most venues have them in ccxt; with `decimals` they count digits after the point.

    >>> market = {"base": "BTC", "quote": "USDT", "spot": True, "precision": {"amount": 1e-05}, "taker": 0.001}
    >>> made = snapshot_from({"BTC/USDT": market}, {"BTC/USDT": {"quoteVolume": 9e8}})
    >>> made.terms["BTC/USDT"].lot, made.volumes
    (1e-05, {'BTC/USDT': 900000000.0})
    """
    spot = {symbol: market for symbol, market in markets.items() if market.get("spot", True)}
    volumes = {symbol: volume_of(tickers[symbol]) for symbol in spot if symbol in tickers}
    return Snapshot(
        {symbol: terms_of(market, decimals) for symbol, market in spot.items()},
        {symbol: volume for symbol, volume in volumes.items() if volume is not None},
    )


def terms_of(market: Mapping[str, Any], decimals: bool) -> Terms:
    """Return the terms of one of ccxt's markets."""
    precision, limits, own = (market.get(part) or {} for part in ("precision", "limits", "info"))
    lot, tick = (_step(precision.get(part), decimals) for part in ("amount", "price"))
    types = own.get("orderTypes") if isinstance(own, Mapping) else None
    return Terms(
        base=str(market["base"]),
        quote=str(market["quote"]),
        active=market.get("active") is not False,
        lot=lot,
        tick=tick,
        least=_number((limits.get("amount") or {}).get("min")),
        min_notional=_number((limits.get("cost") or {}).get("min")),
        maker=_number(market.get("maker")),
        taker=_number(market.get("taker")),
        order_types=tuple(sorted(str(each).lower() for each in types)) if isinstance(types, list) else (),
    )


def volume_of(ticker: Mapping[str, Any]) -> float | None:
    """Return what was traded in 24 hours in the quote currency, from the base volume where a venue tells only that.

    Six digits are kept: enough to put one before another, and short in a file that is written every day.

    >>> volume_of({"quoteVolume": None, "baseVolume": 2.0, "last": 10.0}), volume_of({})
    (20.0, None)
    """
    told = _number(ticker.get("quoteVolume"))
    quantity, price = _number(ticker.get("baseVolume")), _number(ticker.get("vwap") or ticker.get("last"))
    if told is None and quantity is not None and price is not None:
        told = quantity * price
    return None if told is None else float(f"{told:.6g}")


def _step(precision: Any, decimals: bool) -> float | None:
    number = _finite(precision)
    if number is None:
        return None
    step = float(f"1e{-int(number)}") if decimals else number
    return step if 0 < step < inf else None


def _number(value: Any) -> float | None:
    """Return a number that says something, and is none that nobody could mean."""
    number = _finite(value)
    return number if number is not None and number >= 0 else None


def _finite(value: Any) -> float | None:
    """Return a number; ccxt has None, and now and then text, where a venue is silent."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if isfinite(number) else None
