"""What a dataset is known by, and the folder it lies in."""

from pathlib import PurePath, PurePosixPath
from typing import NamedTuple
from urllib.parse import quote, unquote

from cryptoflow.market.times import timeframe_name
from cryptoflow.spec.durations import Duration


class Key(NamedTuple):
    """One venue's bars of one symbol and one timeframe (milliseconds)."""

    venue: str
    symbol: str
    timeframe: int

    def __str__(self) -> str:
        return f"{self.symbol} {timeframe_name(self.timeframe)} of {self.venue}"

    @property
    def line(self) -> str:
        """Return how a command line names it.

        >>> Key("binance", "BTC/USDT", 3_600_000).line
        'BTC/USDT --timeframe 1h --venue binance'
        """
        return f"{self.symbol} --timeframe {timeframe_name(self.timeframe)} --venue {self.venue}"

    @property
    def folder(self) -> PurePosixPath:
        """Return the folder of the dataset below that of all bars; no two keys share one.

        >>> str(Key("binance", "BTC/USDT", 3_600_000).folder)
        'binance/BTC_USDT/1h'
        """
        return PurePosixPath(_written(self.venue), _written(self.symbol), timeframe_name(self.timeframe))

    @classmethod
    def of(cls, folder: PurePath) -> "Key":
        """Return the key of a dataset's folder; ValueError where it is none.

        >>> Key.of(PurePosixPath("deribit/BTC_USD%3ABTC/1m"))
        Key(venue='deribit', symbol='BTC/USD:BTC', timeframe=60000)
        """
        venue, symbol, timeframe = folder.parts[-3:]
        key = cls(_read(venue), _read(symbol), int(Duration(timeframe)))
        if key.folder.parts != (venue, symbol, timeframe):
            raise ValueError(f"{folder} is no folder of a dataset")
        return key


def _written(name: str) -> str:
    """A name as a folder has it: `/` becomes `_`, and whatever else might mislead a file system is spelt out."""
    text = quote(name, safe="/").replace("_", "%5F").replace("~", "%7E").replace("/", "_")
    return f"%2E{text[1:]}" if text.startswith(".") else text


def _read(folder: str) -> str:
    return unquote(folder.replace("_", "/"))
