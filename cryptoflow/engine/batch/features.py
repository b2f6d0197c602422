"""What strategies compute, for a block of rounds: signals as flags in bits, and as numbers in slots."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cryptoflow.engine.batch.kernel import ADD, ENTER, LEAVE, VALUES
from cryptoflow.engine.batch.lanes import Lanes
from cryptoflow.engine.outputs import FLAGS, NUMBERS
from cryptoflow.engine.plan import Columns, Plan

Array = np.ndarray[Any, Any]
Bit = np.uint8

BITS = {"enter": Bit(ENTER), "leave": Bit(LEAVE), "add": Bit(ADD)}


class Features:
    """All strategies' features over all symbols, for blocks of at most `size` rounds."""

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
        self.rows = len(self.lanes) * self.symbols
        self.flags = np.empty(self.rows * size, dtype=np.uint8)
        self.values = np.empty(self.depth * self.rows * size)
        self.more = np.empty(size, dtype=np.uint8)
        self.outputs = [
            self.written(strategy, symbol) for strategy in range(len(self.lanes)) for symbol in range(self.symbols)
        ]

    def over(self, market: Sequence[Columns]) -> tuple[Array, Array, Array]:
        """Return flags by strategy × symbol and bar, values by slot, and where each field's slot is.

        The next block overwrites them.
        """
        size = max(len(columns.open_at) for columns in market)
        flags = self.flags[: self.rows * size].reshape(self.rows, size)
        values = self.values[: self.depth * self.rows * size].reshape(self.depth, self.rows, size)
        for lanes in self.lanes:
            lanes.over(market)
        for row, (asked, numbers) in enumerate(self.outputs):
            lanes, count = self.lanes[row // self.symbols], len(market[row % self.symbols].open_at)
            self.write_flags(lanes.values, asked, flags[row], count)
            for slot, source in numbers:
                values[slot, row, :count] = lanes.values[source]
        return flags, values, self.slots

    def written(self, strategy: int, symbol: int) -> tuple[list[tuple[Bit, int]], list[tuple[int, int]]]:
        """Return the flags and the numbers that a strategy writes for a symbol, and where their values lie.

        Numbers have their slots in the order of the outputs.
        """
        lanes = self.lanes[strategy]
        outputs = {name: lanes.slot(place, symbol) for name, place in lanes.graph.outputs.items()}
        numbers = [source for name, source in outputs.items() if name not in FLAGS]
        return (
            [(BITS[field], outputs[name]) for name, field in FLAGS.items() if name in outputs],
            list(enumerate(numbers)),
        )

    def write_flags(self, values: list[Any], asked: Sequence[tuple[Bit, int]], row: Array, count: int) -> None:
        """Write the flags of one strategy and symbol as bits, none where it has no bar."""
        here, more = row[:count], self.more[:count]
        row[count:] = 0
        if not asked:
            here[:] = 0
        for turn, (bit, source) in enumerate(asked):
            np.multiply(values[source], bit, more if turn else here)
            if turn:
                np.bitwise_or(here, more, here)
