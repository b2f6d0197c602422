"""What went wrong, where, and how to put it right."""

from collections.abc import Iterable
from enum import IntEnum
from typing import NamedTuple


class ExitCode(IntEnum):
    """What a command tells the shell; an API, so numbers never change their meaning."""

    OK = 0
    BUG = 1
    USAGE = 2
    INVALID = 3
    UNAVAILABLE = 4
    REFUSED = 5
    PROOF_FAILED = 6
    LEASE_HELD = 7
    CHANGED = 10


class Place(NamedTuple):
    """A spot in a file, counted from one, with the text of its line so that it can be shown."""

    file: str
    line: int
    column: int
    text: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One mistake: what is wrong, where it stands, and what mends it."""

    what: str
    where: Place | None = None
    fix: str = ""

    def __str__(self) -> str:
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.where and self.where.text.strip():
            gutter = f"{self.where.line:>5} | "
            text = self.where.text.rstrip("\n").replace("\t", " ")
            room = max(1, len(text) - self.where.column + 1)
            carets = "^" * min(max(1, self.where.width), room)
            lines.append(gutter + text)
            lines.append(" " * (len(gutter) - 2) + "| " + " " * (self.where.column - 1) + carets)
        if self.fix:
            lines.append(f"hint: {self.fix}")
        return "\n".join(lines)


class CryptoflowError(Exception):
    """Something a person can act on; anything else is our bug and keeps its traceback."""

    def __init__(
        self,
        what: str | Iterable[Problem],
        *,
        where: Place | None = None,
        fix: str = "",
        code: ExitCode = ExitCode.INVALID,
    ) -> None:
        self.problems = (Problem(what, where, fix),) if isinstance(what, str) else tuple(what)
        self.code = code
        super().__init__("\n".join(str(problem) for problem in self.problems))
