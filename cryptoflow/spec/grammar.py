"""What YAML's own complaints mean to the person who wrote the file."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import yaml

from cryptoflow.errors import Place, Problem


class Meaning(NamedTuple):
    """What a complaint that holds `clue` means, and what mends it; `{}` is the character it is about."""

    clue: str
    what: str
    fix: str = "put the whole text in quotes"


UNCLOSED = "a quote is opened here and never closed", "add the closing quote"
MEANINGS = (
    Meaning(
        "mapping values are not allowed",
        "a colon and a space start a value, but none can start here",
        "indent the keys of a block alike; put a text that has `: ` in it in quotes",
    ),
    Meaning(
        "block sequence entries are not allowed",
        "a list cannot start here",
        "begin it on the next line, or write [a, b]",
    ),
    Meaning("cannot start any token", "a value cannot start with {}"),
    Meaning("expected comment or line break", "`>` and `|` start a block of text, but more stands behind it"),
    Meaning("found unexpected end of stream", *UNCLOSED),
    Meaning("found unexpected document indicator", *UNCLOSED),
    Meaning(
        "did not find expected ',' or ']'",
        "a list is opened here and not closed",
        "close it with ]; put items with brackets, colons or commas in quotes",
    ),
    Meaning(
        "did not find expected ',' or '}'",
        "a block is opened here and not closed",
        "close it with }; put values with brackets, colons or commas in quotes",
    ),
    Meaning(
        "did not find expected '-' indicator",
        "a list item (`- `) is expected here",
        "indent the keys of an item alike, and the block after the list less",
    ),
    Meaning(
        "did not find expected key",
        "a key is expected here",
        "indent the keys of a block alike; when a text goes on after its quotes, put the whole in quotes",
    ),
    Meaning("could not find expected ':'", "a key has no colon behind it", "write `key: value`"),
    Meaning("unknown escape character", "in double quotes a backslash is special", "use single quotes"),
    Meaning("found undefined tag handle", "a value cannot start with !"),
    Meaning("while parsing a tag", "a value cannot start with !"),
    Meaning("while scanning a tag", "a value cannot start with !"),
    Meaning("while scanning an alias", "a value cannot start with *"),
    Meaning("while scanning an anchor", "a value cannot start with &"),
    Meaning("expected node content", "a value is expected here, not {}"),
)
OPENED_EARLIER = ("quoted scalar", "flow sequence", "flow mapping", "scanning a simple key")
PRINTABLE = "\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"


def tabs(lines: Sequence[str], file: str) -> Problem | None:
    """The complaint about tabs in the indentation, at the first of them."""
    for number, line in enumerate(lines, 1):
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            where = Place(file, number, indent.index("\t") + 1, line)
            return Problem("a tab indents this line, but YAML takes only spaces", where, "use two spaces")
    return None


def explained(error: yaml.YAMLError, text: str, lines: Sequence[str], file: str) -> Problem:
    """The complaint of the YAML reader in plain words, where the mistake most likely is."""
    if isinstance(error, yaml.reader.ReaderError):
        return _unprintable(text, lines, file)
    assert isinstance(error, yaml.MarkedYAMLError)
    said = f"{error.context}: {error.problem}"
    meaning = next((each for each in MEANINGS if each.clue in said), None)
    earlier = any(opener in said for opener in OPENED_EARLIER) and "escape" not in said
    mark = error.context_mark if earlier and error.context_mark else error.problem_mark
    line = min(mark.line if mark else 0, max(0, len(lines) - 1))
    shown = lines[line] if lines else ""
    column = mark.column if mark and mark.line == line else len(shown)
    where = Place(file, line + 1, column + 1, shown)
    if meaning is None:
        return Problem(f"this is not YAML: {error.problem}", where, Meaning("", "").fix)
    char = shown[column : column + 1] or "the end of the file"
    return Problem(meaning.what.replace("{}", char), where, meaning.fix)


def _unprintable(text: str, lines: Sequence[str], file: str) -> Problem:
    found = re.search(f"[^{PRINTABLE}]", text)
    before = (text[: found.start()] if found else "") + "x"
    line = len(before.splitlines())
    shown = re.sub(f"[^{PRINTABLE}]", "?", lines[line - 1])
    where = Place(file, line, len(before.splitlines()[-1]), shown)
    code = f"U+{ord(found.group()):04X}" if found else "the first"
    return Problem(f"the character {code} cannot be in a spec", where, "remove it")
