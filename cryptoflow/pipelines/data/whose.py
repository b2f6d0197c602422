"""Whose bars a file holds: what was said on the command line, and what its name says."""

import re
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store.key import Key
from cryptoflow.market.times import timeframe_name
from cryptoflow.pipelines.pairs import is_unpaired, paired
from cryptoflow.spec.durations import Timeframe
from cryptoflow.spec.names import Name
from cryptoflow.spec.symbols import CURRENCIES, Symbol, likely_pair
from cryptoflow.spec.written import MisreadError

CONTRACT = re.compile(r"(?P<spot>[A-Z0-9]{1,20}/[A-Z0-9]{1,20}):[A-Z0-9]{1,20}")
"""How a perpetual contract is written: with the currency in which it is settled."""


class Whose(NamedTuple):
    """A venue, a symbol and a timeframe as they were said; "" for what was not."""

    venue: str = ""
    symbol: str = ""
    timeframe: str = ""

    def checked(self) -> "Whose":
        """Return it, each part being what it should be."""
        contract = CONTRACT.fullmatch(self.symbol)
        spot = contract["spot"] if contract else self.symbol
        parts = (("--venue", Name, self.venue), ("--symbol", Symbol, spot), ("--timeframe", Timeframe, self.timeframe))
        for option, kind, text in parts:
            try:
                _ = text and kind(text)
            except MisreadError as error:
                fix = {"--venue": "write it like binance", "--symbol": say(text)}.get(option, error.fix)
                raise CryptoflowError(f"{option}: {error}", fix=fix, code=ExitCode.USAGE) from error
        return self

    def key(self, file: Path, step: int) -> Key:
        """Return whose bars a file holds; what was not said its name has to say.

        `step` is how far apart its bars seem to be, for the hint of what to say.
        """
        from cryptoflow.market.importing.file_names import said

        name = said(file)
        venue, symbol = self.venue or name.venue, self.symbol or name.symbol
        timeframe = int(Timeframe(self.timeframe)) if self.timeframe else name.timeframe
        examples = (
            ("--venue binance", venue),
            ("--symbol BTC/USDT", symbol),
            (f"--timeframe {timeframe_name(step or 3_600_000)}", timeframe),
        )
        unsaid = [example for example, value in examples if not value]
        if unsaid:
            what = f"the name of {file.name} does not say whose bars it holds"
            raise CryptoflowError(what, fix=f"say it: {' '.join(unsaid)}", code=ExitCode.USAGE)
        if "/" not in symbol:
            pairs = is_unpaired(venue, symbol)
            why = f"{venue} trades pairs of currencies" if pairs else "the store counts what is missing of every day"
            stock = "" if pairs or likely_pair(symbol) else "; the source `yahoo` reads stocks, `csv` files of theirs"
            what = f"{symbol} names nothing it is paid with, and {why}"
            raise CryptoflowError(what, fix=f"{say(symbol)}{stock}", code=ExitCode.USAGE)
        return Key(venue, symbol, timeframe)


def say(symbol: str) -> str:
    """Return the one hint for a symbol that is not written as two currencies, however else it is.

    >>> say("btc-usdt"), say("SOL"), say("BTCUSDT:USDT")
    ('say it: --symbol BTC/USDT', 'say it: --symbol SOL/USDT', 'say it: --symbol BTC/USDT:USDT')
    """
    spot, colon, settled = symbol.upper().partition(":")
    pair = f"{likely_pair(spot)}:{settled}" if colon and likely_pair(spot) else paired(symbol.upper())
    good = re.fullmatch(CURRENCIES, pair) or CONTRACT.fullmatch(pair)
    return f"say it: --symbol {pair}" if good else "say it like: --symbol BTC/USDT"
