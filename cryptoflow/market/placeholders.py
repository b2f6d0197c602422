"""Paths with placeholders, so that one setting names the files of many symbols."""

import string

from cryptoflow.market.times import timeframe_name

PLACEHOLDERS = ("symbol", "base", "quote", "timeframe", "venue")


def filled(path: str, symbol: str, timeframe: int, venue: str) -> str:
    """Return `path` with its placeholders replaced; `{symbol}` is written as file names usually have it.

    >>> filled("{symbol}-{timeframe}.csv", "BTC/USDT", 3_600_000, "binance")
    'BTCUSDT-1h.csv'
    >>> filled("{venue}/{base}/{quote}.csv", "BTC/USDT", 60_000, "binance")
    'binance/BTC/USDT.csv'
    """
    base, _, quote = symbol.partition("/")
    frame = timeframe_name(timeframe)
    return path.format(symbol=base + quote, base=base, quote=quote, timeframe=frame, venue=venue)


def known_placeholders(path: str) -> str:
    """Return `path` when `filled` can fill it, else raise ValueError.

    >>> known_placeholders("{coin}.csv")
    Traceback (most recent call last):
    ValueError: {coin} is no placeholder, known are {symbol} {base} {quote} {timeframe} {venue}
    """
    try:
        parts = [(name, form, change) for _, name, form, change in string.Formatter().parse(path)]
    except ValueError:
        raise ValueError("a { or } stands alone; placeholders look like {symbol}") from None
    for name, form, change in parts:
        if name is not None and (name not in PLACEHOLDERS or form or change):
            known = " ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise ValueError(f"{{{name}}} is no placeholder, known are {known}")
    return path
