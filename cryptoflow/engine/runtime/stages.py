"""Which nodes of a graph move together: those that read the same bars and wait for nothing else in between."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptoflow.domain.graph import Graph, Node, Stream

OWN = Stream()


class Stage(NamedTuple):
    """Nodes of one stream that move in one go, once all stages of the levels below have moved."""

    stream: Stream
    level: int
    places: tuple[int, ...]


def levels(graph: Graph) -> list[int]:
    """Return how many times each node's value has passed from one stream, or one symbol, to another."""
    found: list[int] = []
    for node in graph.nodes:
        found.append(max((found[place] + passes(node, graph.nodes[place]) for place in node.inputs), default=0))
    return found


def passes(node: Node, source: Node) -> int:
    """Return 1 where a value comes from another stream, or from all symbols; a number belongs to every stream."""
    return int(source.op != "number" and (node.op == "rank" or node.stream != source.stream))


def stages(graph: Graph) -> list[Stage]:
    """Return a graph's stages in an order in which they may move; the last one is the strategy's own, which signals.

    >>> from cryptoflow.domain.graph import Kind
    >>> close = Node("column", Kind.SERIES, name="close", stream=Stream("", 3_600_000))
    >>> [stage.places for stage in stages(Graph((close, Node("lift", Kind.SERIES, (0,))), {}))]
    [(0,), (1,)]
    """
    depths = levels(graph)
    last = (max(depths, default=0), OWN)
    groups: dict[tuple[int, Stream], list[int]] = {last: []}
    for place, node in enumerate(graph.nodes):
        if node.op not in ("number", "rank"):
            groups.setdefault((depths[place], node.stream), []).append(place)
    ordered = sorted(groups, key=lambda key: (key[0], key == last))
    return [Stage(stream, level, tuple(groups[level, stream])) for level, stream in ordered]


def ranks(graph: Graph) -> Sequence[tuple[int, int]]:
    """Return the level and the place of every comparison of the symbols; it comes before the stages of its level."""
    depths = levels(graph)
    return [(depths[place], place) for place, node in enumerate(graph.nodes) if node.op == "rank"]
