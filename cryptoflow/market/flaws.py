"""What is wrong with single rows of a file, told kind by kind."""

from collections.abc import Iterable
from typing import NamedTuple

from cryptoflow.errors import Problem
from cryptoflow.market.times import moment

SHOWN = 3
"""Rows named of each kind of flaw."""


class Flaw(NamedTuple):
    """A row that cannot be taken: its number in the file, what is wrong, the text that shows it, a cure, its time."""

    row: int
    what: str
    text: str = ""
    fix: str = ""
    at: int | None = None

    def __str__(self) -> str:
        """Return the row as a message names it.

        >>> str(Flaw(7, "close is no number", "'ten'", at=0))
        "7 (1970-01-01 00:00 UTC, 'ten')"
        """
        known = [] if self.at is None else [moment(self.at)]
        shown = ", ".join([*known, *([self.text] if self.text else [])])
        return f"{self.row} ({shown})" if shown else f"{self.row}"


def problems(name: str, word: str, flaws: Iterable[Flaw]) -> tuple[Problem, ...]:
    """Return one problem for each kind of flaw in the file `name`, with the first rows that have it.

    >>> print(*problems("btc.csv", "line", [Flaw(3, "close is no number", "'ten'"), Flaw(7, "close is no number")]))
    btc.csv: close is no number: line 3 ('ten'), line 7
    """
    kinds: dict[tuple[str, str], list[Flaw]] = {}
    for flaw in flaws:
        kinds.setdefault((flaw.what, flaw.fix), []).append(flaw)
    return tuple(Problem(f"{name}: {what}: {_rows(word, found)}", fix=fix) for (what, fix), found in kinds.items())


def quoted(text: str, width: int = 40) -> str:
    """Return text of a file as a message shows it: in quotes, its odd characters spelt out, not too much of it.

    >>> quoted("6\\x002"), quoted("x" * 99, width=4)
    ("'6\\\\x002'", "'xxxx…'")
    """
    shown = repr(text)
    return shown if len(shown) <= width + 2 else f"{shown[: width + 1]}…'"


def uneven(cells: int, width: int) -> str:
    """Return what is wrong with a row that has more or fewer cells than its table has columns.

    >>> uneven(1, 6)
    'a row of 1 column in a table of 6'
    """
    return f"a row of {cells} column{'' if cells == 1 else 's'} in a table of {width}"


def _rows(word: str, flaws: list[Flaw]) -> str:
    shown = ", ".join(f"{word} {flaw}" for flaw in flaws[:SHOWN])
    more = len(flaws) - SHOWN
    return f"{shown} and {more:,} more" if more > 0 else shown
