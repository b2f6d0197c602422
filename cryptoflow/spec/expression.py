"""The expression language: from what a strategy says to the graph of nodes that an engine runs.

Nothing written here can look ahead: every node reads bars that have closed. All mistakes of all expressions
are reported at once, each at its own place.
"""

import ast
from collections.abc import Mapping
from types import MappingProxyType

from cryptoflow.domain.graph import Graph, Kind, Stream
from cryptoflow.domain.language import COLUMNS, WORDS
from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.spec.definitions import Definitions
from cryptoflow.spec.nodes import MAX_NODES, TooManyNodesError
from cryptoflow.spec.reader import Reader
from cryptoflow.spec.scope import Scope, refused_name
from cryptoflow.spec.syntax import Text, parse

FLAGS = ("enter_long", "exit_long", "enter_short", "exit_short", "add_when")
DISTANCES = ("stop_loss", "take_profit", "trailing_stop")
QUANTITIES = ("score", "size", "stop_at", "take_at", *DISTANCES)
"""The keys of a strategy that are expressions: flags decide, quantities say how much and where."""

NO_LETS: Mapping[str, Text] = MappingProxyType({})


def compile_strategy(outputs: Mapping[str, Text], scope: Scope, lets: Mapping[str, Text] = NO_LETS) -> Graph:
    """Return one graph for all outputs of a strategy, or raise with every mistake in any of its expressions.

    >>> texts = {"enter_long": Text("close > open"), "exit_long": Text("not close > open")}
    >>> graph = compile_strategy(texts, Scope())
    >>> [node.op for node in graph.nodes], graph.outputs
    (['column', 'column', 'gt', 'not'], {'enter_long': 2, 'exit_long': 3})
    """
    expected = {name: Kind.FLAG if name in FLAGS else Kind.SERIES for name in outputs}
    return _compile(outputs, expected, scope, lets)


def compile_values(lets: Mapping[str, Text], scope: Scope) -> Graph:
    """Return one graph for values that a plugin reads by name; one may build on another.

    >>> compile_values({"twice": Text("2 * close"), "more": Text("twice + 1")}, Scope()).outputs
    {'twice': 2, 'more': 4}
    """
    return _compile(lets, dict.fromkeys(lets), scope, lets)


def compile_expression(text: Text, scope: Scope, kind: Kind | None = None) -> Graph:
    """Return the graph of one expression, its output named `value`; `kind` is what it has to be, if anything.

    >>> compile_expression(Text("2 * (1 + 3)"), Scope()).nodes[0].settings
    (8.0,)
    """
    return _compile({"value": text}, {"value": kind}, scope, NO_LETS)


def evaluate_requirement(text: Text, params: Mapping[str, float]) -> bool:
    """Return whether params fulfil what a strategy requires of them.

    >>> evaluate_requirement(Text("fast < slow"), {"fast": 12, "slow": 26})
    True
    """
    problems = _bars_in(text)
    if problems:
        raise CryptoflowError(problems)
    graph = _compile({"value": text}, {"value": Kind.FLAG}, Scope(params), NO_LETS)
    return graph.nodes[graph.outputs["value"]].settings == (1.0,)


def _compile(
    outputs: Mapping[str, Text], expected: Mapping[str, Kind | None], scope: Scope, lets: Mapping[str, Text]
) -> Graph:
    definitions = Definitions(scope, lets, _read)
    problems = definitions.problems
    problems += [
        Problem(f"no param can be called {name}: {refusal}") for name in scope.params if (refusal := refused_name(name))
    ]
    found: dict[str, int] = {}
    last = Text("")
    try:
        definitions.define()
        for name, text in outputs.items():
            last = text
            tree = parse(text, problems)
            node = None if tree is None else _read_output(definitions, text, tree, name, expected[name])
            if node is not None:
                found[name] = node
    except TooManyNodesError:
        what = f"the strategy has more than {MAX_NODES:,} distinct sub-expressions"
        problems.append(last.problem(what, 0, len(last.text), "make it smaller"))
    if problems:
        raise CryptoflowError(problems)
    return definitions.table.graph(found)


def _read(definitions: Definitions, text: Text, stream: Stream, owner: str, tree: ast.expr) -> int | None:
    return Reader(definitions, text, stream, owner).read(tree)


def _read_output(definitions: Definitions, text: Text, tree: ast.expr, name: str, expected: Kind | None) -> int | None:
    """An output of the kind its key asks for; one that never changes has to make sense."""
    reader = Reader(definitions, text)
    if expected is Kind.FLAG:
        return reader.flag(tree, f"{name} is a flag")
    if expected is None:
        return reader.read(tree)
    node = reader.quantity(tree, f"{name} is a number or a series")
    value = None if node is None else definitions.table.constant(node)
    if value is None or name == "score":
        return node
    if value <= 0:
        return reader.complain(tree, f"{name} is {value:g}, but must be above 0", "or leave the key out")
    if name == "size" and value > 1:
        fix = "1 is all of it, 0.5 half; an amount is what `sizing: {use: fixed}` is for"
        return reader.complain(tree, f"size is {value:g}, but is a share of the strategy's money", fix)
    if name in DISTANCES and value < 1:
        fix = f"write {value * 100:.10g}% for a share of the price; a distance is made of prices, like `2 * atr(14)`"
        return reader.complain(tree, f"{name} is {value:g} in price units, whatever the price is", fix)
    return node


def _bars_in(text: Text) -> list[Problem]:
    """What a requirement reads that only a bar knows."""
    problems: list[Problem] = []
    tree = parse(text, problems)
    fix = "a requirement compares params, like `fast < slow`, before any bar is read"
    for node in ast.walk(tree) if tree is not None else ():
        name = node.func if isinstance(node, ast.Call) else node
        if not isinstance(name, ast.Name):
            continue
        pure = name.id in WORDS and not WORDS[name.id].remembers
        if name.id in COLUMNS or (name is not node and not pure):
            start = name.col_offset
            problems.append(text.problem(f"`{name.id}` reads bars", start, start + len(name.id), fix))
    return problems
