"""How ccxt's client is set up for trading, beside what it is set up with for the market."""

from collections.abc import Mapping
from typing import Any

from cryptoflow.domain.patience import PATIENCE
from cryptoflow.errors import CryptoflowError, ExitCode

KEEP_ALIVE = 5_000
"""Milliseconds between pings: a connection that is only half there is noticed after three or four."""

PRIVATE: Mapping[str, Mapping[str, str]] = {"binance": {"private": "/api/v3", "sapi": "/sapi/v1"}}
"""What stands behind the address of a venue for the parts of its interface that need a key."""

STREAMS: Mapping[str, Mapping[str, str]] = {"binance": {"ws-api": "/ws-api/v3"}}
"""The same for its streams."""


def manners() -> dict[str, Any]:
    """Return what holds at every venue: how long an answer may take, how often a stream is tried, whose time it is."""
    return {
        "timeout": int(PATIENCE.read * 1_000),
        "streaming": {"keepAlive": KEEP_ALIVE},
        "options": {"adjustForTimeDifference": True},
    }


def private_urls(venue: str, url: str) -> dict[str, Any]:
    """Return the addresses, below ccxt's `urls` and `api`, that send an account's requests and stream to `url`.

    >>> private_urls("binance", "http://127.0.0.1:8000/")["ws"]
    {'ws-api': {'spot': 'ws://127.0.0.1:8000/ws-api/v3'}}
    """
    if venue not in PRIVATE:
        fix = f"it works for {' and '.join(PRIVATE)}"
        raise CryptoflowError(f"{venue} cannot be traded at {url}", fix=fix, code=ExitCode.USAGE)
    root = url.rstrip("/")
    streams = "ws" + root.removeprefix("http")
    return {
        **{part: root + path for part, path in PRIVATE[venue].items()},
        "ws": {part: {"spot": streams + path} for part, path in STREAMS[venue].items()},
    }
