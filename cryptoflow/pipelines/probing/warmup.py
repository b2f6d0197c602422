"""The warm-up probe: once warm, a spec says the same whichever bar its data begins at."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.discipline.reach import DRAWS as DEFAULTS
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.assemble import own_warmup, plan_of, warmup_of
from cryptoflow.pipelines.history import History, Window, load_history
from cryptoflow.pipelines.listed import as_of
from cryptoflow.pipelines.probing.evidence import Evidence, Kept, Progress, keep, written
from cryptoflow.pipelines.probing.feed import Feed, feed_of
from cryptoflow.pipelines.probing.moved import Moved, exactly, feeds, first, number, reader
from cryptoflow.pipelines.probing.stage import failing, has_guests, play
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.formula import formula

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns, Plan
    from cryptoflow.engine.signals import Said

DRAWS = DEFAULTS["warmup"]
CLOSE = 1e-9
"""How far numbers may be apart, as a share of themselves or of what is usual for them."""

ENDLESS = 0.9
"""Beyond this share of the bars after a start, what still differs is taken to differ for ever."""


class Late(NamedTuple):
    """A later first bar: its open, the bars from there on, and for each symbol its first warm bar among them."""

    start: int
    market: list["Columns"]
    warm: list[int]


class Found(NamedTuple):
    """What moved first, what needs more bars, and how many would have done (0: none would)."""

    moved: Moved
    source: str
    enough: int


def warmup(
    resolved: Resolved,
    *,
    window: Window | None = None,
    draws: int = DRAWS,
    home: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Evidence, Kept]:
    """Hold a spec's signals to those with a later first bar, keep what comes out, and return it with where it lies.

    Signals are compared, not fills: what is held when decisions begin depends on when they began. So strategies in
    Python are asked as if nothing were ever held.
    """
    from cryptoflow.market.times import moment

    window = window or Window()
    resolved = as_of(resolved, window.period(resolved.pipeline.period))
    history = load_history(resolved, window)
    probe = Probe(resolved, history)
    done, said, found, late = 0, 0, None, None
    for late in probe.starts(draws):
        found, compared = probe.against(late)
        done, said = done + 1, said + compared
        if progress is not None:
            progress(done, draws)
        if found is not None:
            break
    failed: dict[str, Any] = {}
    if found is not None and late is not None:
        when = f"when its data begins with the bar {moment(late.start)}"
        failed = {"moved": found.moved, "when": when, "hint": probe.hint(found)}
    evidence = written(
        resolved, history, draws, kind="warmup", passed=found is None, draws=done, signals=said, orders=0, **failed
    )
    return evidence, keep(evidence, resolved, home)


class Probe:
    """One spec on its whole history, to which later starts are held."""

    def __init__(self, resolved: Resolved, history: History) -> None:
        self.resolved, self.history, self.needed = resolved, history, warmup_of(resolved)
        self.market = feed_of(history).market
        self.plan: Plan = plan_of(resolved, history.first_decisions)
        self.names = [strategy.id for strategy in resolved.strategies]
        self.whole = self.signals(self.market)

    def signals(self, market: list["Columns"]) -> Sequence["Said"]:
        """Return what is read and said on these bars, by the compiled driver where there are no guests."""
        if not has_guests(self.plan):
            from cryptoflow.engine.batch.signals import values_of

            return values_of(self.plan, market)
        played = play(self.resolved, Feed(market, []), self.history.first_decisions, flat=True)
        if played.raised:
            raise failing(played)
        return played.traces[0].said

    def starts(self, count: int) -> list[Late]:
        """Return later first bars, spread over the bars that leave some to compare; two of them right at the front."""
        opens = max((columns.open_at for columns in self.market), key=len)
        room = len(opens) - self.needed - 1
        if room < 2:
            raise CryptoflowError(
                f"the strategies need {self.needed:,} bars to be warm, and there are {len(opens):,} in all: "
                "none are left to compare",
                fix="choose a longer period, with --from and --to",
            )
        places = [1, 2, *(room * each // max(1, count - 1) + 1 for each in range(1, count - 1))][:count]
        return [self.begun(int(opens[place])) for place in dict.fromkeys(places) if place <= room]

    def begun(self, start: int) -> Late:
        """Return the bars from `start` on.

        A symbol is warm when every symbol that lost bars has seen enough again, as each may look at the others.
        """
        cuts = [int(columns.open_at.searchsorted(start)) for columns in self.market]
        market = [columns.cut(cut, len(columns.open_at)) for columns, cut in zip(self.market, cuts, strict=True)]
        shortened = [columns for columns, cut in zip(market, cuts, strict=True) if cut]
        warm_at = max(
            int(columns.open_at[self.needed]) if len(columns.open_at) > self.needed else 2**62 for columns in shortened
        )
        return Late(start, market, [int(columns.open_at.searchsorted(warm_at)) for columns in market])

    def against(self, late: Late) -> tuple[Found | None, int]:
        """Return what a later start changes first among the warm bars, and how many values were compared."""
        said = self.signals(late.market)
        moved, compared = [], 0
        for one, other in zip(self.whole, said, strict=True):
            warm, skipped = late.warm[other.symbol], len(one.open_at) - len(other.open_at)
            for name, column in other.outputs.items():
                compared += max(0, len(column) - warm)
                bars = _apart(one.outputs[name][skipped:], column)
                bar = first(bars[warm:], 0 * bars[warm:], len(bars), exactly)
                if bar >= 0:
                    moved.append((int(other.open_at[warm + bar]), one, other, name, skipped))
        if not moved:
            return None, compared
        return self.found(late, *min(moved, key=lambda each: each[0])), compared

    def found(self, late: Late, at: int, one: "Said", other: "Said", name: str, skipped: int) -> Found:
        """Return what moved, with the indicator it comes from and the bars that would have been enough."""
        import numpy as np

        bar = int(other.open_at.searchsorted(at))
        values = number(one.outputs[name][skipped + bar]), number(other.outputs[name][bar])
        moved = Moved(name, reader(self.names, one.strategy), self.plan.symbols[one.symbol], at, *values)
        differing = np.flatnonzero(_apart(one.outputs[name][skipped:], other.outputs[name]))
        enough = int(differing[-1]) + 1
        return Found(moved, self.cause(late, one, at, name), 0 if enough > ENDLESS * len(other.open_at) else enough)

    def cause(self, late: Late, said: "Said", at: int, name: str) -> str:
        """Return the indicator behind an output that has not settled at a bar; the innermost, as others follow it.

        What a strategy in Python says can come from all that it reads; if that has settled, its State has not.
        """
        graph = self.plan.graphs[said.strategy]
        spoken = name not in graph.outputs
        one, other = (self.calls(market, said, at) for market in (self.market, late.market))
        for place in sorted(one):
            if (spoken or name in feeds(graph, place)) and bool(_apart(one[place], other[place]).any()):
                return formula(graph, place)
        return f"the State of {self.names[said.strategy]}" if spoken else name

    def calls(self, market: Sequence["Columns"], said: "Said", at: int) -> dict[int, Any]:
        """Return the value of every indicator of a strategy for a symbol at one bar, worked out by the plain steps."""
        from cryptoflow.engine.runtime.signals import values_of

        until = [columns.cut(0, int(columns.open_at.searchsorted(at, side="right"))) for columns in market]
        row = said.strategy * len(market) + said.symbol
        return {place: column[-1:] for place, column in values_of(self.plan, until)[row].calls.items()}

    def hint(self, found: Found) -> str:
        """Say what to do."""
        asked, own = self.resolved.pipeline.warmup, own_warmup(self.resolved)
        if asked is not None and asked < own:
            return f"{found.source} needs more than `warmup: {asked}`; without that line the spec takes {own}"
        if found.enough:
            return f"{found.source} needs more than {self.needed} bars here: `warmup: {found.enough}` would do"
        return f"{found.source} never forgets its first bar, so no warm-up is enough: decide by something that does"


def _apart(one: Any, other: Any) -> Any:
    """Say where two columns are further apart than rounding brings them, flags when they differ at all."""
    import numpy as np

    known = np.abs(one[np.isfinite(one)])
    usual = float(known.mean()) if len(known) else 0.0
    largest = np.maximum(np.maximum(np.abs(one), np.abs(other)), usual)
    return exactly(one, other) & ~(np.abs(one - other) <= CLOSE * largest)
