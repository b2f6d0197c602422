"""`--set key=value`: one value of a spec replaced from the command line."""

import re
from collections.abc import Sequence

from cryptoflow.errors import Place, Problem
from cryptoflow.spec.document import parse
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.tree import Tree, merge

SOURCE = "--set"


def overridden(tree: Tree, sets: Sequence[str], problems: list[Problem]) -> Tree:
    """The tree with each `a.b=value` laid over it, in order; items of a list go by position or by `id`."""
    for number, text in enumerate(sets, 1):
        key, equals, value = text.partition("=")
        place = Place(SOURCE, number, 1, text, len(key))
        if not equals or not re.fullmatch(r"[^\s.=]+(\.[^\s.=]+)*", key):
            problems.append(Problem(f"`{text}` sets nothing", place, "write key=value, like --set seed=7"))
            continue
        leaf = _value(value, place._replace(column=len(key) + 2, width=max(1, len(value))), problems)
        if leaf is not None:
            tree = _laid(tree, key.split("."), leaf, place, problems)
    return tree


def _value(text: str, place: Place, problems: list[Problem]) -> Tree | None:
    if not text.strip():
        return Tree(None, place)
    document = parse(text.encode(errors="replace"), SOURCE)
    problems.extend(problem._replace(where=_moved(problem.where, place)) for problem in document.problems)
    return document.tree and _at(document.tree, place)


def _at(tree: Tree, place: Place) -> Tree:
    """The same tree, standing where the option's value stands."""
    moved, key = _moved(tree.place, place), tree.key and _moved(tree.key, place)
    if isinstance(tree.value, dict):
        return Tree({name: _at(inside, place) for name, inside in tree.value.items()}, moved, key)
    if isinstance(tree.value, tuple):
        return Tree(tuple(_at(inside, place) for inside in tree.value), moved, key)
    return Tree(tree.value, moved, key, raw=tree.raw)


def _moved(inner: Place | None, place: Place) -> Place:
    if inner is None or inner.line > 1:
        return place
    return place._replace(column=place.column + inner.column - 1, width=inner.width)


def _laid(tree: Tree, keys: Sequence[str], leaf: Tree, place: Place, problems: list[Problem]) -> Tree:
    """`leaf` merged into the tree at the end of `keys`; blocks on the way that are missing are made."""
    if not keys:
        return merge(tree, leaf)
    if isinstance(tree.value, tuple):
        return _laid_in_list(tree, keys, leaf, place, problems)
    if not isinstance(tree.value, dict):
        problems.append(Problem(f"there is nothing inside `{tree.value}` to set", place, "shorten the key"))
        return tree
    for length in range(len(keys), 0, -1):
        name = ".".join(keys[:length])
        if name in tree.value:
            return tree.updated({name: _laid(tree.value[name], keys[length:], leaf, place, problems)})
    value = leaf
    for name in reversed(keys[1:]):
        value = Tree({name: Tree(value.value, value.place, place, raw=value.raw)}, place, place)
    return tree.updated({keys[0]: Tree(value.value, value.place, place, raw=value.raw)})


def _laid_in_list(tree: Tree, keys: Sequence[str], leaf: Tree, place: Place, problems: list[Problem]) -> Tree:
    assert isinstance(tree.value, tuple)
    names = {str(named.value): position for position, item in enumerate(tree.value) if (named := item.get("id"))}
    position = names.get(keys[0], int(keys[0]) if re.fullmatch("[0-9]{1,4}", keys[0]) else len(tree.value))
    if position >= len(tree.value):
        known = (*names, *(str(each) for each in range(len(tree.value))))
        what = f"there is no item `{keys[0]}` in this list"
        problems.append(Problem(what, place, suggestion(keys[0], known, "items")))
        return tree
    items = list(tree.value)
    items[position] = _laid(items[position], keys[1:], leaf, place, problems)
    return Tree(tuple(items), tree.place, tree.key, tree.beat)
