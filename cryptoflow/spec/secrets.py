"""Secrets stay outside: a spec names them as `${secret:NAME}`; one written out is refused and never shown."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from cryptoflow.errors import Problem
from cryptoflow.spec.tree import Path, Tree

REFERENCE = re.compile(r"\$\{secret:([A-Za-z][A-Za-z0-9_.-]*)\}")
SECRET_KEY = re.compile(
    r"(?:^|[_-])(?:secrets?|token|passwords?|passphrase|credentials?|key)$|(?:secret|token|apikey)$",
    re.IGNORECASE,
)
CHUNK = re.compile(r"[A-Za-z0-9]{20,}")


def looks_secret(text: str) -> bool:
    """Whether a text holds a long run of letters and digits that no person would make up.

    >>> looks_secret("vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A")
    True
    >>> looks_secret("strategies/mean_reversion_with_trend_filter_2024.yaml")
    False
    """
    return any(_is_random(chunk) for chunk in CHUNK.findall(text))


def _is_random(chunk: str) -> bool:
    kinds = [char.isdigit() + 2 * char.isupper() for char in chunk]
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes * 5 >= len(chunk) and any(kind == 1 for kind in kinds)


def written_out(tree: Tree) -> Iterator[tuple[Tree, Problem]]:
    """Every value that looks like a secret, or stands under a key that asks for one, and is no reference."""
    for path, leaf in tree.leaves():
        if leaf.value is None or isinstance(leaf.value, bool | dict | tuple):
            continue
        text = str(leaf.value)
        if REFERENCE.fullmatch(text):
            continue
        key = _key(path)
        if SECRET_KEY.search(key) or looks_secret(text):
            if SECRET_KEY.search(key):
                what = f"{key} is written out, but a spec is no place for secrets"
            else:
                what = f"{key or 'a value'} holds what looks like a secret, and a spec is no place for one"
            fix = "write ${secret:NAME} and keep the value in the environment or the keyring"
            yield leaf, Problem(what, leaf.place, fix)


def masked(problems: Iterable[Problem], secrets: Iterable[str]) -> Iterator[Problem]:
    """The same problems with every secret, and whatever looks like one, replaced by asterisks."""
    hidden = sorted({secret for secret in secrets if secret}, key=len, reverse=True)

    def mask(text: str) -> str:
        for secret in hidden:
            text = text.replace(secret, "*" * len(secret))
        return CHUNK.sub(lambda chunk: "*" * len(chunk[0]) if _is_random(chunk[0]) else chunk[0], text)

    for problem in problems:
        where = problem.where and problem.where._replace(text=mask(problem.where.text))
        yield Problem(mask(problem.what), where, mask(problem.fix))


def withheld(tree: Tree, leaves: Iterable[Tree]) -> Tree:
    """The same tree with some leaves emptied, so that no later message can show them."""
    empty = {id(leaf) for leaf in leaves}

    def without(each: Tree) -> Tree:
        if id(each) in empty:
            return replace(each, value="${secret:withheld}", refused=True)
        if isinstance(each.value, dict):
            return replace(each, value={key: without(inside) for key, inside in each.value.items()})
        if isinstance(each.value, tuple):
            return replace(each, value=tuple(without(inside) for inside in each.value))
        return each

    return without(tree) if empty else tree


def _key(path: Path) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")
