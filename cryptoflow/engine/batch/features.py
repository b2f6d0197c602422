"""What strategies compute, for a block of rounds: every node of their graphs once, an array each."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cryptoflow.domain.graph import Graph, Kind, Node, Stream
from cryptoflow.domain.language import COLUMNS, DAY, MONDAY
from cryptoflow.engine.batch.kernel import ADD, ENTER, LEAVE, VALUES
from cryptoflow.engine.batch.resample import Resampler
from cryptoflow.engine.batch.scans import Scan
from cryptoflow.engine.outputs import FLAGS, NUMBERS
from cryptoflow.engine.plan import Columns, Plan

Array = np.ndarray[Any, Any]
Key = tuple[int, int]

ARITHMETIC = {"add": np.add, "sub": np.subtract, "mul": np.multiply}
COMPARISON = {"lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal}
BITS = {"enter": ENTER, "leave": LEAVE, "add": ADD}


class Features:
    """All strategies' features over all symbols."""

    def __init__(self, plan: Plan, size: int) -> None:
        self.lanes = [Lanes(graph, plan, size) for graph in plan.graphs]
        used = [[name for name in graph.outputs if name not in FLAGS] for graph in plan.graphs]
        self.slots = np.full((len(plan.graphs), len(VALUES)), -1, dtype=np.int64)
        for row, names in enumerate(used):
            for slot, name in enumerate(names):
                if name in NUMBERS:
                    self.slots[row, VALUES.index(NUMBERS[name])] = slot
        self.depth = max(1, *(len(names) for names in used))
        self.symbols = len(plan.symbols)

    def over(self, market: Sequence[Columns]) -> tuple[Array, Array, Array]:
        """Return flags by strategy × symbol and bar, values by slot, and where each field's slot is."""
        size = max(len(columns.open_at) for columns in market)
        rows = len(self.lanes) * self.symbols
        flags = np.zeros((rows, size), dtype=np.uint8)
        values = np.empty((self.depth, rows, size))
        for strategy, lanes in enumerate(self.lanes):
            lanes.over(market)
            for symbol in range(self.symbols):
                row = strategy * self.symbols + symbol
                lanes.write_flags(symbol, flags[row])
                lanes.write_values(symbol, values[:, row])
        return flags, values, self.slots


