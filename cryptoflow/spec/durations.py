"""Lengths of time and spans of days: `5m`, `1h` as the length of a bar, `2023-01-01..2024-12-31`."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import ClassVar

from cryptoflow.spec.written import MisreadError, Written

DAY = 86_400_000
UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY, "w": 7 * DAY}
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


class Duration(Written, int):
    """A length of time, from `250ms 300s 5m 24h 7d 1w`: an int of milliseconds.

    >>> Duration("5m") == 300_000
    True
    """

    noun, example, pattern = "a duration", "5m", r"([0-9]+) ?(ms|s|m|h|d|w)"

    @classmethod
    def _parse(cls, text: str) -> tuple[int, Mapping[str, object]]:
        number, unit = cls._groups(text, "write a whole number and one of ms s m h d w, like 300s or 24h")
        if len(number) > 15 or int(number) * UNITS[unit] > 36_500 * DAY:
            raise MisreadError(text, "a duration is at most a hundred years")
        return int(number) * UNITS[unit], {}

    @classmethod
    def _bare(cls, number: float) -> str:
        return f"write {number:g}s if seconds are meant"


class Timeframe(Duration):
    """The length of a bar, one of those that venues know, from `1h`: an int of milliseconds."""

    noun, example = "a timeframe", "1h"
    names: ClassVar = ("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "1w")
    pattern = rf"({'|'.join(name[:-1] for name in names)})([smhdw])"

    @classmethod
    def _parse(cls, text: str) -> tuple[int, Mapping[str, object]]:
        if text not in cls.names:
            if name := called(text):
                raise MisreadError(text, f"a bar of that length is called {name}", f"write {name}")
            raise MisreadError(text, "venues have no bars of that length", f"one of {' '.join(cls.names)}")
        return int(text[:-1]) * UNITS[text[-1]], {}

    @classmethod
    def _bare(cls, number: float) -> str:
        return f"write {number:g}m if minutes are meant"


def called(text: str) -> str:
    """Return the one name that bars of a length have, whichever way it is written; "" for what is none.

    >>> called("60m"), called("1D"), called("24 h"), called("7m"), called("1M")
    ('1h', '1d', '1d', '', '')
    """
    try:
        length = int(Duration(text if text.endswith("M") else text.lower()))
    except MisreadError:
        return ""
    return next((name for name in Timeframe.names if int(Duration(name)) == length), "")


class Period(Written):
    """Days from the first to the last, both whole, from `2023-01-01..2024-12-31`.

    `.start` and `.end` are epoch milliseconds, the end exclusive.

    >>> day = Period("2024-12-31..2024-12-31")
    >>> day.end - day.start == DAY
    True
    """

    noun, example, pattern = "a period", "2023-01-01..2024-12-31", rf"({DATE}) ?\.\. ?({DATE})"
    start: int
    end: int

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        first, last = cls._groups(text, f"write two dates with two dots between, like {cls.example}")
        start, end = midnight(first), midnight(last) + DAY
        if end <= start:
            raise MisreadError(text, "a period does not end before it starts", f"write {last}..{first}")
        return None, {"start": start, "end": end}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Period) and (self.start, self.end) == (other.start, other.end)

    def __hash__(self) -> int:
        return hash((self.start, self.end))


def midnight(day: str) -> int:
    """The epoch milliseconds at which a UTC day begins.

    >>> midnight("1970-01-02")
    86400000
    """
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        what = "the calendar has no such day" if re.fullmatch(DATE, day) else "that is no day"
        raise MisreadError(day, what, "write year-month-day, like 2024-12-31") from None
    return int(datetime(parsed.year, parsed.month, parsed.day, tzinfo=UTC).timestamp()) * 1000
