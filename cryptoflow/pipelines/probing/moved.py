"""The first thing that two passes over the same past do not agree on."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.codes import BUY, Reason, Topic
from cryptoflow.domain.graph import Graph
from cryptoflow.market.times import moment
from cryptoflow.spec.formula import formula

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan
    from cryptoflow.engine.signals import Said
    from cryptoflow.pipelines.probing.trace import Trace

Differs = Callable[[Any, Any], Any]
TOPICS = {
    Topic.ORDER: "order",
    Topic.REFUSED: "refusal",
    Topic.FILL: "fill",
    Topic.CANCEL: "cancel",
    Topic.TRADE: "trade",
}


class Moved(NamedTuple):
    """What moved, of which strategy and symbol, at which bar (its open), from which value to which.

    `strategy` is empty where the sizer reads it. `decides` are the outputs of the strategy, or the names of its `let`,
    that read it, when it is none itself.
    """

    field: str
    strategy: str
    symbol: str
    at: int
    was: str
    became: str
    decides: tuple[str, ...] = ()

    def __str__(self) -> str:
        whose = f"strategy {self.strategy}" if self.strategy else "the sizer"
        told = f"{self.field} of {whose}, {self.symbol}, bar {moment(self.at)}"
        through = f" (which decides {', '.join(self.decides)})" if self.decides else ""
        return f"{told}{through}: {self.was}, but {self.became}"


def exactly(one: Any, other: Any) -> Any:
    """Say where two columns differ in a single bit; a missing number is equal to a missing one."""
    return (one != other) & ~((one != one) & (other != other))


def first_moved(plan: "Plan", strategies: Sequence[str], one: "Trace", other: "Trace", cut: int) -> Moved | None:
    """Return the earliest thing up to the close of the bar that opens at `cut`; at one bar causes come first."""
    found = [
        *(moved for pair in zip(one.said, other.said, strict=True) for moved in _said(plan, strategies, *pair, cut)),
        *_tape(plan, strategies, one.tape, other.tape, cut),
    ]
    return min(found, key=lambda moved: moved.at, default=None)


def _said(plan: "Plan", strategies: Sequence[str], one: "Said", other: "Said", cut: int) -> Iterator[Moved]:
    count = int(one.open_at.searchsorted(cut, side="right"))
    graph = plan.graphs[one.strategy]
    named = reader(strategies, one.strategy), plan.symbols[one.symbol]
    for place, column in one.calls.items():
        bar = first(column, other.calls[place], count, exactly)
        if bar >= 0:
            values = number(column[bar]), number(other.calls[place][bar])
            yield Moved(formula(graph, place), *named, int(one.open_at[bar]), *values, feeds(graph, place))
    for name, column in one.outputs.items():
        bar = first(column, other.outputs[name], count, exactly)
        if bar >= 0:
            yield Moved(name, *named, int(one.open_at[bar]), number(column[bar]), number(other.outputs[name][bar]))


def reader(strategies: Sequence[str], place: int) -> str:
    """Return the id of the strategy that reads a graph; the sizer, whose graph is the last, has none.

    >>> reader(["trend"], 0), reader(["trend"], 1)
    ('trend', '')
    """
    return strategies[place] if place < len(strategies) else ""


def feeds(graph: Graph, place: int) -> tuple[str, ...]:
    """Return the outputs of a strategy that a node goes into.

    >>> from cryptoflow.domain.graph import Kind, Node
    >>> one, two = Node("column", Kind.SERIES, name="close"), Node("every", Kind.FLAG, settings=(86400000.0,))
    >>> feeds(Graph((one, two, Node("gt", Kind.FLAG, (0, 0))), {"enter_long": 2, "exit_long": 1}), 0)
    ('enter_long',)
    """
    reached = {place}
    for later, node in enumerate(graph.nodes):
        if reached & set(node.inputs):
            reached.add(later)
    return tuple(name for name, node in graph.outputs.items() if node in reached)


def first(one: Any, other: Any, count: int, differs: Differs) -> int:
    """Return the first of `count` rows in which two columns differ, or -1."""
    import numpy as np

    found = np.flatnonzero(differs(one[:count], other[:count]))
    return int(found[0]) if len(found) else -1


def decided(tape: Any, timeframe: int, cut: int) -> Any:
    """Return the lines of a tape that were written by the close of the bar that opens at `cut`.

    Orders, refusals and cancels on a signal are of a close, all others of the bar, or the finer one, that opens at
    their time.
    """
    at_close = (tape["topic"] == Topic.ORDER) | (tape["topic"] == Topic.REFUSED)
    at_close |= (tape["topic"] == Topic.CANCEL) & (tape["reason"] == Reason.SIGNAL)
    return tape[tape["at"] < cut + timeframe + at_close]


def _tape(plan: "Plan", strategies: Sequence[str], one: Any, other: Any, cut: int) -> Iterator[Moved]:
    timeframe = plan.account.timeframe
    one, other = decided(one, timeframe, cut), decided(other, timeframe, cut)
    both = min(len(one), len(other))
    rows = [first(one[field], other[field], both, exactly) for field in one.dtype.names]
    row = min((row for row in rows if row >= 0), default=both)
    if row == max(len(one), len(other)):
        return
    here, there = (tape[row] if row < len(tape) else None for tape in (one, other))
    line = here if here is not None else there
    assert line is not None
    topic = Topic(int(line["topic"]))
    at = int(line["at"]) - (timeframe if topic in (Topic.ORDER, Topic.REFUSED) else 0)
    field, was, became = TOPICS[topic], _line(here), _line(there)
    if here is not None and there is not None and here["topic"] == there["topic"]:
        name = next(name for name, place in zip(one.dtype.names, rows, strict=True) if place == row)
        field, was, became = f"{field} {name}", number(here[name]), number(there[name])
    yield Moved(field, strategies[line["strategy"]], plan.symbols[line["symbol"]], at, was, became)


def _line(line: Any) -> str:
    if line is None:
        return "none"
    side = "buy" if line["side"] == BUY else "sell"
    return f"{TOPICS[Topic(int(line['topic']))]} to {side} {number(line['lots'])} lots"


def number(value: Any) -> str:
    """Write a number as people compare it; a missing one is named so.

    >>> number(1.0), number(40123.25), number(float("nan"))
    ('1', '40123.25', 'missing')
    """
    plain = float(value)
    if plain != plain:
        return "missing"
    return str(int(plain)) if plain == int(plain) and abs(plain) < 1e15 else repr(plain)
