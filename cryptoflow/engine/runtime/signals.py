"""All that strategies read and say of a plan's bars, by the event driver: with an account, or as if it held nothing."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import fields
from math import nan
from operator import attrgetter
from typing import Any

import numpy as np

from cryptoflow.domain.ask import ask
from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Columns, Outcome, Plan
from cryptoflow.engine.runtime.features import Features
from cryptoflow.engine.runtime.feed import rounds
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.engine.runtime.recorder import Recorder
from cryptoflow.engine.runtime.run import play
from cryptoflow.engine.signals import Column, Said, alone, remembering

FIELDS = tuple(field.name for field in fields(Signal))
told = attrgetter(*FIELDS)


class Ear:
    """Writes down what strategies in Python say as they say it: the decision takes back what it has carried out."""

    def __init__(self, owner: Owner) -> None:
        self.ask = owner.steps.ask
        self.lines: dict[int, list[Any]] = {id(signal): [] for signal in owner.signals}
        owner.steps = owner.steps._replace(ask=self.hear)

    def hear(self, kind: int, mind: Any, bar: Bar, held: Held, signal: Signal, seen: Any, settings: Any) -> None:
        """Let a strategy say what it wants, and keep it."""
        self.ask(kind, mind, bar, held, signal, seen, settings)
        self.lines[id(signal)].append(told(signal))

    def heard(self, plan: Plan, market: Sequence[Columns], signals: Sequence[Signal]) -> Iterator[Said]:
        """Yield what each strategy in Python said of each symbol."""
        for row, signal in enumerate(signals):
            strategy, symbol = divmod(row, len(market))
            if plan.strategies[strategy].script >= 0:
                columns = in_columns(self.lines[id(signal)], len(FIELDS))
                said = {f"signal.{name}": column for name, column in zip(FIELDS, columns, strict=True)}
                yield Said(strategy, symbol, market[symbol].open_at, said, {})


def heard(plan: Plan, market: Sequence[Columns], finer: Sequence[Columns]) -> tuple[list[Said], Outcome]:
    """Run a plan, and return what its strategies in Python said at every bar beside what happened."""
    owner, recorder, times = Owner(plan, finer), Recorder(), openings(market)
    ear = Ear(owner)
    for _ in play(owner, market, times, recorder):
        pass
    return [*ear.heard(plan, market, owner.signals)], recorder.outcome(times, owner.wallet)


def heard_flat(plan: Plan, market: Sequence[Columns]) -> list[Said]:
    """Return what strategies in Python say at every bar to an account that never holds anything."""
    owner = Owner(plan)
    ear = Ear(owner)
    for _, bars in rounds(market):
        owner.features.over(bars, owner.spoken, owner.state.seen)
        ask(owner.state, bars, owner.signals, owner.tables, owner.steps)
    return [*ear.heard(plan, market, owner.signals)]


def values_of(plan: Plan, market: Sequence[Columns]) -> list[Said]:
    """Return every output of every graph for every symbol, graph by graph, with what each can be traced to."""
    plans = [alone(plan, graph, remembering(graph)) for graph in plan.graphs]
    features = [Features(each) for each in plans]
    widths = [each.reads()[0] for each in plans]
    seen = [[[nan] * width for _ in market] for width in widths]
    kept = [[array("d") for _ in market] for _ in plans]
    unsaid = [Signal() for _ in market]
    for _, bars in rounds(market):
        for each, shown, columns in zip(features, seen, kept, strict=True):
            each.over(bars, unsaid, shown)
            for symbol, bar in enumerate(bars):
                if bar.here:
                    columns[symbol].extend(shown[symbol])
    return [
        named(plan, place, symbol, in_columns(rows, widths[place]), market[symbol])
        for place in range(len(plans))
        for symbol, rows in enumerate(kept[place])
    ]


def named(plan: Plan, place: int, symbol: int, columns: Sequence[Column], bars: Columns) -> Said:
    """Return what was read of a symbol for a graph, by the names of its outputs and by node."""
    graph = plan.graphs[place]
    outputs = dict(zip(graph.outputs, columns, strict=False))
    calls = dict(zip(remembering(graph), columns[len(outputs) :], strict=True))
    return Said(place, symbol, bars.open_at, outputs, calls)


def in_columns(rows: Sequence[Any], width: int) -> Sequence[Column]:
    """Return rows of numbers, one after the other, as columns."""
    numbers = np.array(rows, dtype=np.float64)
    return [] if width == 0 else list(numbers.reshape(-1, width).T)
