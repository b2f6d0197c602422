"""New York's days: the holidays of years that are known, and what is missing between two bars."""

from datetime import date, timedelta

import numpy as np

from cryptoflow.market.bars import Bars
from cryptoflow.market.new_york import holidays, is_open, sessions

HOUR, DAY = 3_600_000, 86_400_000
KEPT = {
    2021: "01-01 01-18 02-15 04-02 05-31 07-05 09-06 11-25 12-24",
    2022: "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26",
    2024: "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25",
    2025: "01-01 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25",
}
"""As the exchange announced them."""

DAYS_AROUND_1985 = ("1984-11-02", "1984-12-31", "1985-01-03")
"""The 2nd of January was a session, as were most days of November and December."""


def test_holidays_are_those_that_the_exchange_announced() -> None:
    for year, days in KEPT.items():
        assert sorted(holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in days.split()]


def test_a_year_has_as_many_sessions_as_there_were() -> None:
    new_years = (date(year, 1, 1) for year in (2021, 2023, 2025))
    counts = [sum(is_open(first + timedelta(days=day)) for day in range(365)) for first in new_years]
    assert counts == [252, 250, 250]


def test_sessions_follow_the_clocks_of_new_york_and_end_early_before_holidays() -> None:
    winter, summer, short = (next(sessions(day, day)) for day in (date(2024, 1, 2), date(2024, 7, 2), date(2024, 7, 3)))
    assert [each.open_at % DAY / HOUR for each in (winter, summer, short)] == [14.5, 13.5, 13.5]
    assert [each.close_at % DAY / HOUR for each in (winter, summer, short)] == [21, 20, 17]


def test_before_1985_no_session_is_missed_because_nobody_knows_which_there_were() -> None:
    friday, monday, wednesday = (int(np.datetime64(f"{day}T00:00", "ms").astype(int)) for day in DAYS_AROUND_1985)
    flat = np.full(3, 10.0)
    days = Bars("IBM", DAY, np.array([friday, monday, wednesday]), flat, flat, flat, flat, flat, calendar="new_york")
    assert days.cut(0, 2).gaps() == 0
    assert days.gaps() == 1


def test_weeks_of_stocks_open_on_mondays_and_none_is_missing() -> None:
    monday = 4 * DAY + 2800 * 7 * DAY
    open_at = np.arange(monday, monday + 70 * DAY, 7 * DAY)
    flat = np.full(len(open_at), 10.0)
    weeks = Bars("AAPL", 7 * DAY, open_at, flat, flat, flat, flat, flat, calendar="new_york")
    assert weeks.gaps() == 0
    assert weeks.cut(0, 3).gaps() == 0
