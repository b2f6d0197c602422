"""Whether a function answers on every way through it, read off its source."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from types import FunctionType

from cryptoflow.errors import Place
from cryptoflow.plugins.places import body_of, place_in, place_of

OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def unanswered(function: FunctionType) -> Iterator[Place]:
    """Where a function ends with no answer: at a return of nothing, or at its end, for which its head stands."""
    body, at = body_of(function)
    for each in returns(body):
        if empty(each.value):
            yield place_in(function.__code__.co_filename, *at(each))
    if not ends(body):
        yield place_of(function)


def answers(function: FunctionType) -> bool:
    """Whether a function returns a value anywhere; one that never does is called for what it changes."""
    return any(each.value is not None for each in returns(body_of(function)[0]))


def returns(nodes: Iterable[ast.AST]) -> Iterator[ast.Return]:
    """The returns among statements, without those of functions inside them."""
    for node in nodes:
        if isinstance(node, ast.Return):
            yield node
        elif not isinstance(node, OWN_SCOPE):
            yield from returns(ast.iter_child_nodes(node))


def empty(value: ast.expr | None) -> bool:
    """Whether what is returned is nothing, or may be.

    >>> empty(ast.parse("None if x else 1.0", mode="eval").body), empty(ast.parse("1.0", mode="eval").body)
    (True, False)
    """
    match value:
        case None | ast.Constant(value=None):
            return True
        case ast.IfExp(body=one, orelse=other):
            return empty(one) or empty(other)
    return False


def ends(statements: Sequence[ast.stmt]) -> bool:
    """Whether statements never go on past the last of them.

    >>> ends(ast.parse("if x: raise KeyError").body)
    False
    >>> ends(ast.parse("if x: raise KeyError\\nelse: raise ValueError").body)
    True
    """
    return any(map(_ends, statements))


def _ends(statement: ast.stmt) -> bool:
    match statement:
        case ast.Return() | ast.Raise() | ast.While(test=ast.Constant(value=True)):
            return True
        case ast.If(body=body, orelse=orelse):
            return ends(body) and ends(orelse)
        case ast.With(body=body):
            return ends(body)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=last):
            return ends(last) or (ends([*body, *orelse]) and all(ends(each.body) for each in handlers))
        case ast.Match(cases=cases):
            rest = cases[-1]
            whole = rest.guard is None and isinstance(rest.pattern, ast.MatchAs) and rest.pattern.pattern is None
            return whole and all(ends(case.body) for case in cases)
    return False
