"""Changes of specs as people and programs read them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptoflow.cli.explain import shown

if TYPE_CHECKING:
    from cryptoflow.pipelines.review.changes import Change
    from cryptoflow.pipelines.review.diff import Entry

COLOURS = {"RISK UP": "31", "RISK DOWN": "32", "NEUTRAL": "2"}
MARKS = {"RISK UP": "🔺 **RISK UP**", "RISK DOWN": "🔽 RISK DOWN", "NEUTRAL": "NEUTRAL"}
ONE_LINE = 48
"""How long two values together may be to stand in one line."""


def text(entries: "Sequence[Entry]", *, colour: bool) -> Iterator[str]:
    """Every change in a line of its own, pipeline by pipeline, long values one below the other."""
    for number, entry in enumerate(entries):
        if number:
            yield ""
        yield headline(entry)
        keys = max((len(change.key) for change in entry.changes), default=0)
        ways = max((len(way) for change in entry.changes if len(way := from_to(change)) <= ONE_LINE), default=0)
        for change in entry.changes:
            way = from_to(change)
            long = len(way) > ONE_LINE
            tag = f"{change.tag.value:<9}"
            painted = f"\x1b[{COLOURS[change.tag.value]}m{tag}\x1b[0m" if colour else tag
            middle = "" if long else way
            yield f"  {change.key:<{keys}}  {middle:<{ways}}  {painted}  {change.why}".rstrip()
            if long and change.before.source:
                yield f"    - {shown(change.before.value)}"
            if long and change.after.source:
                yield f"    + {shown(change.after.value)}"
    if entries:
        yield ""
        yield summary(entries)


def markdown(entries: "Sequence[Entry]") -> Iterator[str]:
    """Every change in a row of a table, a table for each pipeline."""
    for entry in entries:
        yield f"#### {code(entry.name)} ({entry.kind} {entry.what})"
        yield ""
        if entry.changes:
            yield "| value | before | after | risk | what it means |"
            yield "|---|---|---|---|---|"
            for change in entry.changes:
                cells = (code(change.key), code(shown(change.before.value)), code(shown(change.after.value)))
                yield f"| {' | '.join(cells)} | {MARKS[change.tag.value]} | {escaped(change.why)} |"
            yield ""
    yield summary(entries) if entries else "Nothing has changed in trading terms."


def plain(entries: "Sequence[Entry]") -> dict[str, Any]:
    """Every change as programs read it."""
    count = counted(entries)
    return {
        "changed": bool(entries),
        "risk_up": count["RISK UP"],
        "risk_down": count["RISK DOWN"],
        "neutral": count["NEUTRAL"],
        "files": [
            {
                "name": entry.name,
                "kind": entry.kind,
                "what": entry.what,
                "changes": [
                    {
                        "key": change.key,
                        "before": change.before.value,
                        "after": change.after.value,
                        "tag": change.tag.value,
                        "why": change.why,
                        "before_at": change.before.source,
                        "after_at": change.after.source,
                    }
                    for change in entry.changes
                ],
            }
            for entry in entries
        ],
    }


def by_line(path: str, before: Path, after: Path) -> Iterator[str]:
    """Two files line by line, as diff would show them."""
    from difflib import unified_diff

    yield from unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}", lineterm="")


def headline(entry: "Entry") -> str:
    """What an entry is about."""
    kind = "" if entry.kind == "pipeline" else f" ({entry.kind})"
    return f"{entry.name}{kind}" if entry.what == "changed" else f"{entry.name}{kind} {entry.what}"


def summary(entries: "Sequence[Entry]") -> str:
    """How many changes there are of each kind."""
    count = counted(entries)
    files = Counter(entry.what for entry in entries if entry.what != "changed")
    told = [f"{count[tag]} {tag}" for tag in COLOURS if count[tag]]
    return ", ".join([*told, *(f"{number} {what}" for what, number in sorted(files.items()))])


def counted(entries: "Sequence[Entry]") -> Counter[str]:
    """The number of changes by their tag."""
    return Counter(change.tag.value for entry in entries for change in entry.changes)


def from_to(change: "Change") -> str:
    """The two values of a change."""
    return f"{shown(change.before.value)} → {shown(change.after.value)}"


def code(words: str) -> str:
    """Words as code in a cell of a table.

    >>> code("a | b"), code("x `y`")
    ('`a \\\\| b`', '`` x `y` ``')
    """
    fenced = f"`` {words} ``" if "`" in words else f"`{words}`"
    return escaped(fenced)


def escaped(words: str) -> str:
    """Words that do not end a cell of a table."""
    return words.replace("|", "\\|").replace("\n", " ")


def _lines(file: Path) -> list[str]:
    return file.read_bytes().decode(errors="replace").splitlines()
