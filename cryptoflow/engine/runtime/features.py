"""What strategies compute, one round at a time: every node of their graphs once, by the plain steps."""

from collections import deque
from collections.abc import Sequence
from math import nan
from typing import Any

from cryptoflow.domain.graph import Graph, Kind, Node, Stream
from cryptoflow.domain.language import binary, compare, period_number, rank
from cryptoflow.domain.records import Bar, Signal
from cryptoflow.domain.steps import Function
from cryptoflow.domain.timeframes import Growing, belongs, is_full, take
from cryptoflow.engine.outputs import FLAGS, NUMBERS
from cryptoflow.engine.plan import Plan

Key = tuple[int, int]


class Moving:
    """One function at work on one stream of bars: its state and its ring."""

    def __init__(self, function: Function, node: Node) -> None:
        self.function = function
        self.state: Any = function.state()
        bound = function.bind(dict(zip(function.settings, node.settings, strict=True)))
        self.ring = [[nan] * max(1, bound.memory)] if function.windowed else []
        self.settings = [int(x) if whole else x for x, whole in zip(node.settings, function.whole, strict=True)]

    def over(self, inputs: list[float]) -> float:
        """Move on by one bar and return the value."""
        self.state = self.function.step(self.state, *self.ring, *inputs, *self.settings)
        return self.field(self.function.outputs[0])

    def field(self, name: str) -> float:
        """Return one of the outputs after the last bar."""
        return float(getattr(self.state, name))


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

    def over(self, bars: Sequence[Bar], signals: Sequence[Signal]) -> None:
        """Take a round's bars in and write its signals."""
        for strategy, lanes in enumerate(self.lanes):
            lanes.over(bars)
            for symbol in range(self.symbols):
                if bars[symbol].here:
                    lanes.write(symbol, signals[strategy * self.symbols + symbol])


class Lanes:
    """One graph, computed for every symbol of the spec."""

    def __init__(self, graph: Graph, plan: Plan) -> None:
        self.graph, self.symbols, self.base = graph, plan.symbols, plan.account.timeframe
        self.last: dict[Key, Any] = {}
        self.moving: dict[Key, Moving] = {}
        self.past: dict[Key, deque[Any]] = {}
        self.spans: dict[Key, int] = {}
        self.higher: dict[tuple[int, int], Higher] = {}
        for place, node in enumerate(graph.nodes):
            for symbol in self.symbols_of(node.stream):
                key = (place, symbol)
                self.last[key] = False if node.kind is Kind.FLAG else nan
                if node.op == "call":
                    self.moving[key] = Moving(plan.functions[node.name], node)
                if node.op == "shift":
                    self.past[key] = deque([self.last[key]] * int(node.settings[0]))
                if node.stream.timeframe:
                    higher = Higher(self.base, node.stream.timeframe)
                    self.higher.setdefault((symbol, node.stream.timeframe), higher)

    def symbols_of(self, stream: Stream) -> Sequence[int]:
        """Return the symbols whose bars a stream stands for."""
        return (self.symbols.index(stream.symbol),) if stream.symbol else range(len(self.symbols))

    def over(self, bars: Sequence[Bar]) -> None:
        """Compute every node for the bars of this round; a stream without one keeps its last values."""
        streams = {(symbol, 0): [bar] for symbol, bar in enumerate(bars) if bar.here}
        for key, higher in self.higher.items():
            if bars[key[0]].here:
                streams[key] = higher.over(bars[key[0]])
        late = max((len(closed) for closed in streams.values()), default=0)
        for turn in range(late):
            for place, node in enumerate(self.graph.nodes):
                self.turn(place, node, streams, turn, late)

    def turn(self, place: int, node: Node, streams: dict[tuple[int, int], list[Bar]], turn: int, late: int) -> None:
        """Move one node over the bars of its streams; the last bar of each comes in the last turn."""
        here = {}
        for symbol in self.symbols_of(node.stream):
            closed = streams.get((symbol, node.stream.timeframe), [])
            at = turn - (late - len(closed))
            if at >= 0:
                here[symbol] = closed[at]
        if node.op == "rank":
            places = rank([self.input(node, 0, symbol) for symbol in here])
            for symbol, value in zip(here, places, strict=True):
                self.last[place, symbol] = value
            return
        for symbol, bar in here.items():
            self.last[place, symbol] = self.compute(place, node, symbol, bar)

    def input(self, node: Node, which: int, symbol: int) -> Any:
        """Return an input's last value."""
        place = node.inputs[which]
        named = self.graph.nodes[place].stream.symbol
        return self.last[place, self.symbols.index(named) if named else symbol]

    def compute(self, place: int, node: Node, symbol: int, bar: Bar) -> Any:
        """Compute one node for one symbol's bar."""
        match node.op:
            case "number":
                return node.settings[0] != 0.0 if node.kind is Kind.FLAG else node.settings[0]
            case "column":
                return getattr(bar, node.name)
            case "neg":
                return -self.input(node, 0, symbol)
            case "not":
                return not self.input(node, 0, symbol)
            case "and":
                return self.input(node, 0, symbol) and self.input(node, 1, symbol)
            case "or":
                return self.input(node, 0, symbol) or self.input(node, 1, symbol)
            case "add" | "sub" | "mul" | "div":
                return binary(node.op, self.input(node, 0, symbol), self.input(node, 1, symbol))
            case "shift":
                past = self.past[place, symbol]
                past.append(self.input(node, 0, symbol))
                return past.popleft()
            case "call":
                moving = self.moving[place, symbol]
                inputs = [float(self.input(node, which, symbol)) for which in range(len(node.inputs))]
                value = moving.over(inputs + [getattr(bar, name) for name in moving.function.columns])
                return value != 0.0 if node.kind is Kind.FLAG else value
            case "field":
                return self.moving[node.inputs[0], symbol].field(node.name)
            case "every":
                return self.every(place, node, symbol, bar)
            case "lift":
                return self.input(node, 0, symbol)
        return compare(node.op, self.input(node, 0, symbol), self.input(node, 1, symbol))

    def every(self, place: int, node: Node, symbol: int, bar: Bar) -> bool:
        """Flag a bar whose close lies in another span than the close before."""
        duration, length = int(node.settings[0]), self.base
        close_at, open_at = bar.open_at + length, bar.open_at
        if node.stream.timeframe:
            close_at, open_at = bar.open_at, bar.open_at - node.stream.timeframe
        span = period_number(close_at, duration)
        before = self.spans.get((place, symbol), period_number(open_at, duration))
        self.spans[place, symbol] = span
        return span != before

    def write(self, symbol: int, signal: Signal) -> None:
        """Write a symbol's signal."""
        for name, field in FLAGS.items():
            place = self.graph.outputs.get(name)
            setattr(signal, field, 1 if place is not None and self.value(place, symbol) else 0)
        for name, field in NUMBERS.items():
            place = self.graph.outputs.get(name)
            setattr(signal, field, nan if place is None else float(self.value(place, symbol)))

    def value(self, place: int, symbol: int) -> Any:
        """Return a node's last value, seen from a symbol."""
        named = self.graph.nodes[place].stream.symbol
        return self.last[place, self.symbols.index(named) if named else symbol]
