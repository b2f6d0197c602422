"""What the parts of a reader ask of it, and how the arguments of a call find their names."""

import ast
from collections.abc import Sequence
from typing import Protocol

from cryptoflow.domain.graph import Kind, Stream
from cryptoflow.spec.nearest import nearest
from cryptoflow.spec.nodes import NodeTable
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.syntax import QUOTE_IT


class Reading(Protocol):
    """An expression being read in one stream. None stands for what could not be read and has been reported."""

    stream: Stream

    @property
    def table(self) -> NodeTable:
        """Where the nodes go."""

    @property
    def scope(self) -> Scope:
        """What may be named."""

    def within(self, stream: Stream) -> "Reading":
        """The same text read in another stream."""

    def show(self, tree: ast.AST) -> str:
        """A part of the expression as it was written."""

    def complain(self, tree: ast.AST, what: str, fix: str = "") -> int | None:
        """Keep a mistake that stands where `tree` does; None, so that a reader can return it."""

    def read(self, tree: ast.expr) -> int | None:
        """The node of any expression."""

    def quantity(self, tree: ast.expr, why: str) -> int | None:
        """The node of a number or series; `why` says who asks for one."""

    def flag(self, tree: ast.expr, why: str) -> int | None:
        """The node of a flag; `why` says who asks for one."""

    def constant(self, tree: ast.expr, what: str) -> float | None:
        """The number that an expression is on every bar."""

    def finite(self, tree: ast.expr, node: int) -> int | None:
        """The node, unless it is a constant without a value, like 1 / 0."""


def bind(reading: Reading, tree: ast.Call, names: Sequence[str], needed: int, usage: str) -> dict[str, ast.expr]:
    """Arguments by name, bound as Python binds them; empty when they do not fit, the first `needed` being there."""
    problems = _misfits(reading, tree, names)
    given = dict(zip(names, tree.args, strict=False))
    for keyword in tree.keywords:
        given.setdefault(keyword.arg or "", keyword.value)
    missing = [f"`{name}`" for name in names[:needed] if name not in given]
    if missing and not problems:
        what = f"`{reading.show(tree.func)}` lacks {' and '.join(missing)}"
        reading.complain(tree, what, f"it is {usage}; {QUOTE_IT}")
    for where, what, hint in problems:
        reading.complain(where, what, f"{hint}it is {usage}")
    return {} if problems or missing else given


def _misfits(reading: Reading, tree: ast.Call, names: Sequence[str]) -> list[tuple[ast.AST, str, str]]:
    """Arguments that have no place: where, what, and a hint."""
    odd: list[tuple[ast.AST, str, str]] = [
        (extra, f"`{reading.show(extra)}` is one argument too many", "") for extra in tree.args[len(names) :]
    ]
    taken = set(names[: len(tree.args)])
    for keyword in tree.keywords:
        name = keyword.arg or ""
        if name in taken:
            odd.append((keyword, f"`{name}` is given twice", ""))
        elif name not in names:
            near = nearest(name, names)
            odd.append((keyword, f"there is no argument `{name}`", f"did you mean `{near}`? " if near else ""))
        taken.add(name)
    return odd


def kind_of(reading: Reading, node: int) -> Kind:
    """What a node yields."""
    return reading.table[node].kind
