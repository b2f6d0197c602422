"""What a driver is given: a run as plain values, without a trace of where they came from."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from cryptoflow.domain.codes import SLOTS
from cryptoflow.domain.discipline.records import Tier
from cryptoflow.domain.discipline.together import size_of
from cryptoflow.domain.graph import Graph
from cryptoflow.domain.records import Account, Strategy, Symbol
from cryptoflow.domain.steps import Function, Script, Step
from cryptoflow.domain.tilt.records import DEFAULTS, TiltLimits


class Columns(NamedTuple):
    """One symbol's bars, a column each; times are epoch milliseconds of the open."""

    open_at: np.ndarray[Any, np.dtype[np.int64]]
    open: np.ndarray[Any, np.dtype[np.float64]]
    high: np.ndarray[Any, np.dtype[np.float64]]
    low: np.ndarray[Any, np.dtype[np.float64]]
    close: np.ndarray[Any, np.dtype[np.float64]]
    volume: np.ndarray[Any, np.dtype[np.float64]]

    def cut(self, first: int, last: int) -> "Columns":
        """Return the bars from `first` up to, not including, `last`."""
        return Columns(
            self.open_at[first:last],
            self.open[first:last],
            self.high[first:last],
            self.low[first:last],
            self.close[first:last],
            self.volume[first:last],
        )


class Series(Protocol):
    """One symbol's bars, in memory or elsewhere: times at a glance, the rest a cut at a time, as `Columns` does it."""

    @property
    def open_at(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """When each bar opens, in epoch milliseconds."""

    def cut(self, first: int, last: int) -> Columns:
        """Return the bars from `first` up to, not including, `last`, as far as there are any."""


class Verbs(NamedTuple):
    """The plugins' functions a kernel knows, whether a run uses them or not, so that one kernel serves all runs."""

    sizers: tuple[Step, ...]
    rules: tuple[Step, ...]
    slippages: tuple[Step, ...]
    gates: tuple[Step, ...] = ()
    scripts: tuple[Script, ...] = ()


class Plan(NamedTuple):
    """A run before it starts.

    A strategy points at its sizer and at its script, the account at its slippage model, by their places in `verbs`;
    their settings stand here. Rules have settings for each tier, which begin with 1 when a rule is on and 0 when it is
    off; a run begins in `tier`. There is a graph per strategy, then one for what the sizer reads.

    The `phases` after a promotion to each tier, and the steps in which to `resume` after a release, are paces: how long
    each takes, then the share of its size that an entry keeps in it. `tilt` are the limits of calm.
    """

    capital: float
    account: Account
    symbols: tuple[str, ...]
    markets: tuple[Symbol, ...]
    strategies: tuple[Strategy, ...]
    graphs: tuple[Graph, ...]
    functions: Mapping[str, Function]
    verbs: Verbs
    script_settings: tuple[tuple[float, ...], ...]
    sizer_settings: tuple[tuple[float, ...], ...]
    rule_settings: tuple[tuple[tuple[float, ...], ...], ...]
    slippage_settings: tuple[float, ...]
    tier: int
    tiers: tuple[Tier, ...]
    gate_settings: tuple[tuple[tuple[float, ...], ...], ...]
    phases: tuple[tuple[float, ...], ...]
    resume: tuple[float, ...]
    tilt: TiltLimits = DEFAULTS

    def lines_per_round(self) -> int:
        """Return how many lines of tape one round can write at most."""
        symbols, strategies = len(self.symbols), len(self.strategies)
        moments = self.account.timeframe // self.account.detail
        return symbols * (SLOTS * 6 + 8) * moments + symbols * strategies * 4 + symbols * SLOTS + 64

    def pair_sizes(self) -> tuple[int, int]:
        """Return how many numbers a run keeps of how its symbols move together: by their days, by their minutes."""
        account, symbols = self.account, len(self.symbols)
        by_day = symbols * symbols if account.discipline == 1 else 1
        return by_day, size_of(account.timeframe, account.discipline, symbols)

    def scripts_by_strategy(self) -> list[Script | None]:
        """Return each strategy's script, None for one declared in a file."""
        return [self.verbs.scripts[each.script] if each.script >= 0 else None for each in self.strategies]

    def reads(self) -> list[int]:
        """Return how many values beside its signal each graph hands on: to a script, or to the sizer."""
        scripts = [*(each is not None for each in self.scripts_by_strategy()), True]
        return [len(graph.outputs) if reads else 0 for graph, reads in zip(self.graphs, scripts, strict=True)]


class Outcome(NamedTuple):
    """A run after its end: the tape (rows of `Line`), equity at the close of every round, and the wallet's counts."""

    tape: np.ndarray[Any, Any]
    times: np.ndarray[Any, np.dtype[np.int64]]
    equity: np.ndarray[Any, np.dtype[np.float64]]
    wallet: dict[str, float]

    def since(self, start: int) -> "Outcome":
        """Return the run without the rounds before `start`, in which it only warmed up."""
        first = int(np.searchsorted(self.times, start))
        return self._replace(times=self.times[first:], equity=self.equity[first:])
