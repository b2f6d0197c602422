"""The look-ahead probe: what is decided up to a moment may not depend on what comes after it."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.codes import Topic
from cryptoflow.domain.discipline.reach import DRAWS as DEFAULTS
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.history import History, Window, load_history
from cryptoflow.pipelines.listed import as_of
from cryptoflow.pipelines.probing.evidence import Evidence, Kept, Progress, keep, written
from cryptoflow.pipelines.probing.feed import Feed, feed_of
from cryptoflow.pipelines.probing.futures import Draw, draws_of
from cryptoflow.pipelines.probing.moved import Moved, first_moved
from cryptoflow.pipelines.probing.stage import Played, compiled_tape, failing, has_guests, play
from cryptoflow.pipelines.probing.trace import Trace
from cryptoflow.pipelines.resolved import Resolved

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan

DRAWS, PER_CUT = DEFAULTS["lookahead"], 4
"""Altered futures in all, and at each cut."""

END = 2**62
AHEAD = "it reads what was not known when that bar closed; it may use its state, what it is given and its settings"
SAME = "on the same bars in another process"
CHANCE = "it differs from process to process: chance, the clock, the order of a set, or a file left behind"
TWICE = "in a second pass of the same process"
COMPILED = "when it is compiled"
OTHERWISE = "plain and compiled code do not agree, so a backtest shows what no live run would do"
KEPT = "something outlives a pass: keep it in State, not in the module"
READS = "what it reads is not part of the round, so nothing can show that it does not know the future"


class Found(NamedTuple):
    """The first thing that moved, what had been done, and what may be the cause."""

    moved: Moved
    when: str
    hint: str = AHEAD


class Probe:
    """One spec on its history: how it decides, to which altered futures are held."""

    def __init__(self, resolved: Resolved, history: History) -> None:
        self.resolved, self.history = resolved, history
        self.feed = feed_of(history)
        self.plan: Plan = plan_of(resolved, history.first_decisions)
        self.names = [strategy.id for strategy in resolved.strategies]
        self.base = play(resolved, self.feed, history.first_decisions, passes=2)
        self.reads = dict.fromkeys(self.base.reads)
        self.rounds = self.deciding_rounds() if self.base.traces else []

    def deciding_rounds(self) -> list[int]:
        """Return the bars, by their open, at whose close something was ordered or refused, except the last bar."""
        import numpy as np

        tape = self.base.traces[0].tape
        wanted = (tape["topic"] == Topic.ORDER) | (tape["topic"] == Topic.REFUSED)
        last = max(int(columns.open_at[-1]) for columns in self.feed.market)
        rounds: list[int] = (np.unique(tape["at"][wanted]) - self.plan.account.timeframe).tolist()
        return [at for at in rounds if at < last]

    def in_one_process(self) -> Found | None:
        """Return what is different in the second of two passes."""
        if len(self.base.traces) < 2:
            return None
        moved = first_moved(self.plan, self.names, self.base.traces[0], self.base.traces[1], END)
        return moved and Found(moved, TWICE, KEPT)

    def against(self, draw: Draw) -> Found | None:
        """Return what is different up to the cut when the future is another one."""
        until = draw.cut + self.plan.account.timeframe
        altered = play(self.resolved, self.other(draw), self.history.first_decisions, until)
        self.reads |= dict.fromkeys(altered.reads)
        moved = self.first(altered, draw.cut)
        return moved and Found(moved, draw.told())

    def other(self, draw: Draw) -> Feed:
        """Return the bars with another future."""
        return draw.of(self.feed, self.plan.account.timeframe, self.resolved.pipeline.seed)

    def when_compiled(self, draw: Draw) -> Found | None:
        """Return what the compiled driver does otherwise: than plain code, or up to the cut in another future.

        Passes with guests are plain, as only so can be told what they say; without any this is what they were.
        """
        if not self.plan.verbs.scripts:
            return None
        tape = compiled_tape(self.plan, self.feed)
        if tape is None:
            return None
        moved = self.on_tape(self.base.traces[0].tape, tape, END)
        if moved:
            return Found(moved, COMPILED, OTHERWISE)
        moved = self.on_tape(tape, compiled_tape(self.plan, self.other(draw)), draw.cut)
        return moved and Found(moved, f"{draw.told()}, {COMPILED}")

    def on_tape(self, one: Any, other: Any, cut: int) -> Moved | None:
        """Return the first thing that two tapes do not agree on."""
        return first_moved(self.plan, self.names, Trace((), one), Trace((), other), cut)

    def first(self, other: Played, cut: int) -> Moved | None:
        """Return the first thing of another play that is different; decisions that fail are."""
        if other.raised:
            return Moved("the run", self.names[0], self.plan.symbols[0], cut, "goes on", f"fails: {other.raised}")
        return first_moved(self.plan, self.names, self.base.traces[0], other.traces[0], cut)

    def explained(self, found: Found) -> Found:
        """Return what moved with its true cause, where the same bars move it too; what reads files needs no other."""
        if not has_guests(self.plan) or self.reads:
            return found
        again = play(self.resolved, self.feed, self.history.first_decisions)
        moved = self.first(again, END)
        return Found(moved, SAME, CHANCE) if moved else found


def lookahead(
    resolved: Resolved,
    *,
    window: Window | None = None,
    draws: int = DRAWS,
    home: Path | None = None,
    progress: Progress | None = None,
) -> tuple[Evidence, Kept]:
    """Hold a spec's decisions to those with other futures, keep what comes out, and return it with where it lies."""
    window = window or Window()
    resolved = as_of(resolved, window.period(resolved.pipeline.period))
    probe = Probe(resolved, load_history(resolved, window))
    refuse_idle(probe)
    found, done = probe.in_one_process(), 0
    futures = draws_of(cuts_of(probe.rounds, -(-draws // PER_CUT)), draws) if probe.rounds else []
    for draw in futures:
        if found is not None:
            break
        found = probe.against(draw)
        found = found and probe.explained(found)
        done += 1
        if progress is not None:
            progress(done, draws)
    if found is None and futures and not probe.reads:
        found = probe.when_compiled(futures[-1])
    said = probe.base.traces[0].said if probe.base.traces else ()
    evidence = written(
        resolved,
        probe.history,
        draws,
        kind="lookahead",
        passed=found is None and not probe.reads,
        draws=done,
        signals=sum(len(each.open_at) * len(each.outputs) for each in said),
        orders=len(probe.rounds),
        reads=tuple(probe.reads),
        **told(found, bool(probe.reads)),
    )
    return evidence, keep(evidence, resolved, home)


def told(found: Found | None, reads: bool) -> dict[str, Any]:
    """Return what evidence says of what was found."""
    if found is None:
        return {"hint": READS} if reads else {}
    return {"moved": found.moved, "when": found.when, "hint": found.hint}


def refuse_idle(probe: Probe) -> None:
    """Refuse what nothing can be shown of: a run that fails, or that decides nothing."""
    if probe.base.raised and not probe.reads:
        raise failing(probe.base)
    if not probe.rounds and not probe.base.raised:
        raise CryptoflowError(
            f"nothing is ordered or refused within {probe.history.period}, so there is nothing to compare",
            fix="choose other days, with --from and --to",
        )


def cuts_of(rounds: Sequence[int], count: int) -> list[int]:
    """Return `count` of the rounds, spread evenly, the middle one first when there is one only.

    >>> cuts_of([10, 20, 30, 40, 50], 2), cuts_of([10], 3)
    ([20, 40], [10])
    """
    places = [(2 * number + 1) * len(rounds) // (2 * count) for number in range(count)]
    return [rounds[place] for place in dict.fromkeys(places)]
