"""Days, weeks and months as numbers, and what the account is measured by when one begins."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.calendar import DAY, month_of, week_of
from cryptoflow.domain.marks import open_day
from cryptoflow.domain.records import Wallet

FIRST = date(1970, 1, 1)


@given(st.integers(0, 200_000))
def test_a_month_and_a_week_begin_when_the_calendar_says(day: int) -> None:
    today, before = FIRST + timedelta(day + 1), FIRST + timedelta(day)
    assert month_of(day + 1) - month_of(day) == (today.month != before.month)
    assert week_of(day + 1) - week_of(day) == (today.weekday() == 0)


def test_each_span_is_measured_by_the_equity_it_opened_with() -> None:
    wallet = Wallet()
    opened = []
    for equity, day in ((100.0, date(2024, 1, 30)), (90.0, date(2024, 2, 1)), (80.0, date(2024, 2, 5))):
        wallet.equity = equity
        open_day(wallet, (day - FIRST).days * DAY)
        opened.append((wallet.day_open, wallet.week_open, wallet.month_open))
    assert opened == [(100.0, 100.0, 100.0), (90.0, 100.0, 90.0), (80.0, 80.0, 90.0)]
