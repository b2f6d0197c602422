"""Where something stands in the file of a guest, so that a mistake is told with its line."""

import ast
from collections.abc import Callable, Iterator
from inspect import findsource, getsource, getsourcefile
from linecache import getline
from pathlib import Path
from textwrap import dedent
from types import FunctionType

from cryptoflow.errors import Place
from cryptoflow.spec.document import display

Where = Callable[[int, int], Place]
At = Callable[[ast.stmt | ast.expr], tuple[int, int]]


def place_in(file: str, line: int, column: int) -> Place:
    """The rest of a line of a file, from a column on."""
    text = getline(file, line).rstrip("\n")
    return Place(display(Path(file)), line, column + 1, text, max(1, len(text) - column))


def place_of(thing: type | FunctionType) -> Place:
    """Where a class or a function begins, its decorators left out."""
    lines, line = findsource(thing)
    while line + 1 < len(lines) and lines[line].lstrip().startswith("@"):
        line += 1
    file = thing.__code__.co_filename if isinstance(thing, FunctionType) else _file(thing)
    return place_in(file, line + 1, len(lines[line]) - len(lines[line].lstrip()))


def places_of_let(plugin: type) -> dict[str, Where]:
    """Where each expression of a class's own `let` stands: what finds so many characters of it from an offset on.

    One that is put together of several texts has no place of its own.
    """
    text = getsource(plugin)
    (head,) = ast.parse(dedent(text)).body
    above, indent = findsource(plugin)[1], len(text) - len(text.lstrip())
    found = {}
    for statement in head.body if isinstance(head, ast.ClassDef) else ():
        let = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) and _names_let(statement) else None
        for key, value in zip(let.keys, let.values, strict=True) if isinstance(let, ast.Dict) else ():
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant):
                column = indent + value.col_offset + len('"')
                found[str(key.value)] = _within(_file(plugin), above + value.lineno, column)
    return found


def nodes_of(function: FunctionType) -> Iterator[tuple[ast.AST, tuple[int, int]]]:
    """Every statement and expression below a function's head, with its line and column in the function's file."""
    body, at = body_of(function)
    for part in body:
        for node in ast.walk(part):
            if isinstance(node, ast.stmt | ast.expr):
                yield node, at(node)


def body_of(function: FunctionType) -> tuple[list[ast.stmt], At]:
    """The statements of a function, and what tells the line and column of each of their nodes in its file."""
    written = getsource(function)
    text = dedent(written)
    indent = written.find(text[:1])
    first = function.__code__.co_firstlineno
    (head,) = ast.parse(text).body
    body = head.body if isinstance(head, ast.FunctionDef) else [head]
    return body, lambda node: (first + node.lineno - 1, node.col_offset + indent)


def _names_let(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return any(isinstance(target, ast.Name) and target.id == "let" for target in targets)


def _within(file: str, line: int, column: int) -> Where:
    return lambda start, width: place_in(file, line, column + start)._replace(width=width)


def _file(thing: type) -> str:
    return getsourcefile(thing) or ""
