"""The `let` definitions of a strategy: each stands for its expression, wherever its name is written."""

import ast
from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from cryptoflow.domain.graph import Stream
from cryptoflow.errors import Problem
from cryptoflow.spec.nodes import NodeTable
from cryptoflow.spec.scope import Scope, refused_name
from cryptoflow.spec.syntax import Text, parse

OWN = Stream()
"""The strategy's own symbol and timeframe."""

Complain = Callable[[str, str], object]


class ReadLet(Protocol):
    """Reads one definition in one stream."""

    def __call__(
        self, definitions: "Definitions", text: Text, stream: Stream, owner: str, tree: ast.expr, /
    ) -> int | None:
        """Return its node, or None when something is wrong with it."""


class Let(NamedTuple):
    """A definition: its text, its tree, and the other definitions it names."""

    text: Text
    tree: ast.expr | None
    uses: frozenset[str]


class Definitions:
    """What the names under `let` stand for, in whatever stream they are written.

    `tf("1h", quick)` is what `quick` says of 1h bars, so each stream that names a definition reads it anew.
    """

    def __init__(self, scope: Scope, lets: Mapping[str, Text], read: ReadLet) -> None:
        self.scope, self.problems, self.depth = scope, list[Problem](), 0
        self.table = NodeTable(scope.timeframe)
        self._read = read
        self._values: dict[tuple[str, Stream], int | None] = {}
        self.lets: dict[str, Let] = {}
        for name, text in lets.items():
            tree = parse(text, self.problems)
            mentioned = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} if tree else set()
            self.lets[name] = Let(text, tree, frozenset(mentioned & lets.keys()))

    def define(self) -> None:
        """Read every definition in the strategy's own stream, so that its mistakes are told where it stands."""
        for name, let in self.lets.items():
            refusal = refused_name(name) or (f"`{name}` is a param too" if name in self.scope.params else "")
            if refusal:
                self.problems.append(let.text.problem(refusal, 0, len(let.text.text), "choose another name"))
            self._values[name, OWN] = self._define(name, OWN)

    def value(self, name: str, stream: Stream, owner: str, complain: Complain) -> int | None:
        """What `name` stands for in `stream`; `owner` is the definition that asks, if one does."""
        if (name, OWN) not in self._values:
            complain(*self._too_early(name, owner))
            return None
        if (name, stream) not in self._values:
            self._define_in(stream, name, complain)
        return self._values[name, stream]

    def _define_in(self, stream: Stream, name: str, complain: Complain) -> None:
        """Read a definition and all it rests on in another stream, the deepest first."""
        needs = self._needs(name) | {name}
        for each in [other for other in self.lets if other in needs]:
            if (each, stream) in self._values:
                continue
            before = len(self.problems)
            self._values[each, stream] = self._define(each, stream)
            new = self.problems[before:]
            del self.problems[before:]
            if new and self._values[each, OWN] is not None:
                complain(f"`{each}` cannot be read here: {new[0].what}", new[0].fix)

    def _too_early(self, name: str, owner: str) -> tuple[str, str]:
        """Why `owner` cannot use `name` yet, and what to do."""
        remember = "what remembers from bar to bar is an indicator, like `ema`"
        if name == owner:
            return f"`{name}` is defined by itself", remember
        if owner in self._needs(name):
            return f"`{owner}` and `{name}` need each other", remember
        return f"`{name}` is defined further down", f"move it above `{owner}`"

    def _define(self, name: str, stream: Stream) -> int | None:
        let = self.lets[name]
        return None if let.tree is None else self._read(self, let.text, stream, name, let.tree)

    def _needs(self, name: str) -> set[str]:
        """All definitions that `name` rests on, those of its own included."""
        found, open_ends = set[str](), set(self.lets[name].uses)
        while open_ends:
            found |= open_ends
            open_ends = {use for each in open_ends for use in self.lets[each].uses} - found
        return found
