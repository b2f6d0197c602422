"""How ccxt is set up for a venue's spot market, and how the two it can be sent elsewhere with are pointed there."""

from collections.abc import Mapping
from typing import Any

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Allowance
from cryptoflow.market.rest.pace import Pace
from cryptoflow.settings import variable_of_url

SPOT: Mapping[str, Mapping[str, Any]] = {
    "binance": {
        "defaultType": "spot",
        "fetchMarkets": {"types": ["spot"]},
        "fetchCurrencies": False,
        "fetchMargins": False,
    },
    "bybit": {
        "defaultType": "spot",
        "fetchMarkets": {"types": ["spot"]},
        "enableUnifiedMargin": False,
        "enableUnifiedAccount": True,
        "unifiedMarginStatus": 6,
    },
}
"""Options that keep ccxt from asking for markets, and bybit for accounts, that nobody here trades."""

PATHS: Mapping[str, Mapping[str, str]] = {
    "binance": {"public": "/api/v3", "private": "/api/v3", "v1": "/api/v1", "sapi": "/sapi/v1"},
    "bybit": {"public": "", "private": "", "spot": ""},
}
"""What stands behind the address of a venue for each part of its interface."""

MINUTE_WINDOWS = 60_000
"""What ccxt says of every venue that it does not know the window of."""

HEADERS = {"binance": ("x-mbx-used-weight-1m", 5.0)}
"""Where a venue tells what was used so far, and how many of those ccxt counts as one."""


def options_of(venue: str, url: str | None) -> dict[str, Any]:
    """Return what ccxt's client of a venue is made with; with `url`, everything it asks goes there.

    >>> options_of("bybit", "http://127.0.0.1:8000/")["urls"]["api"]["spot"]
    'http://127.0.0.1:8000'
    """
    options: dict[str, Any] = {"options": dict(SPOT.get(venue, {}))}
    if url is None:
        return options
    if venue not in PATHS:
        raise CryptoflowError(
            f"{venue} cannot be sent to {url}",
            fix=f"unset {variable_of_url(venue)}; it works for {' and '.join(PATHS)}",
            code=ExitCode.USAGE,
        )
    root = url.rstrip("/")
    return {**options, "urls": {"api": {part: root + path for part, path in PATHS[venue].items()}}}


def mended(venue: str, exchange: Any, url: str | None) -> Any:
    """Return ccxt's client with the error table that it chooses by an address that we changed."""
    if venue == "binance" and url is not None:
        exchange.exceptions["exact"].update(exchange.exceptions["spot"]["exact"])
    exchange.has["fetchCurrencies"] = False
    return exchange


def allowance_of(venue: str, exchange: Any) -> Allowance | Pace:
    """Return what ccxt knows of a venue's limits: how much within a window, else the pace."""
    window = int(exchange.rollingWindowSize)
    if venue not in HEADERS and not 0 < window < MINUTE_WINDOWS:
        return Pace(float(exchange.rateLimit))
    header, scale = HEADERS.get(venue, ("", 1.0))
    return Allowance(window, window / exchange.rateLimit, header, scale)
