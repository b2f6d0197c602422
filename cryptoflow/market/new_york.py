"""The days and hours on which stocks are traded in New York, by the rules of its exchanges."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

OPEN, CLOSE, EARLY = time(9, 30), time(16, 0), time(13, 0)

CLOSED = frozenset(
    date.fromisoformat(day)
    for day in (
        *("1985-09-27", "1994-04-27", "2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14", "2004-06-11"),
        *("2007-01-02", "2012-10-29", "2012-10-30", "2018-12-05", "2025-01-09"),
    )
)
"""Days of mourning, attack and storm, which no rule foretells."""


KNOWN_FROM = 473_385_600_000
"""1985-01-01: before that other days were kept, and these rules tell sessions that were none."""


class Session(NamedTuple):
    """The hours in which stocks are traded on a day, in epoch milliseconds."""

    open_at: int
    close_at: int


def sessions(first: date, last: date) -> Iterator[Session]:
    """Yield the sessions of the days from `first` to `last`."""
    day = first
    while day <= last:
        if is_open(day):
            yield Session(_at(day, OPEN), _at(day, EARLY if is_short(day) else CLOSE))
        day += timedelta(days=1)


def is_open(day: date) -> bool:
    """Say whether there is a session on a day.

    >>> is_open(date(2024, 3, 28)), is_open(date(2024, 3, 29)), is_open(date(2024, 3, 30))
    (True, False, False)
    """
    return day.weekday() < 5 and day not in holidays(day.year) and day not in CLOSED


def is_short(day: date) -> bool:
    """Say whether a session ends at one in the afternoon: around Independence Day, Thanksgiving and Christmas.

    >>> is_short(date(2024, 11, 29)), is_short(date(2024, 7, 3)), is_short(date(2024, 12, 26))
    (True, True, False)
    """
    after_thanks = day - timedelta(days=1) == _nth(day.year, 11, 3, 4)
    return after_thanks or (day.month, day.day) in {(7, 3), (12, 24)}


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the days of a year that are kept; one on a Sunday is kept on Monday, one on a Saturday on Friday.

    New Year's Day on a Saturday is not kept: the Friday before it closes the year's books.

    >>> [str(day) for day in sorted(holidays(2022))][:3], len(holidays(2022)), len(holidays(2024))
    (['2022-01-17', '2022-02-21', '2022-04-15'], 9, 10)
    """
    fixed = [date(year, 7, 4), date(year, 12, 25)]
    if year >= 2022:
        fixed.append(date(year, 6, 19))
    kept = [_kept(day) for day in fixed]
    new_year = date(year, 1, 1)
    kept += [_kept(new_year)] if new_year.weekday() != 5 else []
    kept += [_nth(year, 2, 0, 3), _nth(year, 11, 3, 4), _nth(year, 9, 0, 1), _last_monday_of_may(year)]
    kept += [_nth(year, 1, 0, 3)] if year >= 1998 else []
    return frozenset((*kept, _easter(year) - timedelta(days=2)))


def _kept(day: date) -> date:
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _last_monday_of_may(year: int) -> date:
    end = date(year, 5, 31)
    return end - timedelta(days=end.weekday())


def _easter(year: int) -> date:
    """Return Easter Sunday, by the moon of the church and not that of the sky.

    >>> str(_easter(2024)), str(_easter(2025))
    ('2024-03-31', '2025-04-20')
    """
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    days = moon - weekday
    month = 3 + (days + 40) // 44
    return date(year, month, days + 28 - 31 * (month // 4))


def _at(day: date, hour: time) -> int:
    return int(datetime.combine(day, hour, _zone()).timestamp()) * 1000


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo("America/New_York")
