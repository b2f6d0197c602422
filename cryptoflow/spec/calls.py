"""Calls in an expression: of indicators, of functions built into the language, of views."""

import ast
from collections.abc import Mapping, Sequence

from cryptoflow.domain.graph import Kind
from cryptoflow.domain.language import WORDS, Word
from cryptoflow.domain.steps import BadSetting, Bound, Function
from cryptoflow.spec.nearest import nearest
from cryptoflow.spec.reading import Reading, bind, kind_of
from cryptoflow.spec.views import USAGE as VIEW_USAGE
from cryptoflow.spec.views import VIEWS, read_view

MAX_WINDOW = 1_000_000
"""How many bars an indicator may look back on, and how many it may need to warm up."""

USAGE = VIEW_USAGE | {name: f"{name}({', '.join(word.function.inputs)})" for name, word in WORDS.items()}
"""The functions of the language as they are called."""

HABITS = {
    **dict.fromkeys(("shift", "lag", "ref", "delay", "prev", "previous"), "`close[1]` is one bar ago"),
    **dict.fromkeys(("lead", "next", "future"), "what comes next is not known; `close[1]` is one bar ago"),
    **dict.fromkeys(("iff", "ifelse", "where", "cond"), "write if_else(flag, a, b)"),
    **dict.fromkeys(("pow", "power"), "write `x * x`, `sqrt(x)` or `exp(n * log(x))`"),
    **dict.fromkeys(("resample", "security", "request"), 'write tf("1h", x) or of("BTC/USDT", x)'),
}
"""What people call things elsewhere, and what they are called here."""


def read_call(reading: Reading, tree: ast.Call) -> int | None:
    """The node of a call; only names the language or a plugin gives can be called."""
    if not isinstance(tree.func, ast.Name):
        fix = "a function is called by its name, like `ema(close, 12)`; `close[1]` is one bar ago"
        return reading.complain(tree.func, f"`{reading.show(tree.func)}` cannot be called", fix)
    for odd in (*tree.args, *tree.keywords):
        if isinstance(odd, ast.Starred) or (isinstance(odd, ast.keyword) and odd.arg is None):
            return reading.complain(odd, f"`{reading.show(odd)}` is no argument", "write them one by one")
    name = tree.func.id
    if name in VIEWS:
        return read_view(reading, tree, name)
    if name in ("min", "max") and len(tree.args) > 2 and not tree.keywords:
        return _read_many(reading, tree, WORDS[name])
    if name in WORDS:
        return _read_word(reading, tree, WORDS[name])
    function = reading.scope.functions(name)
    if function is not None:
        return _read_indicator(reading, tree, function)
    for argument in (*tree.args, *(keyword.value for keyword in tree.keywords)):
        if not isinstance(argument, ast.Constant):
            reading.read(argument)
    near = nearest(name, (*USAGE, *reading.scope.names()))
    fix = f"did you mean `{near}`?" if near else "`cryptoflow plugins list` shows the indicators"
    return reading.complain(tree.func, f"no function is called `{name}`", HABITS.get(name, fix))


def usage(function: Function) -> str:
    """How an indicator is called."""
    return f"{function.name}({', '.join(function.inputs + function.settings)})"


def _read_word(reading: Reading, tree: ast.Call, word: Word) -> int | None:
    function = word.function
    given = bind(reading, tree, function.inputs, len(function.inputs), USAGE[function.name])
    if not given:
        return None
    nodes = [
        _argument(reading, given[name], kind, f"`{name}` of {USAGE[function.name]} is a {kind}")
        for name, kind in zip(function.inputs, word.takes, strict=True)
    ]
    return _apply(reading, tree, word, nodes)


def _read_many(reading: Reading, tree: ast.Call, word: Word) -> int | None:
    """`max(a, b, c)`, which is max(max(a, b), c)."""
    why = f"{word.function.name} takes numbers and series"
    first, *rest = [reading.quantity(argument, why) for argument in tree.args]
    for node in rest:
        first = _apply(reading, tree, word, [first, node])
    return first


def _argument(reading: Reading, tree: ast.expr, kind: Kind, why: str) -> int | None:
    return reading.flag(tree, why) if kind is Kind.FLAG else reading.quantity(tree, why)


def _apply(reading: Reading, tree: ast.Call, word: Word, nodes: Sequence[int | None]) -> int | None:
    inputs = tuple(node for node in nodes if node is not None)
    if len(inputs) < len(nodes):
        return None
    name = word.function.name
    if word.remembers and all(reading.table.constant(node) is not None for node in inputs):
        what = f"nothing in `{reading.show(tree)}` changes from bar to bar"
        return reading.complain(tree, what, f"it is {USAGE[name]}")
    return reading.finite(tree, reading.table.word(name, inputs))


def _read_indicator(reading: Reading, tree: ast.Call, function: Function) -> int | None:
    names = function.inputs + function.settings
    given = bind(reading, tree, names, len(function.inputs), usage(function))
    if not given and (function.inputs or tree.args or tree.keywords):
        return None
    inputs = [_read_input(reading, given[name], name, function) for name in function.inputs]
    settings = {
        name: _read_setting(reading, given[name], f"`{name}` of {function.name}", whole)
        for name, whole in zip(function.settings, function.whole, strict=True)
        if name in given
    }
    nodes = tuple(node for node in inputs if node is not None)
    known = {name: value for name, value in settings.items() if value is not None}
    if len(nodes) < len(inputs) or len(known) < len(settings):
        return None
    bound = _settle(reading, tree, function, known, given)
    if bound is None:
        return None
    numbers = tuple(float(value) for value in bound.settings)
    return reading.table.call(function.name, nodes, numbers, reading.stream, bound.warmup)


def _read_input(reading: Reading, tree: ast.expr, name: str, function: Function) -> int | None:
    node = reading.read(tree)
    if node is None or (kind := kind_of(reading, node)) is Kind.SERIES:
        return node
    shown = reading.show(tree)
    what = f"`{name}` of {usage(function)} is a series, but `{shown}` is a {kind}"
    if kind is Kind.FLAG:
        return reading.complain(tree, what, f"`if_else({shown}, 1, 0)` makes a series of a flag")
    return reading.complain(tree, what, f"name the series first, like `{function.name}(close, {shown})`")


def _read_setting(reading: Reading, tree: ast.expr, what: str, whole: bool) -> float | None:
    value = reading.constant(tree, what)
    if value is None or not whole:
        return value
    if value != int(value):
        return reading.complain(tree, f"{what} is a whole number, not {value:g}", "count in bars")
    return int(value)


def _settle(
    reading: Reading,
    tree: ast.Call,
    function: Function,
    known: Mapping[str, float],
    given: Mapping[str, ast.expr],
) -> Bound | None:
    """The settings as the indicator's own model takes them; it speaks at the argument it refuses."""
    try:
        bound = function.bind(known)
    except BadSetting as refusal:
        where = given.get(refusal.name, tree)
        reading.complain(where, f"{function.name}: {refusal}", refusal.fix or f"it is {usage(function)}")
        return None
    if max(bound.warmup, bound.memory) > MAX_WINDOW:
        what = f"`{reading.show(tree)}` looks back on more than {MAX_WINDOW:,} bars"
        reading.complain(tree, what, 'a higher timeframe reaches further, like tf("1d", ema(close, 200))')
        return None
    return bound
