"""The bars of a simulated run: which days, from which source, and from where on decisions count."""

from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.years import span
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.budgets import budgets
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.report.view import DataFacts
from cryptoflow.settings import settings
from cryptoflow.spec.values import Period

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns
    from cryptoflow.market.bars import Bars, Times
    from cryptoflow.market.shelf import Series, Shelved
    from cryptoflow.plugins.registry import Plugin


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
    """Checked bars of every symbol, their fingerprints, and for each the close from which it decides.

    `finer` are the bars inside these that orders meet, none where the spec asks for none.
    """

    period: Period
    series: tuple["Series", ...]
    fingerprints: tuple[str, ...]
    first_decisions: tuple[int, ...]
    finer: tuple["Series", ...] = ()

    def columns(self) -> list["Columns | Unread"]:
        """Return the bars as the engine takes them."""
        return [readable(series) for series in self.series]

    def details(self) -> list["Columns | Unread"]:
        """Return the finer bars as the engine takes them."""
        return [readable(series) for series in self.finer]

    def facts(self) -> DataFacts:
        """Return what was read, under one fingerprint."""
        prints = self.fingerprints
        ends = [series.ends() for series in self.series]
        return DataFacts(
            fingerprint=prints[0] if len(prints) == 1 else sha256("".join(prints).encode()).hexdigest(),
            rows=sum(map(len, self.series)),
            start=min(first for first, _ in ends),
            end=max(last for _, last in ends) + self.series[0].timeframe,
            gaps=sum(series.gaps() for series in self.series),
        )

    def notes(self) -> tuple[str, ...]:
        """Return what sources assumed while reading, each once."""
        return tuple(dict.fromkeys(note for series in self.series for note in series.notes))


class Unread(NamedTuple):
    """Bars on a shelf as the engine asks for them: a cut at a time."""

    series: "Shelved"

    @property
    def open_at(self) -> "Times":
        """When each bar opens."""
        return self.series.open_at

    def cut(self, first: int, last: int) -> "Columns":
        """Read the bars from `first` up to, not including, `last`."""
        return columns_of(self.series.cut(first, last))


def readable(series: "Series") -> "Columns | Unread":
    """Return bars as the engine takes them, wherever they lie."""
    from cryptoflow.market.bars import Bars

    return columns_of(series) if isinstance(series, Bars) else Unread(series)


def columns_of(bars: "Bars") -> "Columns":
    """Return bars in memory as the engine takes them."""
    from cryptoflow.engine.plan import Columns

    return Columns(bars.open_at, bars.open, bars.high, bars.low, bars.close, bars.volume)


