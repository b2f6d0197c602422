"""What is read and said of every bar: what two runs over the same past have to agree on."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from cryptoflow.domain.graph import Graph
from cryptoflow.engine.plan import Plan

Column = np.ndarray[Any, np.dtype[np.float64]]

REMEMBERED = ("call", "lift")
"""The nodes that remember, or that come from other bars: what a value that moved can be traced to."""


class Said(NamedTuple):
    """What one strategy says of one symbol, or what it or the sizer reads of it: a column each over its bars.

    `strategy` is its place, that of the sizer comes after all. `outputs` go by the names of a strategy file, of `let`,
    or, like `signal.enter`, of a signal's fields; flags are 1 and 0. `calls` are the values of the indicators and other
    timeframes they come from, by node, as known at each bar, where they were asked for.
    """

    strategy: int
    symbol: int
    open_at: np.ndarray[Any, np.dtype[np.int64]]
    outputs: Mapping[str, Column]
    calls: Mapping[int, Column]


def remembering(graph: Graph) -> list[int]:
    """Return the nodes that a value can be traced to."""
    return [place for place, node in enumerate(graph.nodes) if node.op in REMEMBERED]


def alone(plan: Plan, graph: Graph, also: list[int]) -> Plan:
    """Return a plan of one graph, which drivers read as the sizer's: all outputs as they are, then the nodes `also`."""
    places = [*graph.outputs.values(), *also]
    return plan._replace(
        strategies=(), graphs=(graph._replace(outputs={str(slot): place for slot, place in enumerate(places)}),)
    )
