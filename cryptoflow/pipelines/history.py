"""The bars of a simulated run: which days, from which source, and from where on decisions count."""

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.report.view import DataFacts
from cryptoflow.spec.values import Period

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns
    from cryptoflow.market.bars import Bars


class Window(NamedTuple):
    """Days asked for on the command line, instead of the spec's."""

    first: str | None = None
    last: str | None = None

    def period(self, asked: Period | None) -> Period:
        """Return the days to run over; the spec's `period` fills in what was not asked for."""
        first = self.first or (str(asked).partition("..")[0] if asked else None)
        last = self.last or (str(asked).partition("..")[2] if asked else None)
        if first is None or last is None:
            raise CryptoflowError(
                "no period to backtest",
                fix="add `period: 2023-01-01..2024-12-31` to the spec, or give --from and --to",
            )
        try:
            return Period(f"{first}..{last}")
        except ValueError as error:
            fix = "write days like --from 2024-01-01 --to 2024-12-31"
            raise CryptoflowError(f"{error}", fix=fix, code=ExitCode.USAGE) from error


class History(NamedTuple):
    """Checked bars of every symbol, and for each the close from which it decides."""

    period: Period
    series: tuple["Bars", ...]
    first_decisions: tuple[int, ...]

    def columns(self) -> list["Columns"]:
        """Return the bars as the engine takes them."""
        from cryptoflow.engine.plan import Columns

        return [Columns(bars.open_at, bars.open, bars.high, bars.low, bars.close, bars.volume) for bars in self.series]

    def facts(self) -> DataFacts:
        """Return what was read, under one fingerprint."""
        prints = [bars.fingerprint() for bars in self.series]
        return DataFacts(
            fingerprint=prints[0] if len(prints) == 1 else sha256("".join(prints).encode()).hexdigest(),
            rows=sum(map(len, self.series)),
            start=min(int(bars.open_at[0]) for bars in self.series),
            end=max(int(bars.open_at[-1]) + bars.timeframe for bars in self.series),
            gaps=sum(bars.gaps() for bars in self.series),
        )

    def notes(self) -> tuple[str, ...]:
        """Return what sources assumed while reading, each once."""
        return tuple(dict.fromkeys(note for bars in self.series for note in bars.notes))


def load_history(resolved: Resolved, window: Window) -> History:
    """Read the bars of a run, with those before its period that indicators warm up on."""
    from cryptoflow.market.checks import check

    period = window.period(resolved.pipeline.period)
    market = resolved.pipeline.market
    source = resolved.history
    if source is None:
        raise CryptoflowError(
            f"sources.history is `{resolved.pipeline.sources.history.use}`, which is not there yet",
            fix="name one that is: sources: {history: {use: synthetic}}, or csv, or parquet",
        )
    path = str(getattr(source, "path", "{symbol}"))
    if len(market.symbols) > 1 and not ("{symbol}" in path or "{base}" in path):
        raise CryptoflowError(
            f"sources.history reads {path} for all of {len(market.symbols)} symbols",
            fix="put {symbol} or {base} into the path, so that each symbol has its own file",
        )
    timeframe = int(market.timeframe)
    start = period.start - warmup_of(resolved) * timeframe
    loaded = []
    for symbol in market.symbols:
        bars: Bars = source.load(  # type: ignore[attr-defined]  # the verb of every source
            str(symbol), timeframe, start, period.end, resolved.pipeline.seed, resolved.folder
        )
        check(bars)
        if not len(bars.between(period.start, period.end)):
            raise CryptoflowError(
                f"{source.plugin_name} has no bars of {symbol} within {period}",
                fix="choose days that it has, with --from and --to",
            )
        loaded.append(bars)
    return History(period, tuple(loaded), first_decisions(resolved, period, loaded))


def first_decisions(resolved: Resolved, period: Period, loaded: list["Bars"]) -> tuple[int, ...]:
    """Return each symbol's first deciding close: the period's first, or later where its data is not warm by then."""
    needed = warmup_of(resolved)
    timeframe = int(resolved.pipeline.market.timeframe)
    if all(len(bars) <= needed for bars in loaded):
        raise CryptoflowError(
            f"the strategies need {needed:,} bars before they decide, and there are {max(map(len, loaded)):,} in all",
            fix="choose a longer period or shorter indicators, or set `warmup:`",
        )
    warm = [int(bars.open_at[needed]) if len(bars) > needed else period.end for bars in loaded]
    return tuple(max(period.start, at) + timeframe for at in warm)
