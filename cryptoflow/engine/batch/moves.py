"""How each kind of node moves over a block of bars: what `domain.language` says of one bar, for all of them at once.

A move reads its inputs by their slots in `values` and puts its own value there: an array, which the next block
overwrites. Only what the spec itself gives as a number is one.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.graph import Kind, Node
from cryptoflow.domain.language import COLUMNS, MONDAY
from cryptoflow.engine.batch.scans import Scan, SideBySide
from cryptoflow.engine.batch.stretch import Stretch, lift

Array = np.ndarray[Any, Any]
Move = Callable[[], None]
Values = list[Any]
Read = Callable[[], Array]


def divide(a: Any, b: Any, out: Array) -> Array:
    """Divide; what is divided by zero is missing."""
    np.divide(a, b, out)
    np.copyto(out, np.nan, where=np.equal(b, 0.0))
    return out


def differ(a: Any, b: Any, out: Array) -> Array:
    """Say where one is below or above the other: nowhere when either is missing."""
    np.less(a, b, out)
    np.logical_or(out, np.greater(a, b), out)
    return out


ONE = {"neg": np.negative, "not": np.logical_not}
TWO: dict[str, Callable[[Any, Any, Array], Array]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": divide,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": differ,
    "and": np.logical_and,
    "or": np.logical_or,
}


def constant(node: Node) -> float | bool:
    """Return a number, or a flag, that holds for all bars."""
    return node.settings[0] != 0.0 if node.kind is Kind.FLAG else node.settings[0]


def missing(node: Node) -> float | bool:
    """Return what stands for a value that is not there."""
    return False if node.kind is Kind.FLAG else np.nan


def room_for(node: Node, size: int) -> Array:
    """Return room for a node's values over the longest block."""
    return np.empty(size, dtype=bool if node.kind is Kind.FLAG else np.float64)


def column(v: Values, out: int, stretch: Stretch, name: str) -> Move:
    """Read a column of the bars."""
    place = 1 + COLUMNS.index(name)

    def move() -> None:
        v[out] = stretch.columns[place]

    return move


def one(v: Values, out: int, stretch: Stretch, node: Node, a: int) -> Move:
    """Change the sign of a number, or deny a flag."""
    operation, room = ONE[node.op], room_for(node, stretch.room)

    def move() -> None:
        v[out] = operation(v[a], room[: stretch.count])

    return move


def two(v: Values, out: int, stretch: Stretch, node: Node, a: int, b: int) -> Move:
    """Join two values by arithmetic, by comparison, or by what two flags say together."""
    room = room_for(node, stretch.room)
    operation = TWO[node.op]

    def move() -> None:
        v[out] = operation(v[a], v[b], room[: stretch.count])

    return move


def shift(v: Values, out: int, stretch: Stretch, node: Node, a: int) -> Move:
    """Return a value as it was some bars ago; those of the last block stand before those of this one."""
    ago = int(node.settings[0])
    room, before = room_for(node, ago + stretch.room), 0
    room[:ago] = missing(node)

    def move() -> None:
        nonlocal before
        room[:ago] = room[before : before + ago]
        room[ago : ago + stretch.count] = v[a]
        v[out] = room[: stretch.count]
        before = stretch.count

    return move


def every(v: Values, out: int, stretch: Stretch, node: Node) -> Move:
    """Flag the bars whose close lies in another span than the close before."""
    duration, room = int(node.settings[0]), room_for(node, stretch.room)
    anchor = MONDAY if duration % (7 * DAY) == 0 else 0
    last: int | None = None

    def move() -> None:
        nonlocal last
        open_at, flags = stretch.columns.open_at, room[: stretch.count]
        v[out] = flags
        if stretch.count:
            spans = (open_at + (stretch.lasts - anchor)) // duration
            began = (int(open_at[0]) - stretch.timeframe - anchor) // duration
            flags[0] = spans[0] != (began if last is None else last)
            np.not_equal(spans[1:], spans[:-1], flags[1:])
            last = int(spans[-1])

    return move


def lifted(v: Values, out: int, stretch: Stretch, node: Node, other: Stretch, read: Read) -> Move:
    """Return another stretch's last value known at the close of each bar of this one."""
    room, carried = room_for(node, stretch.room), np.array([missing(node)])

    def move() -> None:
        there, here, found = other.columns.open_at, stretch.columns.open_at, room[: stretch.count]
        lift()(carried, there, other.lasts, read(), here, stretch.lasts, found)
        v[out] = found

    return move


def reading(v: Values, a: int, stretch: Stretch, node: Node, kind: Kind) -> Read:
    """Return what reads a node's value as compiled code takes it: an item per bar, flags as floats for a series."""
    if node.op == "number":
        same = np.full(stretch.room, constant(node), dtype=bool if kind is Kind.FLAG else np.float64)
        return lambda: same[: stretch.count]
    if node.kind is not Kind.FLAG or kind is Kind.FLAG:
        return lambda: v[a]
    room = np.empty(stretch.room)

    def read() -> Array:
        floats = room[: stretch.count]
        floats[:] = v[a]
        return floats

    return read


class Call:
    """An indicator of one node at work on one symbol."""

    def __init__(self, out: int, stretch: Stretch, scan: Scan, reads: Sequence[Read]) -> None:
        self.out, self.stretch, self.scan, self.reads = out, stretch, scan, reads
        self.places = [1 + COLUMNS.index(name) for name in scan.function.columns]

    def inputs(self) -> list[Array]:
        """Return what the step takes, an item per bar."""
        columns = self.stretch.columns
        return [read() for read in self.reads] + [columns[place] for place in self.places]


def together(v: Values, calls: Sequence[Call]) -> Move:
    """Move calls of one function side by side."""
    scans = SideBySide([call.scan for call in calls])

    def move() -> None:
        scans.over([call.stretch.count for call in calls], [call.inputs() for call in calls])
        for call in calls:
            v[call.out] = call.scan.out[0, : call.stretch.count]

    return move


def field(v: Values, out: int, scan: Scan, name: str) -> Move:
    """Read another output of an indicator."""

    def move() -> None:
        v[out] = scan.field(name)

    return move


def rank(v: Values, outs: Sequence[int], stretches: Sequence[Stretch], inputs: Sequence[int]) -> Move:
    """Place every symbol's value among those of its round, 1 the largest."""

    def move() -> None:
        times = [stretch.columns.open_at for stretch in stretches]
        rounds = np.unique(np.concatenate(times))
        at = [np.searchsorted(rounds, one) for one in times]
        grid = np.full((len(stretches), len(rounds)), np.nan)
        for row, where, a in zip(grid, at, inputs, strict=True):
            row[where] = v[a]
        for row, where, out in zip(grid, at, outs, strict=True):
            larger = np.zeros(len(rounds))
            for other in grid:
                larger += other > row
            v[out] = np.where(np.isnan(row), np.nan, 1.0 + larger)[where]

    return move
