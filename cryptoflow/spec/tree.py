"""A spec as it was written: values in a tree, each with the place where it and its key stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cryptoflow.errors import Place

Scalar = str | int | float | bool | None
Path = tuple[str | int, ...]


class Quoted(str):
    """A text that stands in quotes, and is text whatever it looks like."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A scalar, a map of trees or a list of them, where it stands, and what it beat when files merged."""

    value: "Scalar | dict[str, Tree] | tuple[Tree, ...]"
    place: Place
    key: Place | None = None
    beat: "tuple[Tree, ...]" = ()
    raw: str = field(default="", compare=False, repr=False)
    """The scalar's source from its first character on, quotes and line breaks included."""
    refused: bool = field(default=False, compare=False, repr=False)
    """Whether something is wrong with it that has been reported, so that what follows from it is not."""

    reference: str = field(default="", compare=False, repr=False)
    """What was written where the value comes from the environment, like `${env:NAME}`."""

    @property
    def stands(self) -> Place:
        """Where to point at when the tree as a whole is meant: its key, or its first character."""
        return self.place if self.key is None or not isinstance(self.value, dict | tuple) else self.key

    @property
    def quoted(self) -> bool:
        """Whether a scalar was written in quotes, or as a block, and so is text whatever it looks like."""
        return self.raw[:1] in {'"', "'", "|", ">"}

    def children(self) -> "Iterator[tuple[str | int, Tree]]":
        """The keys, or positions, and trees directly inside."""
        if isinstance(self.value, dict):
            yield from self.value.items()
        elif isinstance(self.value, tuple):
            yield from enumerate(self.value)

    def at(self, path: Path) -> "Tree | None":
        """The tree at the end of a path, None when the path leads nowhere."""
        tree = self
        for part in path:
            if isinstance(tree.value, dict) and part in tree.value:
                tree = tree.value[str(part)]
            elif isinstance(tree.value, tuple) and isinstance(part, int) and 0 <= part < len(tree.value):
                tree = tree.value[part]
            else:
                return None
        return tree

    def get(self, key: str) -> "Tree | None":
        """The tree under a key, None when there is none."""
        return self.value.get(key) if isinstance(self.value, dict) else None

    def spoiled(self, path: Path) -> bool:
        """Whether the tree at a path, or one around it, was refused already."""
        tree: Tree | None = self
        for part in path:
            if tree is None or tree.refused:
                break
            tree = tree.at((part,)) or tree
        return tree is not None and tree.refused

    def leaves(self, path: Path = ()) -> "Iterator[tuple[Path, Tree]]":
        """Every scalar, and every empty map or list, with its path."""
        if not isinstance(self.value, dict | tuple) or not self.value:
            yield path, self
        for key, inside in self.children():
            yield from inside.leaves((*path, key))

    def plain(self) -> Any:
        """The values alone: what JSON would hold."""
        if isinstance(self.value, dict):
            return {key: inside.plain() for key, inside in self.value.items()}
        if isinstance(self.value, tuple):
            return [inside.plain() for inside in self.value]
        return self.value

    def as_written(self) -> Any:
        """The values alone, with references where values come from the environment; quoted ones print quoted."""
        if isinstance(self.value, dict):
            return {key: inside.as_written() for key, inside in self.value.items()}
        if isinstance(self.value, tuple):
            return [inside.as_written() for inside in self.value]
        if self.reference:
            return Quoted(self.reference) if self.quoted else self.reference
        return self.value

    def without(self, *keys: str) -> "Tree":
        """The same map without some of its keys."""
        assert isinstance(self.value, dict)
        return replace(self, value={key: inside for key, inside in self.value.items() if key not in keys})

    def updated(self, inside: "Mapping[str, Tree]") -> "Tree":
        """The same map with some keys set."""
        assert isinstance(self.value, dict)
        return replace(self, value={**self.value, **inside})


def merge(under: Tree, over: Tree) -> Tree:
    """Lay one tree over another: maps merge deep, anything else is replaced and remembers what it beat.

    A block that uses another plugin replaces the one before, whose settings mean nothing to it.
    """
    if isinstance(under.value, dict) and isinstance(over.value, dict) and not _another(under.value, over.value):
        both = dict(under.value)
        for key, inside in over.value.items():
            both[key] = merge(both[key], inside) if key in both else inside
        return replace(over, value=both)
    return replace(over, beat=(*over.beat, under, *under.beat))


def _another(under: "Mapping[str, Tree]", over: "Mapping[str, Tree]") -> bool:
    return "use" in under and "use" in over and under["use"].value != over["use"].value


def spot(tree: Tree, offset: int, width: int = 1) -> Place:
    """The place of a character inside a text, also when quotes or line breaks stand between.

    A folded or quoted text differs from its source in white space, quotes and backslashes only, so the
    position is found by counting the other characters.
    """
    place, text = tree.place, str(tree.value)
    if "\n" not in tree.raw and not tree.quoted:
        return place._replace(column=place.column + offset, width=width)
    wanted = sum(not char.isspace() for char in text[:offset])
    lines = tree.raw.split("\n")
    start = 0 if tree.raw[:1] in "'\"" else int(tree.raw[:1] in "|>")
    for number, line in enumerate(lines[start:], start):
        skip = len(tree.raw[:1]) if number == 0 and tree.quoted else 0
        for column, char in enumerate(line[skip:], skip):
            if char.isspace() or (char == "\\" and tree.raw[0] == '"'):
                continue
            if wanted == 0:
                shift = place.column if number == 0 else 1
                shown = place.text if number == 0 else line
                return Place(place.file, place.line + number, column + shift, shown, width)
            wanted -= 1
    return place
