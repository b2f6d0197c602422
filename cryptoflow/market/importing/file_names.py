"""What the name of a file says about the bars in it: `BTCUSDT-1m-2024-01.zip`, `binance/BTC_USDT-5m.feather`."""

import re
from pathlib import Path
from typing import NamedTuple

from cryptoflow.market.venues import VENUES
from cryptoflow.spec.durations import Timeframe
from cryptoflow.spec.symbols import QUOTES, likely_pair

OTHER = {"mark", "index", "premiumIndex", "funding_rate", "funding"}
"""What a name says of files in which there are no bars of what was traded."""


class Said(NamedTuple):
    """The venue, symbol and timeframe (milliseconds) that a name tells, "" or 0 where it does not."""

    venue: str = ""
    symbol: str = ""
    timeframe: int = 0


def said(file: Path) -> Said:
    """Return what a file's name says; the venue may stand in that of its folder, as with freqtrade.

    >>> said(Path("BTCUSDT-1m-2024-01.zip"))
    Said(venue='', symbol='BTC/USDT', timeframe=60000)
    >>> said(Path("data/binance/futures/BTC_USDT_USDT-8h-futures.feather"))
    Said(venue='binance', symbol='BTC/USDT:USDT', timeframe=28800000)
    >>> said(Path("Bitstamp_ETHEUR_1h.csv"))
    Said(venue='bitstamp', symbol='ETH/EUR', timeframe=3600000)
    """
    stem = file.name.partition(".")[0]
    words = [word for word in re.split(r"[-_ ]", stem) if word]
    frames = [word for word in map(_frame, words) if word]
    places = (*words, file.parent.name, file.parent.parent.name)
    venue = next((word.lower() for word in places if word.lower() in VENUES), "")
    if any(f"-{other}" in f"-{'-'.join(stem.split('-'))}" for other in OTHER):
        return Said(venue)
    named = [word for word in words if word.lower() not in VENUES and not _frame(word)]
    return Said(venue, _symbol(named), frames[0] if len(frames) == 1 else 0)


def _frame(word: str) -> int:
    """The length of bars that a word names, 0 where it names none: `1m` and `1min`, `1d` and `1D`, never `1M`."""
    text = re.sub(r"(?<=\d)min$", "m", word)
    text = text if text.endswith("M") else text.lower()
    return int(Timeframe(text)) if text in Timeframe.names else 0


def _symbol(words: list[str]) -> str:
    """The symbol that words begin with: `BTC USDT USDT` is a contract, `BTCUSDT` ends with what it is paid with."""
    upper = [word.upper() for word in words]
    match upper:
        case [base, quote, settled, *_] if quote in QUOTES and settled in QUOTES and base not in QUOTES[:8]:
            return f"{base}/{quote}:{settled}"
        case [base, quote, *_] if quote in QUOTES and base.isalnum():
            return f"{base}/{quote}"
        case [both, *_] if both.isalnum():
            return likely_pair(both)
    return ""
