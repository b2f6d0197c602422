"""One strategy's graph at work on every symbol of the spec, a block of bars at a time."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from cryptoflow.domain.graph import Graph, Kind, Node, Stream
from cryptoflow.engine.batch import moves
from cryptoflow.engine.batch.moves import Call, Move, Read
from cryptoflow.engine.batch.scans import Scan, widest
from cryptoflow.engine.batch.stretch import Stretch
from cryptoflow.engine.plan import Columns, Plan


class Turn(NamedTuple):
    """A move, and the nodes it moves; a node of several symbols may stand there several times."""

    places: tuple[int, ...]
    move: Move


class Lanes:
    """One graph, computed for every symbol of the spec.

    `values` has a slot per node and symbol. Nodes of one depth do not read each other, so `program` has them one
    depth after the other, and calls of one function at one depth side by side.
    """

    def __init__(self, graph: Graph, plan: Plan, size: int) -> None:
        self.graph, self.plan, self.size = graph, plan, size
        self.symbols = plan.symbols
        self.stretches: dict[tuple[int, int], Stretch] = {}
        self.values: list[Any] = []
        self.slots: dict[tuple[int, int], int] = {}
        self.scans: dict[tuple[int, int], Scan] = {}
        for symbol in range(len(self.symbols)):
            self.stretch(symbol, 0)
        for place, node in enumerate(graph.nodes):
            for symbol in self.symbols_of(node.stream):
                self.slots[place, symbol] = len(self.values)
                self.values.append(moves.constant(node) if node.op == "number" else None)
        self.program = [turn for level in levels(graph) for turn in self.turns(level)]

    def symbols_of(self, stream: Stream) -> Sequence[int]:
        """Return the symbols whose bars a stream stands for."""
        return (self.symbols.index(stream.symbol),) if stream.symbol else range(len(self.symbols))

    def symbol_of(self, stream: Stream, seen_from: int) -> int:
        """Return the symbol whose bars a stream stands for, seen from a symbol."""
        return self.symbols.index(stream.symbol) if stream.symbol else seen_from

    def slot(self, place: int, symbol: int) -> int:
        """Return where a node's value lies, seen from a symbol."""
        return self.slots[place, self.symbol_of(self.graph.nodes[place].stream, symbol)]

    def stretch(self, symbol: int, timeframe: int) -> Stretch:
        """Return a symbol's bars in a timeframe."""
        base = self.plan.account.timeframe
        return self.stretches.setdefault((symbol, timeframe), Stretch(base, timeframe, self.size))

    def turns(self, level: Sequence[int]) -> Iterator[Turn]:
        """Yield the moves of nodes that do not read each other."""
        calls: dict[tuple[str, int], list[tuple[int, Call]]] = {}
        for place in level:
            node = self.graph.nodes[place]
            symbols = self.symbols_of(node.stream)
            if node.op == "rank":
                yield Turn((place,) * len(symbols), self.ranking(place, node))
            elif node.op == "call":
                alike = calls.setdefault((node.name, node.stream.timeframe), [])
                alike += [(place, self.call(place, node, symbol)) for symbol in symbols]
            elif node.op != "number":
                yield from (Turn((place,), self.move(place, node, symbol)) for symbol in symbols)
        for alike in calls.values():
            width = widest(alike[0][1].scan.function)
            for first in range(0, len(alike), width):
                places, chosen = zip(*alike[first : first + width], strict=True)
                yield Turn(places, moves.together(self.values, chosen))

    def call(self, place: int, node: Node, symbol: int) -> Call:
        """Return an indicator at work on one symbol."""
        stretch = self.stretch(symbol, node.stream.timeframe)
        scan = self.scans[place, symbol] = Scan(self.plan.functions[node.name], node, stretch.room)
        reads = [self.reading(source, symbol, Kind.SERIES) for source in node.inputs]
        return Call(self.slots[place, symbol], stretch, scan, reads)

    def reading(self, place: int, symbol: int, kind: Kind) -> Read:
        """Return what reads a node's value, seen from a symbol, as compiled code takes it."""
        node = self.graph.nodes[place]
        stretch = self.stretch(self.symbol_of(node.stream, symbol), node.stream.timeframe)
        return moves.reading(self.values, self.slot(place, symbol), stretch, node, kind)

    def move(self, place: int, node: Node, symbol: int) -> Move:
        """Return how a node moves over the bars of one symbol."""
        v, out, stretch = self.values, self.slots[place, symbol], self.stretch(symbol, node.stream.timeframe)
        inputs = [self.slot(source, symbol) for source in node.inputs]
        match node.op:
            case "column":
                return moves.column(v, out, stretch, node.name)
            case "neg" | "not":
                return moves.one(v, out, stretch, node, *inputs)
            case "shift":
                return moves.shift(v, out, stretch, node, *inputs)
            case "every":
                return moves.every(v, out, stretch, node)
            case "lift":
                source = self.graph.nodes[node.inputs[0]].stream
                other = self.stretch(self.symbol_of(source, symbol), source.timeframe)
                return moves.lifted(v, out, stretch, node, other, self.reading(node.inputs[0], symbol, node.kind))
            case "field":
                return moves.field(v, out, self.scans[node.inputs[0], symbol], node.name)
        return moves.two(v, out, stretch, node, *inputs)

    def ranking(self, place: int, node: Node) -> Move:
        """Return how all symbols are ranked."""
        symbols = range(len(self.symbols))
        return moves.rank(
            self.values,
            [self.slots[place, symbol] for symbol in symbols],
            [self.stretch(symbol, node.stream.timeframe) for symbol in symbols],
            [self.slot(node.inputs[0], symbol) for symbol in symbols],
        )

    def over(self, market: Sequence[Columns]) -> None:
        """Compute every node over this block."""
        for (symbol, _), stretch in self.stretches.items():
            stretch.take(market[symbol])
        with np.errstate(all="ignore"):  # plain floats do not warn of what is missing or infinite either
            for turn in self.program:
                turn.move()


def levels(graph: Graph) -> list[list[int]]:
    """Sort the nodes of a graph by depth: those that read nothing, those that read only these, and so on.

    >>> from cryptoflow.domain.graph import Kind
    >>> leaf, twice = Node("column", Kind.SERIES, name="close"), Node("add", Kind.SERIES, (0, 0))
    >>> levels(Graph((leaf, twice, leaf, Node("sub", Kind.SERIES, (1, 2))), {}))
    [[0, 2], [1], [3]]
    """
    found: list[list[int]] = []
    depth: list[int] = []
    for place, node in enumerate(graph.nodes):
        depth.append(1 + max((depth[source] for source in node.inputs), default=-1))
        if depth[-1] == len(found):
            found.append([])
        found[depth[-1]].append(place)
    return found
