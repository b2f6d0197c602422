"""Nodes of a graph, written back as the expressions they come from."""

from cryptoflow.domain.graph import Graph, Kind, Stream
from cryptoflow.spec.durations import UNITS

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


def formula(graph: Graph, place: int) -> str:
    """Return a node as an expression: names given by `let` and defaults are written out.

    >>> from cryptoflow.domain.graph import Node
    >>> close = Node("column", Kind.SERIES, name="close")
    >>> mean = Node("call", Kind.SERIES, (0,), (12.0,), "ema")
    >>> formula(Graph((close, mean, Node("gt", Kind.FLAG, (0, 1))), {}), 2)
    'close > ema(close, 12)'
    """
    return seen_from(Stream(), graph.nodes[place].stream, written(graph, place))


def written(graph: Graph, place: int) -> str:
    """Return a node as an expression over its own stream of bars."""
    node = graph.nodes[place]
    inputs = [written(graph, source) for source in node.inputs]
    match node.op:
        case "number" if node.kind is Kind.FLAG:
            return "true" if node.settings[0] else "false"
        case "number":
            return f"{node.settings[0]:g}"
        case "column":
            return node.name
        case "neg":
            return f"-{bracketed(graph, node.inputs[0])}"
        case "not":
            return f"not {bracketed(graph, node.inputs[0])}"
        case "shift":
            return f"{bracketed(graph, node.inputs[0])}[{node.settings[0]:g}]"
        case "field":
            return f"{inputs[0]}.{node.name}"
        case "every":
            return f'every("{lasting(int(node.settings[0]))}")'
        case "lift":
            return seen_from(node.stream, graph.nodes[node.inputs[0]].stream, inputs[0])
        case "call" | "rank":
            given = [f"{setting:g}" for setting in node.settings]
            return f"{node.name or node.op}({', '.join([*inputs, *given])})"
    left, right = (bracketed(graph, source) for source in node.inputs)
    return f"{left} {SIGNS[node.op]} {right}"


def bracketed(graph: Graph, place: int) -> str:
    """Return a node as part of a larger expression."""
    text = written(graph, place)
    return f"({text})" if graph.nodes[place].op in (*SIGNS, "not", "neg") else text


def seen_from(here: Stream, there: Stream, text: str) -> str:
    """Say whose bars an expression is about, where those are not the ones at hand."""
    if there.timeframe and there.timeframe != here.timeframe:
        text = f'tf("{lasting(there.timeframe)}", {text})'
    if there.symbol and there.symbol != here.symbol:
        text = f'of("{there.symbol}", {text})'
    return text


def lasting(duration: int) -> str:
    """Return milliseconds as a duration is written.

    >>> lasting(3_600_000), lasting(90_000), lasting(7 * 86_400_000)
    ('1h', '90s', '1w')
    """
    unit = next(name for name in reversed(UNITS) if duration % UNITS[name] == 0)
    return f"{duration // UNITS[unit]}{unit}"
