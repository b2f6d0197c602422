"""All that strategies and the sizer read of a plan's bars, by the batch driver's features."""

from collections.abc import Iterator, Sequence

import numpy as np

from cryptoflow.domain.graph import Graph
from cryptoflow.engine.batch.features import Features
from cryptoflow.engine.batch.run import BLOCK, blocks
from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.engine.signals import Said, alone


def values_of(plan: Plan, market: Sequence[Columns]) -> list[Said]:
    """Return every output of every graph for every symbol, graph by graph."""
    return [said for place, graph in enumerate(plan.graphs) for said in read(plan, market, place, graph)]


def read(plan: Plan, market: Sequence[Columns], place: int, graph: Graph) -> Iterator[Said]:
    """Yield one graph's outputs, symbol by symbol."""
    features = Features(alone(plan, graph, []), BLOCK)
    names = list(graph.outputs)
    whole = [np.empty((len(names), len(columns.open_at))) for columns in market]
    filled = [0] * len(market)
    for _, _, cut in blocks(market, openings(market), BLOCK):
        _, values, _ = features.over(cut)
        for symbol, columns in enumerate(cut):
            first, count = filled[symbol], len(columns.open_at)
            whole[symbol][:, first : first + count] = values[: len(names), symbol, :count]
            filled[symbol] += count
    for symbol, columns in enumerate(market):
        yield Said(place, symbol, columns.open_at, dict(zip(names, whole[symbol], strict=True)), {})
