"""How each node of a graph moves by one bar: a closure per node and symbol that reads and writes its slots."""

from collections import deque
from collections.abc import Callable
from math import nan
from operator import attrgetter
from typing import Any

from cryptoflow.domain.graph import Kind, Node
from cryptoflow.domain.language import binary, compare, period_number
from cryptoflow.domain.records import Bar
from cryptoflow.domain.steps import Function

Move = Callable[[Bar], None]
Slots = list[Any]


def missing(node: Node) -> bool | float:
    """Return what a node says before it has seen a bar."""
    return False if node.kind is Kind.FLAG else nan


def constant(node: Node) -> bool | float:
    """Return the value of a number, which is a flag where the node is one."""
    return node.settings[0] != 0.0 if node.kind is Kind.FLAG else node.settings[0]


def column(v: Slots, out: int, name: str) -> Move:
    """Read a column of the bar."""
    read = attrgetter(name)

    def move(bar: Bar) -> None:
        v[out] = read(bar)

    return move


def one(v: Slots, out: int, op: str, a: int) -> Move:
    """Apply an operator to one value: `neg`, `not`, or `lift`, which takes it as it is."""

    def negate(_: Bar) -> None:
        v[out] = -v[a]

    def invert(_: Bar) -> None:
        v[out] = not v[a]

    def take(_: Bar) -> None:
        v[out] = v[a]

    return {"neg": negate, "not": invert, "lift": take}[op]


def two(v: Slots, out: int, op: str, a: int, b: int) -> Move:
    """Apply an operator to two values; the common ones without a call."""

    def both(_: Bar) -> None:
        v[out] = v[a] and v[b]

    def either(_: Bar) -> None:
        v[out] = v[a] or v[b]

    def add(_: Bar) -> None:
        v[out] = v[a] + v[b]

    def subtract(_: Bar) -> None:
        v[out] = v[a] - v[b]

    def multiply(_: Bar) -> None:
        v[out] = v[a] * v[b]

    def less(_: Bar) -> None:
        v[out] = v[a] < v[b]

    def greater(_: Bar) -> None:
        v[out] = v[a] > v[b]

    def other(_: Bar) -> None:
        v[out] = binary(op, v[a], v[b]) if op == "div" else compare(op, v[a], v[b])

    quick = {"and": both, "or": either, "add": add, "sub": subtract, "mul": multiply, "lt": less, "gt": greater}
    return quick.get(op, other)


def shift(v: Slots, out: int, a: int, ago: int, first: bool | float) -> Move:
    """Hand on a value after so many bars."""
    past = deque([first] * ago)

    def move(_: Bar) -> None:
        past.append(v[a])
        v[out] = past.popleft()

    return move


def every(v: Slots, out: int, duration: int, base: int, timeframe: int) -> Move:
    """Flag a bar whose close lies in another span than the one before; higher bars carry their close as `open_at`."""
    to_close, to_open = (0, -timeframe) if timeframe else (base, 0)
    before: list[int] = []

    def move(bar: Bar) -> None:
        span = period_number(bar.open_at + to_close, duration)
        if not before:
            before.append(period_number(bar.open_at + to_open, duration))
        v[out] = span != before[0]
        before[0] = span

    return move


class Calls:
    """One function at work on one stream: its state, its ring, and the slots it reads and writes."""

    def __init__(self, function: Function, node: Node) -> None:
        self.function = function
        self.state: Any = function.state()
        memory = function.bind(dict(zip(function.settings, node.settings, strict=True))).memory
        self.ring = [[nan] * max(1, memory)] if function.windowed else []
        self.settings = [int(x) if whole else x for x, whole in zip(node.settings, function.whole, strict=True)]

    def move(self, v: Slots, out: int, inputs: list[int], flag: bool) -> Move:
        """Return the closure that moves it on by one bar."""
        step, ring, settings = self.function.step, self.ring, self.settings
        columns = [attrgetter(name) for name in self.function.columns]
        value = attrgetter(self.function.outputs[0])

        def general(bar: Bar) -> None:
            given = [float(v[place]) for place in inputs] + [read(bar) for read in columns]
            self.state = step(self.state, *ring, *given, *settings)
            v[out] = value(self.state) != 0.0 if flag else value(self.state)

        if ring or columns or flag or len(inputs) != 1:
            return general
        source = inputs[0]

        def single(_: Bar) -> None:
            self.state = state = step(self.state, float(v[source]), *settings)
            v[out] = value(state)

        return single

    def field(self, v: Slots, out: int, name: str) -> Move:
        """Return the closure that reads another of its outputs."""
        read = attrgetter(name)

        def move(_: Bar) -> None:
            v[out] = read(self.state)

        return move
