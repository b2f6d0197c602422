"""Trees from the events of one YAML file, with nesting and aliases bounded while they are read."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import yaml

from cryptoflow.errors import Place, Problem
from cryptoflow.spec.scalars import scalar
from cryptoflow.spec.tree import Tree

MAX_DEPTH = 40
MAX_TREES = 20_000
ALLOWED_TAGS = (None, "!", "tag:yaml.org,2002:str")


class TooMuchError(Exception):
    """A file asks for more than any spec needs; reading stops here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class Builder:
    """Reads one document; mistakes that leave the rest readable are collected in `problems`."""

    def __init__(self, text: str, lines: Sequence[str], file: str) -> None:
        self.problems: list[Problem] = []
        self._text, self._lines, self._file = text, lines, file
        self._loader = yaml.CSafeLoader(text)
        self._anchors: dict[str, tuple[Tree, int] | None] = {}
        self._count = 0

    def document(self) -> Tree | None:
        """The tree of the one document of the file, None when there is nothing in it."""
        try:
            self._next()
            if isinstance(self._next(), yaml.StreamEndEvent):
                return None
            tree = self._tree(self._next(), None, 0)
            self._next()
            if isinstance(another := self._next(), yaml.DocumentStartEvent):
                fix = "a file holds one document: remove the `---`"
                self._say("a second document starts here", self._place(another), fix)
            return tree if tree.raw or tree.value is not None else None
        finally:
            self._loader.dispose()

    def _next(self) -> Any:
        """The next event, typed loosely because PyYAML's event classes share no fields by name."""
        return self._loader.get_event()

    def _say(self, what: str, where: Place, fix: str = "") -> None:
        self.problems.append(Problem(what, where, fix))

    def _place(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        text = self._lines[start.line] if start.line < len(self._lines) else ""
        stop = end.column if end.line == start.line else len(text.rstrip())
        return Place(self._file, start.line + 1, start.column + 1, text, max(1, stop - start.column))

    def _tree(self, event: Any, key: Place | None, depth: int) -> Tree:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), place, key)
        if depth > MAX_DEPTH:
            raise TooMuchError(Problem(f"nested deeper than {MAX_DEPTH} levels", place, "a spec needs about 6"))
        before = self._count
        self._admit(1, place)
        if event.anchor:
            self._anchors[event.anchor] = None
        if isinstance(event, yaml.MappingStartEvent):
            tree = self._map(event.flow_style, place, key, depth + 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            tree = self._list(event.flow_style, place, key, depth + 1)
        else:
            tree = self._scalar(event, place, key)
        if event.tag not in ALLOWED_TAGS:
            tree = self._without_tag(tree, event.tag, place)
        if event.anchor:
            self._anchors[event.anchor] = tree, self._count - before
        return tree

    def _without_tag(self, tree: Tree, tag: str, place: Place) -> Tree:
        name = tag.replace("tag:yaml.org,2002:", "!!")
        self._say(f"the tag {name} is not allowed", place, "remove it: a spec holds values, never code")
        return replace(tree, refused=True)

    def _admit(self, trees: int, place: Place) -> None:
        self._count += trees
        if self._count > MAX_TREES:
            what = f"the file unfolds to more than {MAX_TREES} values"
            raise TooMuchError(Problem(what, place, "an alias (*name) repeats all that it names: use fewer"))

    def _alias(self, name: str, place: Place, key: Place | None) -> Tree:
        if name not in self._anchors:
            self._say(f"there is no anchor &{name} above", place, "put a text that starts with * in quotes")
        elif (anchored := self._anchors[name]) is None:
            self._say(f"*{name} contains itself", place, "remove the alias")
        else:
            tree, size = anchored
            self._admit(size, place)
            return Tree(tree.value, tree.place, key, raw=tree.raw)
        return Tree(None, place, key, refused=True)

    def _scalar(self, event: Any, place: Place, key: Place | None) -> Tree:
        raw = self._text[event.start_mark.index : event.end_mark.index]
        if event.style or event.tag:
            return Tree(event.value, place, key, raw=raw)
        value = scalar(event.value)
        if isinstance(value, float) and not math.isfinite(value):
            self._say(f"{event.value} is no number to trade with", place, "write a finite number")
            return Tree(0, place, key, raw=raw, refused=True)
        return Tree(value, place, key, raw=raw)

    def _map(self, flow: bool | None, place: Place, key: Place | None, depth: int) -> Tree:
        inside: dict[str, Tree] = {}
        cut: Tree | None = None
        refused = False
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            where, found = self._place(event), len(self.problems)
            if not isinstance(event, yaml.ScalarEvent):
                self._tree(event, None, depth)
                self._tree(self._next(), None, depth)
                del self.problems[found:]
                self._say("a key is a word, but here is a block", where, _instead_of_block(where))
                refused = True
                continue
            value, name = self._tree(self._next(), where, depth), event.value
            if cut and value.value is None and not value.raw:
                if cut.value is not None:
                    self._say_cut(cut)
                    cut = Tree(None, cut.place)
                continue
            cut = value if flow and _opens(value) else None
            if name == "<<" and not event.style:
                fix = "put what is shared in a file of its own and name it in `extends`"
                self._say("YAML 1.2 has no merge key `<<`", where, fix)
            elif name in inside:
                line = _line(inside[name])
                self._say(f"`{name}` is written twice, first in line {line}", where, "keep one of them")
            else:
                inside[name] = value
        return Tree(inside, place, key, refused=refused)

    def _list(self, flow: bool | None, place: Place, key: Place | None, depth: int) -> Tree:
        inside: list[Tree] = []
        cut: Tree | None = None
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            item = self._tree(event, None, depth)
            if cut and _closes(item):
                self._say_cut(cut)
                cut = None
            elif flow and _opens(item):
                cut = cut or item
            inside.append(item)
        return Tree(tuple(inside), place, key)

    def _say_cut(self, value: Tree) -> None:
        where = value.place
        whole = _bracketed(where.text[where.column - 1 :]) or str(value.value)
        what = f"YAML has cut `{whole}` in two at its comma"
        self._say(what, where._replace(width=len(whole)), f'quote it: "{whole}"')


def _line(tree: Tree) -> int:
    return tree.key.line if tree.key else tree.place.line


def _opens(tree: Tree) -> bool:
    text = tree.value
    return isinstance(text, str) and not tree.quoted and text.count("(") > text.count(")")


def _closes(tree: Tree) -> bool:
    text = tree.value
    return isinstance(text, str) and not tree.quoted and text.count(")") > text.count("(")


def _bracketed(text: str) -> str:
    """The text up to where the brackets it opens are closed and the value ends, empty if that never happens.

    >>> _bracketed("sma(close, n)[1] > 3, b: 4}")
    'sma(close, n)[1] > 3'
    """
    depth = 0
    for position, char in enumerate(text):
        if depth == 0 and char in ",}]" and "(" in text[:position]:
            return text[:position].rstrip()
        depth += (char in "([") - (char in ")]")
    return ""


def _instead_of_block(place: Place) -> str:
    if place.text[place.column - 1 :].startswith("{"):
        return "a spec has no templates: write ${env:NAME} for a variable of the environment"
    return "write `key: value`"
