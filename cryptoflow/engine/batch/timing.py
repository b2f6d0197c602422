"""What each part of a batch run takes, measured beside it: the run itself carries no clock."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np

from cryptoflow.domain.codes import Reason, Topic
from cryptoflow.engine.batch.features import Features
from cryptoflow.engine.batch.run import blocks, rounds_per_block, run
from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Outcome, Plan, Series

ENOUGH = 2.0
"""Seconds after which measuring is not repeated once more."""

TIMES = 7
"""How often the parts are measured in turn at most; medians count."""

OFF = (0.0,)
"""The settings of a rule that does not hold."""

Node = tuple[int, int]
"""A strategy, and the place of a node in its graph."""


class Spent(NamedTuple):
    """Seconds of a warm run: all of it, its features, each of their nodes, and the rules that never bound.

    `rules` is None when a run without these rules took another course, so that the two cannot be compared, and 0
    when it was not the quicker one each time, so that they cannot be told apart.
    """

    whole: float
    features: float
    nodes: dict[Node, float]
    rules: float | None
    idle_rules: int


def measure(plan: Plan, market: Sequence[Series], finer: Sequence[Series] = ()) -> Spent:
    """Run a plan again, as a whole and in parts, and return what that took."""
    outcome = run(plan, market, finer)
    idle = idle_rules(plan, outcome)
    settings = (tuple(OFF if rule in idle else given for rule, given in enumerate(each)) for each in plan.rule_settings)
    bare = plan._replace(rule_settings=tuple(settings))
    same = bool(idle) and is_same(outcome, run(bare, market, finer))
    began = perf_counter()
    wholes: list[float] = []
    features, gains, nodes = [], [], []
    while not wholes or (len(wholes) < TIMES and perf_counter() - began < ENOUGH):
        wholes.append(seconds(lambda: run(plan, market, finer)))
        clock = NodeClock(plan)
        features.append(seconds(lambda: clock.over(market)))  # noqa: B023 - called at once
        nodes.append(clock.spent)
        if same:
            gains.append(wholes[-1] - seconds(lambda: run(bare, market, finer)))
    rules = (median(gains) if min(gains) > 0 else 0.0) if same else None
    each = {node: median(turn[node] for turn in nodes) for node in nodes[0]}
    return Spent(median(wholes), median(features), each, rules, len(idle))


def idle_rules(plan: Plan, outcome: Outcome) -> set[int]:
    """Return the rules that hold but neither refused nor reduced anything: without them a run is the same."""
    tape = outcome.tape
    spoke = (tape["topic"] == Topic.REFUSED) | ((tape["topic"] == Topic.ORDER) & (tape["reason"] == Reason.REDUCED))
    bound = set(tape["rule"][spoke].tolist())
    return {rule for rule, given in enumerate(plan.rule_settings[plan.tier]) if given[0] != 0.0 and rule not in bound}


def is_same(one: Outcome, other: Outcome) -> bool:
    """Say whether two runs took the same course."""
    return bool(np.array_equal(one.equity, other.equity)) and one.wallet == other.wallet


def seconds(call: Callable[[], object]) -> float:
    """Return how long a call takes."""
    began = perf_counter()
    call()
    return perf_counter() - began


class NodeClock:
    """The features of a plan, with a clock on every move.

    Indicators that move side by side share their time in equal parts.
    """

    def __init__(self, plan: Plan) -> None:
        self.size = rounds_per_block(len(plan.symbols))
        self.features = Features(plan, self.size)
        self.spent: dict[Node, float] = defaultdict(float)
        for strategy, lanes in enumerate(self.features.lanes):
            lanes.program = [
                turn._replace(move=self.clocked(strategy, turn.places, turn.move)) for turn in lanes.program
            ]

    def clocked(self, strategy: int, places: Sequence[int], move: Callable[[], None]) -> Callable[[], None]:
        """Return a move that books its time on its nodes."""
        nodes = [(strategy, place) for place in places]

        def timed() -> None:
            share = seconds(move) / len(nodes)
            for node in nodes:
                self.spent[node] += share

        return timed

    def over(self, market: Sequence[Series]) -> None:
        """Compute the features of all rounds."""
        for _, _, cut in blocks(market, openings(market), self.size):
            self.features.over(cut)
