"""The node table under construction: equal sub-expressions get one row, constants are worked out on the way."""

from collections.abc import Iterable, Mapping
from typing import Any

from cryptoflow.domain.graph import Graph, Kind, Node, Stream
from cryptoflow.domain.language import WORDS, binary, compare

MAX_NODES = 2_000


class TooManyNodesError(Exception):
    """The expressions of one strategy ask for more nodes than a table takes."""


class NodeTable:
    """Nodes by number, each after its inputs, with the bars each needs before its value can be trusted.

    >>> table = NodeTable()
    >>> table.number(2.0) == table.join("add", table.number(1.0), table.number(1.0))
    True
    """

    def __init__(self, timeframe: int = 0) -> None:
        self._timeframe = timeframe
        self._numbers: dict[Node, int] = {}
        self._nodes: list[Node] = []
        self._warmups: list[int] = []

    def __getitem__(self, number: int) -> Node:
        return self._nodes[number]

    def constant(self, number: int) -> float | None:
        """The value of a node that is the same on every bar, else None; a flag is 1.0 or 0.0."""
        node = self._nodes[number]
        return node.settings[0] if node.op == "number" else None

    def number(self, value: float, kind: Kind = Kind.NUMBER) -> int:
        """A number, or a flag that never changes. It belongs to every stream; -0 is 0."""
        return self._add(Node("number", kind, settings=(value + 0.0,)), 0)

    def column(self, name: str, stream: Stream) -> int:
        """A column of the bars of `stream`."""
        return self._add(Node("column", Kind.SERIES, name=name, stream=stream), 0)

    def negate(self, x: int) -> int:
        """`-x`."""
        value = self.constant(x)
        return self.number(-value) if value is not None else self._derived("neg", Kind.SERIES, (x,))

    def join(self, op: str, a: int, b: int) -> int:
        """`a op b` of add sub mul div, which yields a number or a series."""
        x, y = self.constant(a), self.constant(b)
        if x is not None and y is not None:
            return self.number(binary(op, x, y))
        return self._derived(op, Kind.SERIES, (a, b))

    def compare(self, op: str, a: int, b: int) -> int:
        """`a op b` of lt le gt ge eq ne, a flag."""
        x, y = self.constant(a), self.constant(b)
        if x is not None and y is not None:
            return self.number(float(compare(op, x, y)), Kind.FLAG)
        return self._derived(op, Kind.FLAG, (a, b))

    def both(self, op: str, a: int, b: int) -> int:
        """`a and b` or `a or b` of two flags."""
        x, y = self.constant(a), self.constant(b)
        if x is not None and y is not None:
            return self.number(min(x, y) if op == "and" else max(x, y), Kind.FLAG)
        return self._derived(op, Kind.FLAG, (a, b))

    def invert(self, flag: int) -> int:
        """`not flag`."""
        value = self.constant(flag)
        return self.number(1.0 - value, Kind.FLAG) if value is not None else self._derived("not", Kind.FLAG, (flag,))

    def shift(self, x: int, bars: int) -> int:
        """`x[bars]`."""
        node = self._nodes[x]
        return self._derived("shift", node.kind, (x,), (float(bars),), extra=bars) if bars else x

    def call(self, name: str, inputs: tuple[int, ...], settings: tuple[float, ...], stream: Stream, warmup: int) -> int:
        """The value of an indicator, which reads series and yields a series."""
        node = Node("call", Kind.SERIES, inputs, settings, name, stream)
        return self._add(node, warmup + self._longest(inputs))

    def word(self, name: str, inputs: tuple[int, ...]) -> int:
        """The value of a function built into the language."""
        word = WORDS[name]
        values = [self.constant(x) for x in inputs]
        if not word.remembers and None not in values:
            state: Any = word.function.step(word.function.state(), *values)
            return self.number(state.value)
        return self._derived("call", word.yields, inputs, name=name, extra=word.function.bind({}).warmup)

    def field(self, call: int, name: str) -> int:
        """Another output of an indicator's call."""
        return self._derived("field", Kind.SERIES, (call,), name=name)

    def rank(self, x: int) -> int:
        """The place of `x` among the spec's symbols."""
        return self._derived("rank", Kind.SERIES, (x,))

    def every(self, duration: int, stream: Stream) -> int:
        """A flag, true on the bar whose close enters a new span of `duration` ms."""
        return self._add(Node("every", Kind.FLAG, settings=(float(duration),), stream=stream), 0)

    def lift(self, x: int, stream: Stream) -> int:
        """`x` of another stream as `stream` sees it: the last value known at the time.

        Data may begin in the middle of a longer bar, which is then no whole one: that bar does not count.
        """
        node = self._nodes[x]
        if node.op == "number" or node.stream == stream:
            return x
        inner, outer = node.stream.timeframe or self._timeframe, stream.timeframe or self._timeframe
        longer = inner // outer if 0 < outer < inner else 0
        warmup = (self._warmups[x] + 2) * longer - 1 if longer else self._warmups[x]
        return self._add(Node("lift", node.kind, (x,), stream=stream), warmup)

    def graph(self, outputs: Mapping[str, int]) -> Graph:
        """What the outputs need, and nothing else, numbered afresh in the same order."""
        needed = set(outputs.values())
        for number in reversed(range(len(self._nodes))):
            if number in needed:
                needed.update(self._nodes[number].inputs)
        fresh = {old: new for new, old in enumerate(sorted(needed))}
        nodes = tuple(
            self._nodes[old]._replace(inputs=tuple(fresh[x] for x in self._nodes[old].inputs)) for old in fresh
        )
        warmup = self._longest(outputs.values())
        return Graph(nodes, {name: fresh[number] for name, number in outputs.items()}, warmup)

    def _longest(self, numbers: Iterable[int]) -> int:
        return max((self._warmups[number] for number in numbers), default=0)

    def _derived(
        self,
        op: str,
        kind: Kind,
        inputs: tuple[int, ...],
        settings: tuple[float, ...] = (),
        name: str = "",
        extra: int = 0,
    ) -> int:
        """A node in the stream of its inputs, which all stand in one, numbers apart."""
        stream = next((self._nodes[x].stream for x in inputs if self._nodes[x].op != "number"), Stream())
        return self._add(Node(op, kind, inputs, settings, name, stream), extra + self._longest(inputs))

    def _add(self, node: Node, warmup: int) -> int:
        number = self._numbers.get(node)
        if number is None:
            if len(self._nodes) >= MAX_NODES:
                raise TooManyNodesError
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
            self._warmups.append(warmup)
        return number
