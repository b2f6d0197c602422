"""Secrets stay outside: a spec names them as `${secret:NAME}`; one written out is refused and never shown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cryptoflow.errors import Problem
from cryptoflow.spec.tree import Path, Tree

REFERENCE = re.compile(r"\$\{secret:([A-Za-z][A-Za-z0-9_.-]*)\}")
SECRET_KEY = re.compile(
    r"(?:^|[_-])(?:secrets?|token|passwords?|passwd|pwd|passphrase|credentials?|key)$"
    r"|(?:secret|token|password|passphrase|apikey)$|(?-i:[a-z0-9]Key)$",
    re.IGNORECASE,
)
CHUNK = re.compile(r"[A-Za-z0-9]{20,}")

KEY = re.compile(r"""(?<!\$\{)(?<![\w.-])["']?([A-Za-z_][\w.-]*)["']?\s*[:=]\s*""")
WHOLE = re.compile(
    r"""(?P<quote>["']?)\$\{(?:secret|env):[^${}]*\}(?P=quote)(?=\s*(?:[,}\]#]|$))"""
    r"""|(?P<rest>"(?:[^"\\]|\\.)*"(?=\s*(?:[,}\]#]|$))|'(?:[^']|'')*'(?=\s*(?:[,}\]#]|$))|["'].*"""
    r"""|.+?(?=,\s+[\w."'-]+\s*[:=]\s|\s+\#|\s*[}\]]*\s*$))"""
)
"""What follows a key: a reference, or anything else up to the next key, a comment or the end of the line."""
SHORTEST = 4
"""Letters of a hidden word that is hidden in sentences too; shorter ones are parts of other words."""


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


def masked(problems: Iterable[Problem], secrets: Iterable[str], lines: Sequence[str] = ()) -> Iterator[Problem]:
    """The same problems with every secret, and whatever looks like one or follows its key, replaced by asterisks.

    With the `lines` of their file, values that go on below their key are hidden too.
    """
    known = {secret for secret in secrets if secret}
    shown = blanked(lines)
    done: dict[tuple[int, str], tuple[str, set[str]]] = {}
    for problem in problems:
        where, words = problem.where, known
        if where is not None:
            spot = where.line, where.text
            if spot not in done:
                inside = where.line <= len(lines) and lines[where.line - 1] == where.text
                text = shown[where.line - 1] if inside else blanked([where.text])[0]
                done[spot] = _without(known, text), known | _words(where.text, text)
            text, words = done[spot]
            where = where._replace(text=text)
        yield Problem(_without(words, problem.what), where, _without(words, problem.fix))


def blanked(lines: Sequence[str]) -> list[str]:
    """The same lines with asterisks for what follows a key that asks for a secret, also in the lines below it.

    >>> blanked(["{use: webhook, apiKey: hunter2, events: x}", "token:", "  hunter2", "url: ${secret:hook}"])
    ['{use: webhook, apiKey: *******, events: x}', 'token:', '  *******', 'url: ${secret:hook}']
    """
    found: list[str] = []
    deep: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if deep is not None and line.strip() and (indent < deep or (indent == deep and line[indent] != "-")):
            deep = None
        if deep is not None:
            found.append(_stars(line))
            continue
        parts, start = [], 0
        while key := KEY.search(line, start):
            parts.append(line[start : key.end()])
            start = key.end()
            if not SECRET_KEY.search(key[1].rpartition(".")[2]):
                continue
            value = WHOLE.match(line, start)
            if deep is None and (value is None or value["rest"]):
                above = line[: key.start()]
                deep = indent if above.strip(" -") else len(above)
            if value is not None:
                parts.append(_stars(value[0]) if value["rest"] else value[0])
                start = value.end()
        found.append("".join((*parts, line[start:])))
    return found


def _stars(text: str) -> str:
    return re.sub(r"\S", "*", text)


def _words(line: str, shown: str) -> set[str]:
    """The words of a line that are hidden where it is shown."""
    bare = "".join(char if hidden == "*" else " " for char, hidden in zip(line, shown, strict=True))
    words = {each.strip(",;:()[]{}*&!\"'") for each in bare.split()}
    return {word for word in (*words, bare.strip()) if len(word) >= SHORTEST}


def _without(words: Iterable[str], text: str) -> str:
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "*" * len(word))
    return CHUNK.sub(lambda chunk: "*" * len(chunk[0]) if _is_random(chunk[0]) else chunk[0], text)


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
