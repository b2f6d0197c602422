"""What strategies compute, one round at a time: every node of their graphs once, by the plain steps."""

from collections.abc import Callable, Sequence
from math import nan
from typing import Any

from cryptoflow.domain.graph import Graph, Node, Stream
from cryptoflow.domain.language import rank
from cryptoflow.domain.records import Bar, Rows, Signal
from cryptoflow.domain.timeframes import Growing, belongs, is_full, take
from cryptoflow.engine.outputs import FLAGS, NUMBERS
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime import moves
from cryptoflow.engine.runtime.moves import Calls, Move

Stretch = tuple[int, int]
"""A symbol and a timeframe, 0 for the base one."""


class Higher:
    """The bars of one symbol in one higher timeframe, as they close."""

    def __init__(self, base: int, duration: int) -> None:
        self.base, self.duration = base, duration
        self.growing = Growing()

    def over(self, bar: Bar) -> list[Bar]:
        """Take a base bar in and return the higher bars that are known by its close."""
        closed, close_at = [], bar.open_at + self.base
        if self.growing.bars > 0 and not belongs(self.growing, bar.open_at, self.duration):
            closed.append(self.emit(close_at))
        take(self.growing, bar.open_at, bar.open, bar.high, bar.low, bar.close, bar.volume)
        if is_full(close_at, self.duration):
            closed.append(self.emit(close_at))
        return closed

    def emit(self, known_at: int) -> Bar:
        """Hand the grown bar over, known at `known_at`, and begin anew."""
        grown, self.growing = self.growing, Growing()
        return Bar(known_at, 1, grown.open, grown.high, grown.low, grown.close, grown.volume)


class Features:
    """All strategies' features over all symbols."""

    def __init__(self, plan: Plan) -> None:
        self.lanes = [Lanes(graph, plan) for graph in plan.graphs]
        self.symbols = len(plan.symbols)

    def over(self, bars: Sequence[Bar], signals: Sequence[Signal], seen: Rows[list[float]]) -> None:
        """Take a round's bars in, write its signals, and what scripts and the sizer read beside them."""
        for strategy, lanes in enumerate(self.lanes):
            lanes.over(bars)
            for symbol in range(self.symbols):
                row = strategy * self.symbols + symbol
                if bars[symbol].here:
                    if row < len(signals):
                        lanes.write(symbol, signals[row])
                    if seen[row]:
                        lanes.show(symbol, seen[row])