class Lanes:
    """One graph, computed for every symbol of the spec."""

    def __init__(self, graph: Graph, plan: Plan, size: int) -> None:
        self.graph, self.symbols, self.base = graph, plan.symbols, plan.account.timeframe
        self.values: dict[Key, Any] = {}
        self.scans: dict[Key, Scan] = {}
        self.kept: dict[Key, Array | float | bool] = {}
        self.periods: dict[Key, int] = {}
        self.resamplers: dict[tuple[int, int], Resampler] = {}
        for place, node in enumerate(graph.nodes):
            for symbol in self.symbols_of(node.stream):
                if node.op == "call":
                    self.scans[place, symbol] = Scan(plan.functions[node.name], node, 2 * size + 1)
                if node.stream.timeframe:
                    key = (symbol, node.stream.timeframe)
                    self.resamplers.setdefault(key, Resampler(self.base, node.stream.timeframe))

    def symbols_of(self, stream: Stream) -> Sequence[int]:
        """Return the symbols whose bars a stream stands for."""
        return (self.symbols.index(stream.symbol),) if stream.symbol else range(len(self.symbols))

    def over(self, market: Sequence[Columns]) -> None:
        """Compute every node over this block."""
        self.streams: dict[tuple[int, int], Columns] = {(symbol, 0): bars for symbol, bars in enumerate(market)}
        for key, resampler in self.resamplers.items():
            self.streams[key] = resampler.over(market[key[0]])
        self.values = {}
        for place, node in enumerate(self.graph.nodes):
            if node.op == "rank":
                self.rank(place, node)
                continue
            for symbol in self.symbols_of(node.stream):
                self.values[place, symbol] = self.compute(place, node, symbol)

    def bars(self, node: Node, symbol: int) -> Columns:
        """Return the bars a node reads."""
        return self.streams[symbol, node.stream.timeframe]

    def input(self, node: Node, which: int, symbol: int) -> Any:
        """Return an input's values in this block: an array, or a number that holds for all bars."""
        place = node.inputs[which]
        named = self.graph.nodes[place].stream.symbol
        return self.values[place, self.symbols.index(named) if named else symbol]

    def compute(self, place: int, node: Node, symbol: int) -> Any:
        """Compute one node for one symbol."""
        match node.op:
            case "number":
                return node.settings[0] != 0.0 if node.kind is Kind.FLAG else node.settings[0]
            case "column":
                return self.bars(node, symbol)[1 + COLUMNS.index(node.name)]
            case "neg":
                return -self.input(node, 0, symbol)
            case "not":
                return np.logical_not(self.input(node, 0, symbol))
            case "and":
                return np.logical_and(self.input(node, 0, symbol), self.input(node, 1, symbol))
            case "or":
                return np.logical_or(self.input(node, 0, symbol), self.input(node, 1, symbol))
            case "div":
                return divided(self.input(node, 0, symbol), self.input(node, 1, symbol))
            case "ne":
                a, b = self.input(node, 0, symbol), self.input(node, 1, symbol)
                return np.less(a, b) | np.greater(a, b)
            case "shift":
                return self.shift(place, node, symbol)
            case "call":
                return self.call(place, node, symbol)
            case "field":
                return self.scans[node.inputs[0], symbol].field(node.name)
            case "every":
                return self.every(place, node, symbol)
            case "lift":
                return self.lift(place, node, symbol)
        operation = ARITHMETIC.get(node.op) or COMPARISON[node.op]
        return operation(self.input(node, 0, symbol), self.input(node, 1, symbol))

    def full(self, node: Node, which: int, symbol: int) -> Array:
        """Return an input as floats, one per bar of the node's stream."""
        count = len(self.bars(node, symbol).open_at)
        value = np.asarray(self.input(node, which, symbol))
        if value.ndim == 0:
            return np.full(count, float(value))
        return np.ascontiguousarray(value, dtype=np.float64)

    def call(self, place: int, node: Node, symbol: int) -> Array:
        """Move an indicator over the block."""
        scan, bars = self.scans[place, symbol], self.bars(node, symbol)
        inputs = [self.full(node, which, symbol) for which in range(len(node.inputs))]
        inputs += [bars[1 + COLUMNS.index(name)] for name in scan.function.columns]
        value: Array = scan.over(len(bars.open_at), inputs)[0]
        return value != 0.0 if node.kind is Kind.FLAG else value

    def shift(self, place: int, node: Node, symbol: int) -> Array:
        """Return an input as it was some bars ago."""
        count = len(self.bars(node, symbol).open_at)
        value = np.broadcast_to(self.input(node, 0, symbol), (count,))
        missing = False if node.kind is Kind.FLAG else np.nan
        ago = int(node.settings[0])
        before = self.kept.get((place, symbol))
        if before is None:
            before = np.full(ago, missing)
        joined = np.concatenate((np.asarray(before), value))
        self.kept[place, symbol] = joined[len(joined) - ago :].copy()
        return joined[:count]

    def every(self, place: int, node: Node, symbol: int) -> Array:
        """Flag the bars whose close lies in another span than the close before."""
        bars, duration = self.bars(node, symbol), int(node.settings[0])
        length = 0 if node.stream.timeframe else self.base
        anchor = MONDAY if duration % (7 * DAY) == 0 else 0
        spans = (bars.open_at + length - anchor) // duration
        if not len(spans):
            return np.zeros(0, dtype=bool)
        first = (int(bars.open_at[0]) - (0 if length else node.stream.timeframe) - anchor) // duration
        before = self.periods.get((place, symbol), first)
        self.periods[place, symbol] = int(spans[-1])
        flags: Array = np.concatenate(([before], spans[:-1])) != spans
        return flags

    def lift(self, place: int, node: Node, symbol: int) -> Array:
        """Return another stream's last value known at the close of each bar of this one."""
        source = self.graph.nodes[node.inputs[0]]
        other = self.symbols.index(source.stream.symbol) if source.stream.symbol else symbol
        there, here = self.known(source.stream, other), self.known(node.stream, symbol)
        missing = False if node.kind is Kind.FLAG else np.nan
        values = np.broadcast_to(self.values[node.inputs[0], other], (len(there),))
        joined: Array = np.concatenate((np.array([self.kept.get((place, symbol), missing)]), values))
        if len(values):
            self.kept[place, symbol] = values[-1]
        found: Array = joined[np.searchsorted(there, here, side="right")]
        return found

    def known(self, stream: Stream, symbol: int) -> Array:
        """Return when each bar of a stream is known."""
        known: Array = self.streams[symbol, stream.timeframe].open_at
        return known if stream.timeframe else known + self.base

    def rank(self, place: int, node: Node) -> None:
        """Place every symbol's value among those of its round, 1 the largest."""
        symbols = range(len(self.symbols))
        rounds = np.unique(np.concatenate([self.bars(node, symbol).open_at for symbol in symbols]))
        grid = np.full((len(symbols), len(rounds)), np.nan)
        at = [np.searchsorted(rounds, self.bars(node, symbol).open_at) for symbol in symbols]
        for symbol in symbols:
            grid[symbol, at[symbol]] = self.input(node, 0, symbol)
        for symbol in symbols:
            mine = grid[symbol]
            larger = np.zeros(len(rounds))
            for other in symbols:
                larger += grid[other] > mine
            self.values[place, symbol] = np.where(np.isnan(mine), np.nan, 1.0 + larger)[at[symbol]]

    def write_flags(self, symbol: int, flags: Array) -> None:
        """Write the flags of one symbol as bits."""
        for name, field in FLAGS.items():
            if name in self.graph.outputs:
                value = np.asarray(self.values[self.graph.outputs[name], symbol])
                count = len(self.streams[symbol, 0].open_at)
                flags[:count] |= np.broadcast_to(value, (count,)) * np.uint8(BITS[field])

    def write_values(self, symbol: int, values: Array) -> None:
        """Write the numbers of one symbol into their slots, which are in the order of the outputs."""
        count = len(self.streams[symbol, 0].open_at)
        outputs = [place for name, place in self.graph.outputs.items() if name not in FLAGS]
        for slot, place in enumerate(outputs):
            values[slot, :count] = self.values[place, symbol]


def divided(a: Any, b: Any) -> Any:
    """Divide; what is divided by zero is missing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.asarray(b) == 0.0, np.nan, np.divide(a, b))
