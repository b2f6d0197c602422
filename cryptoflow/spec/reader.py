"""From the tree of one expression to nodes, checking kinds on the way; no mistake stops the reading."""

import ast
from functools import partial
from itertools import pairwise
from math import isfinite, isnan

from cryptoflow.domain.graph import Kind, Stream
from cryptoflow.domain.language import COLUMNS, WORDS
from cryptoflow.spec.calls import USAGE, read_call, usage
from cryptoflow.spec.definitions import OWN, Definitions
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.nodes import NodeTable
from cryptoflow.spec.reading import Reading
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.syntax import Text, shorten

MAX_SHIFT = 10_000
MAX_READING = 150
"""How deep expressions may nest when the names they use are counted in."""

ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("add", "+"),
    ast.Sub: ("sub", "-"),
    ast.Mult: ("mul", "*"),
    ast.Div: ("div", "/"),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("lt", "<"),
    ast.LtE: ("le", "<="),
    ast.Gt: ("gt", ">"),
    ast.GtE: ("ge", ">="),
    ast.Eq: ("eq", "=="),
    ast.NotEq: ("ne", "!="),
}
ALWAYS = "a flag that is always true is `close > 0`; leave a key out instead of setting it to false"


class Reader(Reading):
    """Reads trees of one text in one stream. None stands for what could not be read and has been reported."""

    def __init__(self, definitions: Definitions, text: Text, stream: Stream = OWN, owner: str = "") -> None:
        self._definitions, self._text, self._owner = definitions, text, owner
        self.stream = stream

    @property
    def table(self) -> NodeTable:
        """Where the nodes go."""
        return self._definitions.table

    @property
    def scope(self) -> Scope:
        """What may be named."""
        return self._definitions.scope

    def within(self, stream: Stream) -> "Reader":
        """The same text read in another stream."""
        return Reader(self._definitions, self._text, stream, self._owner)

    def show(self, tree: ast.AST) -> str:
        """A part of the expression as it was written."""
        start, end = _span(tree)
        return shorten(self._text.text[start:end])

    def complain(self, tree: ast.AST, what: str, fix: str = "") -> int | None:
        """Keep a mistake that stands where `tree` does; None, so that a reader can return it."""
        self._definitions.problems.append(self._text.problem(what, *_span(tree), fix))
        return None

    def read(self, tree: ast.expr) -> int | None:
        """The node of any expression."""
        if self._definitions.depth >= MAX_READING:
            self.complain(tree, "the expression is nested too deep, counting the names it uses", "shorten the chain")
            return None
        self._definitions.depth += 1
        try:
            return self._read(tree)
        finally:
            self._definitions.depth -= 1

    def _read(self, tree: ast.expr) -> int | None:
        match tree:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._number(tree, value)
            case ast.Constant(value=str()):
                fix = 'text stands only in tf("1h", x), of("BTC/USDT", x) and every("7d")'
                return self.complain(tree, f"the text {self.show(tree)} has no value", fix)
            case ast.Name():
                return self._name(tree)
            case ast.UnaryOp(op=ast.Not()):
                flag = self.flag(tree.operand, "`not` turns a flag over")
                return None if flag is None else self.table.invert(flag)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign):
                x = self.quantity(tree.operand, "a sign belongs to a number or a series")
                return x if x is None or isinstance(sign, ast.UAdd) else self.table.negate(x)
            case ast.BinOp() if type(tree.op) in ARITHMETIC:
                return self._arithmetic(tree)
            case ast.BoolOp():
                return self._logic(tree)
            case ast.Compare():
                return self._comparison(tree)
            case ast.Subscript():
                return self._past(tree)
            case ast.Attribute():
                return self._output(tree)
            case ast.Call():
                return read_call(self, tree)
            case ast.Tuple() | ast.List():
                fix = "an expression is one value; square brackets only follow one, as in `close[1]`"
                return self.complain(tree, f"`{self.show(tree)}` is a list", fix)
        fix = "see docs/strategies.md for all there is"
        return self.complain(tree, f"`{self.show(tree)}` is not part of the expression language", fix)

    def quantity(self, tree: ast.expr, why: str) -> int | None:
        """The node of a number or series; `why` says who asks for one."""
        node = self.read(tree)
        if node is not None and self.table[node].kind is Kind.FLAG:
            shown = self.show(tree)
            fix = f"`if_else({shown}, 1, 0)` makes a number of a flag"
            return self.complain(tree, f"{why}, but `{shown}` is a flag", fix)
        return node

    def flag(self, tree: ast.expr, why: str) -> int | None:
        """The node of a flag; `why` says who asks for one."""
        node = self.read(tree)
        if node is not None and (kind := self.table[node].kind) is not Kind.FLAG:
            shown = self.show(tree)
            fix = f"compare it with something, like `{shown} > 0`"
            return self.complain(tree, f"{why}, but `{shown}` is a {kind}", fix)
        return node

    def constant(self, tree: ast.expr, what: str) -> float | None:
        """The number that an expression is on every bar."""
        node = self.read(tree)
        if node is None:
            return None
        value = self.table.constant(node)
        if value is None or self.table[node].kind is not Kind.NUMBER:
            what = f"{what} must be the same on every bar, but `{self.show(tree)}` is a {self.table[node].kind}"
            return self.complain(tree, what, "write a number, a param, or arithmetic on them")
        return value

    def finite(self, tree: ast.expr, node: int) -> int | None:
        """The node, unless it is a constant without a value, like 1 / 0."""
        value = self.table.constant(node)
        if value is None or isfinite(value):
            return node
        reason = "has no value" if isnan(value) else "is too large"
        return self.complain(tree, f"`{self.show(tree)}` {reason}", "it is so on every bar: check its parts")

    def _number(self, tree: ast.expr, value: float) -> int | None:
        try:
            return self.finite(tree, self.table.number(float(value)))
        except OverflowError:
            return self.complain(tree, f"`{self.show(tree)}` is too large", "write a smaller number")

    def _name(self, tree: ast.Name) -> int | None:
        name, params, lets = tree.id, self.scope.params, self._definitions.lets
        if name in COLUMNS:
            return self.table.column(name, self.stream)
        if name in params:
            return self.finite(tree, self.table.number(float(params[name])))
        if name in lets:
            say = partial(self.complain, tree)
            return self._definitions.value(name, self.stream, self._owner, say)
        if name.lower() in ("true", "false"):
            return self.complain(tree, f"`{name}` is not part of the expression language", ALWAYS)
        function = self.scope.functions(name)
        if name in USAGE or function is not None:
            called = USAGE[name] if function is None else usage(function)
            return self.complain(tree, f"`{name}` is a function", f"call it: `{called}`")
        fix = suggestion(name, (*COLUMNS, *params, *lets), "known here")
        return self.complain(tree, f"nothing is called `{name}`", fix)

    def _arithmetic(self, tree: ast.BinOp) -> int | None:
        op, sign = ARITHMETIC[type(tree.op)]
        a = self.quantity(tree.left, f"`{sign}` takes numbers and series")
        b = self.quantity(tree.right, f"`{sign}` takes numbers and series")
        if a is None or b is None:
            return None
        if op == "div" and self.table.constant(b) == 0.0:
            return self.complain(tree.right, f"`{self.show(tree)}` divides by 0", "it is 0 on every bar")
        return self.finite(tree, self.table.join(op, a, b))

    def _logic(self, tree: ast.BoolOp) -> int | None:
        op = "and" if isinstance(tree.op, ast.And) else "or"
        flags = [self.flag(value, f"`{op}` joins flags") for value in tree.values]
        joined = flags[0]
        for flag in flags[1:]:
            joined = None if joined is None or flag is None else self.table.both(op, joined, flag)
        return joined

    def _comparison(self, tree: ast.Compare) -> int | None:
        terms = [tree.left, *tree.comparators]
        signs = [COMPARISONS[type(op)] for op in tree.ops]
        nodes = [
            self.quantity(term, f"`{sign}` compares numbers and series")
            for term, (_, sign) in zip(terms, (signs[0], *signs), strict=True)
        ]
        joined: int | None = None
        for (op, _), (a, b) in zip(signs, pairwise(nodes), strict=True):
            if a is None or b is None:
                return None
            flag = self.table.compare(op, a, b)
            joined = flag if joined is None else self.table.both("and", joined, flag)
        return joined

    def _past(self, tree: ast.Subscript) -> int | None:
        base, bars = self.read(tree.value), self.constant(tree.slice, "how many bars ago")
        if base is None or bars is None:
            return None
        shown = self.show(tree.value)
        if bars < 0:
            fix = f"`{shown}` is the bar that just closed, `{shown}[1]` the one before"
            return self.complain(tree, f"`{self.show(tree)}` looks into the future", fix)
        if bars != int(bars):
            what = f"{bars:g} is no whole number of bars"
            return self.complain(tree.slice, what, f"`{shown}[1]` is one bar ago")
        if bars > MAX_SHIFT:
            fix = 'a higher timeframe reaches further, like tf("1d", close[30])'
            return self.complain(tree.slice, f"{bars:,.0f} bars ago is more than {MAX_SHIFT:,}", fix)
        if self.table.constant(base) is not None:
            return self.complain(tree, f"`{shown}` is the same on every bar", f"write `{shown}` alone")
        return self.table.shift(base, int(bars))

    def _output(self, tree: ast.Attribute) -> int | None:
        base = self.read(tree.value)
        if base is None:
            return None
        node, name = self.table[base], tree.attr
        if node.op != "call":
            inside = node.op in ("lift", "shift")
            fix = "the dot comes first, like `macd(close).signal`"
            fix += ', then `tf("1h", macd(close).signal)` or `macd(close).signal[1]`' if inside else ""
            return self.complain(tree, f"`{self.show(tree.value)}` is no indicator with outputs", fix)
        function = WORDS[node.name].function if node.name in WORDS else self.scope.functions(node.name)
        outputs = function.outputs if function else ()
        if name not in outputs:
            end = _span(tree)[1]
            what, fix = f"`{node.name}` has no output `{name}`", suggestion(name, outputs, "it has")
            self._definitions.problems.append(self._text.problem(what, end - len(name), end, fix))
            return None
        return base if name == outputs[0] else self.table.field(base, name)


def _span(tree: ast.AST) -> tuple[int, int]:
    start: int = getattr(tree, "col_offset", 0)
    end: int | None = getattr(tree, "end_col_offset", None)
    return start, end if end is not None else start + 1