class Lanes:
    """One graph, computed for every symbol of the spec.

    `values` has a slot per node and symbol; `program` is every move in the order of the nodes, so that all
    symbols have a node's value before any has the next one's.
    """

    def __init__(self, graph: Graph, plan: Plan) -> None:
        self.graph, self.symbols, self.base = graph, plan.symbols, plan.account.timeframe
        self.functions = plan.functions
        self.values: list[Any] = []
        self.slots: dict[tuple[int, int], int] = {}
        self.calls: dict[tuple[int, int], Calls] = {}
        self.program: list[tuple[Stretch, Move]] = []
        self.ranks: dict[int, Callable[[list[int]], None]] = {}
        self.higher: dict[Stretch, Higher] = {}
        for place, node in enumerate(graph.nodes):
            for symbol in self.symbols_of(node.stream):
                self.slots[place, symbol] = len(self.values)
                self.values.append(moves.constant(node) if node.op == "number" else moves.missing(node))
                self.add(place, node, symbol)
        self.outputs = [self.written(symbol) for symbol in range(len(self.symbols))]

    def symbols_of(self, stream: Stream) -> Sequence[int]:
        """Return the symbols whose bars a stream stands for."""
        return (self.symbols.index(stream.symbol),) if stream.symbol else range(len(self.symbols))

    def slot(self, place: int, symbol: int) -> int:
        """Return where a node's value lies, seen from a symbol."""
        named = self.graph.nodes[place].stream.symbol
        return self.slots[place, self.symbols.index(named) if named else symbol]

    def add(self, place: int, node: Node, symbol: int) -> None:
        """Add a node's move for one symbol to the program."""
        stretch = (symbol, node.stream.timeframe)
        if node.stream.timeframe:
            self.higher.setdefault(stretch, Higher(self.base, node.stream.timeframe))
        if node.op == "rank":
            if place not in self.ranks:
                self.ranks[place] = self.ranking(place, node)
                self.program.append(((-1, place), lambda _: None))
        elif node.op != "number":
            self.program.append((stretch, self.move(place, node, symbol)))

    def move(self, place: int, node: Node, symbol: int) -> Move:
        """Return how a node moves by one bar of a symbol."""
        v, out = self.values, self.slots[place, symbol]
        inputs = [self.slot(source, symbol) for source in node.inputs]
        match node.op:
            case "column":
                return moves.column(v, out, node.name)
            case "neg" | "not" | "lift":
                return moves.one(v, out, node.op, inputs[0])
            case "shift":
                return moves.shift(v, out, inputs[0], int(node.settings[0]), moves.missing(node))
            case "every":
                return moves.every(v, out, int(node.settings[0]), self.base, node.stream.timeframe)
            case "call":
                calls = self.calls[place, symbol] = Calls(self.functions[node.name], node)
                return calls.move(v, out, inputs, moves.missing(node) is False)
            case "field":
                return self.calls[node.inputs[0], symbol].field(v, out, node.name)
        return moves.two(v, out, node.op, inputs[0], inputs[1])

    def ranking(self, place: int, node: Node) -> Callable[[list[int]], None]:
        """Return how the symbols of a round are ranked."""

        def place_all(here: list[int]) -> None:
            found = rank([self.values[self.slot(node.inputs[0], symbol)] for symbol in here])
            for symbol, value in zip(here, found, strict=True):
                self.values[self.slots[place, symbol]] = value

        return place_all

    def over(self, bars: Sequence[Bar]) -> None:
        """Compute every node for the bars of this round; a stream without one keeps its last values."""
        if len(bars) == 1 and not self.higher and not self.ranks:
            for _, move in self.program:
                move(bars[0])
            return
        here = [symbol for symbol, bar in enumerate(bars) if bar.here]
        streams = {(symbol, 0): [bars[symbol]] for symbol in here}
        for stretch, higher in self.higher.items():
            if bars[stretch[0]].here:
                streams[stretch] = higher.over(bars[stretch[0]])
        late = max((len(closed) for closed in streams.values()), default=0)
        for turn in range(late):
            self.turn({key: found[turn - late] for key, found in streams.items() if turn >= late - len(found)}, here)

    def turn(self, known: dict[Stretch, Bar], here: list[int]) -> None:
        """Move every node whose stream has a bar in this turn; the last bar of each comes in the last turn."""
        for stretch, move in self.program:
            if stretch in known:
                move(known[stretch])
            elif stretch[0] < 0 and any((symbol, 0) in known for symbol in here):
                self.ranks[stretch[1]](here)

    def written(self, symbol: int) -> list[tuple[str, int, Callable[[Any], float]]]:
        """Return the fields of a signal that the graph writes, the slots they come from, and what numbers they are."""
        fields: dict[str, tuple[str, Callable[[Any], float]]] = {name: (field, int) for name, field in FLAGS.items()}
        fields |= {name: (field, float) for name, field in NUMBERS.items()}
        return [
            (fields[name][0], self.slot(place, symbol), fields[name][1])
            for name, place in self.graph.outputs.items()
            if name in fields
        ]

    def show(self, symbol: int, seen: list[float]) -> None:
        """Write a symbol's values in the order of the outputs, a flag as 0 or 1."""
        for place, node in enumerate(self.graph.outputs.values()):
            seen[place] = float(self.values[self.slot(node, symbol)])

    def write(self, symbol: int, signal: Signal) -> None:
        """Write a symbol's signal; what the strategy does not say is missing."""
        signal.enter = signal.leave = signal.add = 0
        signal.score = signal.size = signal.stop_distance = signal.stop_at = nan
        signal.take_distance = signal.take_at = signal.trail_distance = signal.leave_share = nan
        for field, slot, kind in self.outputs[symbol]:
            setattr(signal, field, kind(self.values[slot]))
