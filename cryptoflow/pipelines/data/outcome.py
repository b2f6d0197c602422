"""What became of a download: of each series, and of all."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import moment, timeframe_name
from cryptoflow.pipelines.data.wanted import name_of
from cryptoflow.report.summary import iso


@dataclass(frozen=True)
class Series:
    """One series: the span that was wanted as far as it has closed, the bars of it that are there now, and new ones.

    The first bar opens at `begin`. `missing` bars are gaps of the venue, `left_out` what it told but cannot be true.
    Before `none_before` it was asked and has none, before `hidden_before` it gives none, though there may have been
    some. It has `arrived` when everything up to `end` is known, be that all that was asked for or not.
    """

    symbol: str
    timeframe: int
    start: int
    end: int
    begin: int
    bars: int = 0
    added: int = 0
    missing: int = 0
    left_out: tuple[str, ...] = ()
    none_before: int | None = None
    hidden_before: int | None = None
    problem: CryptoflowError | None = None
    arrived: bool = False

    @property
    def name(self) -> str:
        """What people know it by."""
        return name_of(self.symbol, self.timeframe)

    def __str__(self) -> str:
        span = f"from {moment(self.begin)} to {moment(self.end)}"
        told = f"{self.name}: {self.bars:,} bars {span}, {self.added:,} of them new"
        if self.missing:
            told += f", {self.missing:,} missing"
        if self.left_out:
            told += f", {len(self.left_out):,} impossible ones left out ({self.left_out[0]})"
        if self.none_before is not None:
            earlier = f"before that the venue has none, asked from {moment(self.start)} on"
            told += f"; {earlier if self.bars else 'the venue has none so early'}"
        if self.hidden_before is not None:
            told += f"; the venue gives none before {moment(self.hidden_before)}"
        return told

    def plain(self) -> dict[str, Any]:
        """Return it as programs read it."""
        failed = self.problem.problems[0] if self.problem else None
        return {
            "symbol": self.symbol,
            "timeframe": timeframe_name(self.timeframe),
            "start": iso(self.begin),
            "end": iso(self.end),
            "asked_from": iso(self.start),
            "bars": self.bars,
            "added": self.added,
            "missing": self.missing,
            "left_out": list(self.left_out),
            "none_before": None if self.none_before is None else iso(self.none_before),
            "hidden_before": None if self.hidden_before is None else iso(self.hidden_before),
            "complete": self.arrived and not self.problem,
            "problem": {"what": failed.what, "fix": failed.fix} if failed else None,
        }


class Downloaded(NamedTuple):
    """All series, how many answers they took, and how many of those wanted us to wait.

    `remarks` are what there is to know of all of it; one that was `interrupted` tells what had come by then.
    """

    venue: str
    series: tuple[Series, ...]
    answers: int
    refusals: int
    remarks: tuple[str, ...] = ()
    interrupted: bool = False

    @property
    def failed(self) -> tuple[Series, ...]:
        """The series that are not there, or not as far as was asked."""
        return tuple(series for series in self.series if series.problem)

    def raise_failures(self) -> None:
        """Raise an error that names every series that failed, with the reason; without any do nothing."""
        told = [
            problem._replace(what=f"{series.name} failed: {problem.what}")
            for series in self.series
            if series.problem
            for problem in series.problem.problems
        ]
        if told:
            raise CryptoflowError(told, code=ExitCode.UNAVAILABLE)

    def plain(self) -> dict[str, Any]:
        """Return it as programs read it."""
        return {
            "venue": self.venue,
            "series": [series.plain() for series in self.series],
            "failed": [series.name for series in self.failed],
            "answers": self.answers,
            "refusals": self.refusals,
            "remarks": list(self.remarks),
            "interrupted": self.interrupted,
        }
