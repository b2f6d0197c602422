"""What is to be downloaded: of a spec everything it would read, or the symbols that were named."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import timeframe_name
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.data.days import Days, in_order
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.listed import symbols_at
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.document import display
from cryptoflow.spec.durations import Timeframe
from cryptoflow.spec.written import MisreadError


class Wanted(NamedTuple):
    """Series of one venue, each a symbol and a timeframe, from `start` until `end`; None: until the last closed bar.

    Gaps are asked for `again`, as if nobody had answered yet. `remarks` are what there is to know before it begins.
    """

    venue: str
    series: tuple[tuple[str, int], ...]
    start: int
    end: int | None
    home: Path
    again: bool = False
    remarks: tuple[str, ...] = ()


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
    start -= warmup_of(resolved) * timeframe
    remarks = tuple(_unread(resolved))
    return Wanted(str(market.venue), series, _before(start, end), end, home_of(resolved.file), remarks=remarks)


def by_symbols(symbols: Sequence[str], venue: str, timeframe: str, days: Days) -> Wanted:
    """Return the bars of symbols that were named, each once."""
    start, end = days.start(), days.end()
    if start is None:
        raise CryptoflowError(
            "from which day on?", fix="give the first day with --since 2024-01-01", code=ExitCode.USAGE
        )
    frame = length_of(timeframe)
    series = tuple((symbol, frame) for symbol in dict.fromkeys(symbols))
    return Wanted(venue, series, _before(start, end), end, home_of())


def length_of(timeframe: str) -> int:
    """Return a timeframe of the command line in milliseconds, one that venues have."""
    try:
        return int(Timeframe(timeframe))
    except MisreadError as error:
        raise CryptoflowError(f"--timeframe: {error}", fix=error.fix, code=ExitCode.USAGE) from error


def _unread(resolved: Resolved) -> Iterator[str]:
    """What to say where a backtest of the spec would not take the bars from where they are put."""
    source = resolved.history
    if not getattr(source, "reads_store", False):
        yield (
            f"{display(resolved.file)} backtests on `history: {{use: {source.plugin_name}}}`, not on the store: "
            "for these bars it needs `sources: {history: {use: store}}`"
        )


def name_of(symbol: str, timeframe: int) -> str:
    """Return what people know a series by.

    >>> name_of("BTC/USDT", 60_000)
    'BTC/USDT 1m'
    """
    return f"{symbol} {timeframe_name(timeframe)}"


def _before(start: int, end: int | None) -> int:
    return start if end is None else in_order(start, end)[0]
