"""A node of a graph in the words of a strategy file, and which of the strategy's outputs read it."""

from collections.abc import Callable

from cryptoflow.domain.graph import Graph, Node
from cryptoflow.market.times import timeframe_name

SIGNS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "and": "and",
    "or": "or",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}


def spelled(graph: Graph, place: int) -> str:
    """Return a node as an expression.

    >>> from cryptoflow.domain.graph import Kind
    >>> close = Node("column", Kind.SERIES, name="close")
    >>> spelled(Graph((close, Node("call", Kind.SERIES, (0,), (72.0,), "ema")), {}), 1)
    'ema(close, 72)'
    """
    node = graph.nodes[place]
    inputs = [spelled(graph, source) for source in node.inputs]
    settings = [f"{setting:g}" for setting in node.settings]
    writes: dict[str, Callable[[], str]] = {
        "number": lambda: settings[0],
        "column": lambda: node.name,
        "neg": lambda: f"-{inputs[0]}",
        "not": lambda: f"not {inputs[0]}",
        "shift": lambda: f"{inputs[0]}[{settings[0]}]",
        "call": lambda: f"{node.name}({', '.join([*inputs, *settings])})",
        "field": lambda: f"{inputs[0]}.{node.name}",
        "rank": lambda: f"rank({inputs[0]})",
        "every": lambda: f'every("{timeframe_name(int(node.settings[0]))}")',
        "lift": lambda: _lifted(graph.nodes[node.inputs[0]], inputs[0]),
    }
    return writes[node.op]() if node.op in writes else f"({inputs[0]} {SIGNS[node.op]} {inputs[1]})"


def _lifted(node: Node, inside: str) -> str:
    stream = node.stream
    if stream.timeframe:
        inside = f'tf("{timeframe_name(stream.timeframe)}", {inside})'
    return f'of("{stream.symbol}", {inside})' if stream.symbol else inside


def feeds(graph: Graph, place: int) -> tuple[str, ...]:
    """Return the outputs of a strategy that a node goes into.

    >>> from cryptoflow.domain.graph import Kind
    >>> one, two = Node("column", Kind.SERIES, name="close"), Node("every", Kind.FLAG, settings=(86400000.0,))
    >>> feeds(Graph((one, two, Node("gt", Kind.FLAG, (0, 0))), {"enter_long": 2, "exit_long": 1}), 0)
    ('enter_long',)
    """
    reached = {place}
    for later, node in enumerate(graph.nodes):
        if reached & set(node.inputs):
            reached.add(later)
    return tuple(name for name, node in graph.outputs.items() if node in reached)
