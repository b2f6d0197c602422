"""Markets and tickers as ccxt gives them, and days of them recorded, for tests of listings."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptoflow.market.listings.archive import Day, record
from cryptoflow.market.listings.terms import Snapshot, snapshot_from


def at(text: str) -> int:
    """A moment of UTC, in epoch milliseconds."""
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp()) * 1000


def market(symbol: str, *, lot: float = 1e-05, taker: float = 0.001, active: bool = True) -> dict[str, Any]:
    """One of ccxt's markets, as load_markets gives it for Binance."""
    base, quote = symbol.split("/")
    return {
        "symbol": symbol,
        "base": base,
        "quote": quote,
        "spot": True,
        "active": active,
        "precision": {"amount": lot, "price": 0.01},
        "limits": {"amount": {"min": lot, "max": 9000.0}, "cost": {"min": 5.0, "max": None}},
        "maker": 0.001,
        "taker": taker,
        "info": {"orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET"]},
    }


def snapshot(volumes: Mapping[str, float], **changed: Any) -> Snapshot:
    """The snapshot of symbols by the millions that were traded of each; `changed` holds for all of them."""
    markets = {symbol: market(symbol, **changed) for symbol in volumes}
    return snapshot_from(markets, {symbol: {"quoteVolume": millions * 1e6} for symbol, millions in volumes.items()})


def recorded(home: Path, day: str, volumes: Mapping[str, float], **changed: Any) -> Day:
    """Record the snapshot of a day at noon on Binance."""
    return record(home, "binance", snapshot(volumes, **changed), at(f"{day} 12:00"))
