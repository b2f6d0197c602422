"""What is to be downloaded: of a spec everything it would read, or the symbols that were named."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import timeframe_name
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.listed import symbols_at
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.durations import DAY, Timeframe, midnight
from cryptoflow.spec.written import MisreadError

SPECS = {".yaml", ".yml"}


class Wanted(NamedTuple):
    """Series of one venue, each a symbol and a timeframe, from `start` until `end`; None: until the last closed bar.

    Gaps are asked for `again`, as if nobody had answered yet.
    """

    venue: str
    series: tuple[tuple[str, int], ...]
    start: int
    end: int | None
    home: Path
    again: bool = False


class Days(NamedTuple):
    """Days asked for on the command line; the last one counts whole."""

    since: str | None = None
    until: str | None = None

    def start(self) -> int | None:
        """Return the moment at which the first day begins."""
        return None if self.since is None else _midnight(self.since, "--since")

    def end(self) -> int | None:
        """Return the moment at which the last day is over."""
        return None if self.until is None else _midnight(self.until, "--until") + DAY


def is_spec(name: str) -> bool:
    """Say whether an argument names a file and no symbol.

    >>> is_spec("configs/btc_trend.yaml"), is_spec("BTC/USDT")
    (True, False)
    """
    return Path(name).suffix in SPECS


def by_spec(resolved: Resolved, days: Days) -> Wanted:
    """Return what a run of the spec would read: every symbol, its detail too, and the bars to warm up on."""
    market, period = resolved.pipeline.market, resolved.pipeline.period
    timeframe = int(market.timeframe)
    start = days.start()
    if start is None and period is not None:
        start = period.start
    if start is None:
        raise CryptoflowError("the spec has no period", fix="give the first day with --since 2024-01-01")
    end = days.end()
    if end is None and days.since is None and period is not None:
        end = period.end
    frames = dict.fromkeys((timeframe, int(market.detail or timeframe)))
    series = tuple((symbol, frame) for frame in frames for symbol in symbols_at(resolved, start))
    start = _in_order(start - warmup_of(resolved) * timeframe, end)
    return Wanted(str(market.venue), series, start, end, home_of(resolved.file))


def by_symbols(symbols: Sequence[str], venue: str, timeframe: str, days: Days) -> Wanted:
    """Return the bars of symbols that were named, each once."""
    start, end = days.start(), days.end()
    if start is None:
        raise CryptoflowError(
            "from which day on?", fix="give the first day with --since 2024-01-01", code=ExitCode.USAGE
        )
    try:
        frame = int(Timeframe(timeframe))
    except MisreadError as error:
        raise CryptoflowError(f"--timeframe: {error}", fix=error.fix, code=ExitCode.USAGE) from error
    series = tuple((symbol, frame) for symbol in dict.fromkeys(symbols))
    return Wanted(venue, series, _in_order(start, end), end, home_of())


def name_of(symbol: str, timeframe: int) -> str:
    """Return what people know a series by.

    >>> name_of("BTC/USDT", 60_000)
    'BTC/USDT 1m'
    """
    return f"{symbol} {timeframe_name(timeframe)}"


def _in_order(start: int, end: int | None) -> int:
    if end is not None and end <= start:
        raise CryptoflowError("--until lies before --since", fix="swap the two days", code=ExitCode.USAGE)
    return start


def _midnight(day: str, option: str) -> int:
    try:
        return midnight(day)
    except MisreadError as error:
        raise CryptoflowError(f"{option}: {error}", fix=error.fix, code=ExitCode.USAGE) from error