def load_history(resolved: Resolved, window: Window, home: Path | None = None) -> History:
    """Read the bars of a run, with those before its period that indicators warm up on.

    Bars that would take more memory than `CRYPTOFLOW_MEMORY` are kept in a file in the state folder `home`.
    """
    period = window.period(resolved.pipeline.period)
    source = source_of(resolved)
    market = resolved.pipeline.market
    timeframe = int(market.timeframe)
    start = period.start - span(warmup_of(resolved), timeframe, resolved.days)
    shortest = int(market.detail or timeframe)
    keep = keeper(len(resolved.symbols) * (period.end - start) // shortest, home or home_of(resolved.file))
    loaded, prints, finer = [], [], []
    for symbol in resolved.symbols:
        bars, inside = series_of(resolved, source, symbol, start, period.end)
        if not len(bars.between(period.start, period.end)):
            raise CryptoflowError(
                f"{source.plugin_name} has no bars of {symbol} within {period}",
                fix="choose days that it has, with --from and --to",
            )
        prints.append(bars.fingerprint() if inside is None else both(bars, inside))
        loaded.append(keep(bars))
        if inside is not None:
            finer.append(keep(inside))
        del bars, inside  # the next symbol's come while these would still take room
    return History(period, tuple(loaded), tuple(prints), first_decisions(resolved, period, loaded), tuple(finer))


def both(bars: "Bars", inside: "Bars") -> str:
    """Return one fingerprint of bars and of the finer ones inside them."""
    return sha256(f"{bars.fingerprint()}{inside.fingerprint()}".encode()).hexdigest()


def series_of(resolved: Resolved, source: "Plugin", symbol: str, start: int, end: int) -> tuple["Bars", "Bars | None"]:
    """Return a symbol's bars, and where the spec asks for detail the finer ones that they are made of.

    A file holds bars of one timeframe: one whose name does not tell which is taken to hold the finer ones.
    """
    market = resolved.pipeline.market
    timeframe = int(market.timeframe)
    if market.detail is None:
        return bars_of(resolved, source, symbol, timeframe, start, end), None
    from cryptoflow.market.detail import grown, matched

    inside = bars_of(resolved, source, symbol, int(market.detail), start, end)
    if "{timeframe}" not in str(getattr(source, "path", "{timeframe}")):
        return grown(inside, timeframe), inside
    return matched(bars_of(resolved, source, symbol, timeframe, start, end), inside), inside


def source_of(resolved: Resolved) -> "Plugin":
    """Return the source of the spec's history; one that cannot feed all symbols is refused."""
    source = resolved.history
    symbols = resolved.symbols
    path = str(getattr(source, "path", "{symbol}"))
    if len(symbols) > 1 and not ("{symbol}" in path or "{base}" in path):
        raise CryptoflowError(
            f"sources.history reads {path} for all of {len(symbols)} symbols",
            fix="put {symbol} or {base} into the path, so that each symbol has its own file",
        )
    return source


def bars_of(resolved: Resolved, source: "Plugin", symbol: str, timeframe: int, start: int, end: int) -> "Bars":
    """Return a symbol's bars that open from `start` until before `end`, none of which is impossible."""
    from cryptoflow.market.checks import check

    bars: Bars = source.load(asked_of(resolved, symbol, timeframe, start, end))  # type: ignore[attr-defined]  # the verb of every source
    check(bars)
    return bars


def asked_of(resolved: Resolved, symbol: str, timeframe: int, start: int, end: int, home: Path | None = None) -> Asked:
    """Return the question for a source that a spec's run has; what it fetches is kept in `home`."""
    venue, kept = resolved.pipeline.market.venue, home or home_of(resolved.file)
    return Asked(symbol, timeframe, start, end, resolved.pipeline.seed, resolved.folder, venue, kept, budgets())


def keeper(bars: int, home: Path) -> Callable[["Bars"], "Series"]:
    """Return what keeps series when a run has so many bars in all: in memory, or beyond its limit on a shelf."""
    from cryptoflow.market.shelf import ROW, Shelf

    if bars * ROW <= settings().memory:
        return lambda series: series
    try:
        shelf = Shelf(home)
    except OSError as error:
        raise unkept(home, error) from error

    def put(series: "Bars") -> "Series":
        try:
            return shelf.put(series)
        except OSError as error:
            raise unkept(home, error) from error

    return put


def unkept(home: Path, error: OSError) -> CryptoflowError:
    """Return the error that says what to do when a disk does not take the bars."""
    return CryptoflowError(
        f"the bars of this run are too many for memory and cannot be kept in {home}: {error.strerror or error}",
        fix="free some space, name another folder with CRYPTOFLOW_HOME, or allow more with CRYPTOFLOW_MEMORY",
        code=ExitCode.UNAVAILABLE,
    )


def first_decisions(resolved: Resolved, period: Period, loaded: Sequence["Series"]) -> tuple[int, ...]:
    """Return each symbol's first deciding close: the period's first, or later where its data is not warm by then."""
    needed = warmup_of(resolved)
    timeframe = int(resolved.pipeline.market.timeframe)
    if all(len(bars) <= needed for bars in loaded):
        raise CryptoflowError(
            f"the strategies need {needed:,} bars before they decide, and there are {max(map(len, loaded)):,} in all",
            fix="choose a longer period or shorter indicators, or set `warmup:`",
        )
    warm = [int(bars.cut(needed, needed + 1).open_at[0]) if len(bars) > needed else period.end for bars in loaded]
    return tuple(max(period.start, at) + timeframe for at in warm)
