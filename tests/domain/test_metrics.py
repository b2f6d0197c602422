from math import inf, isnan, nan, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.metrics import Metrics, daily, max_drawdown, measure, monthly

DAY, HOUR = 86_400_000, 3_600_000
worths = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=60)


def measured(equity: list[float], **given: object) -> Metrics:
    """A run of one bar per day that started with 100."""
    settings = {"profits": [], "fees": 0.0, "slippage": 0.0, "notional": 0.0, "exposure": 0.0, **given}
    return measure(capital=100.0, times=[DAY * day for day in range(len(equity))], equity=equity, **settings)


def test_a_run_that_did_nothing_has_no_risk_and_no_ratios() -> None:
    idle = measured([100.0] * 30)
    assert (idle.final_equity, idle.total_return, idle.cagr) == (100.0, 0.0, 0.0)
    assert (idle.max_drawdown, idle.volatility, idle.var_95, idle.cvar_95) == (0.0, 0.0, 0.0, 0.0)
    assert all(isnan(each) for each in (idle.sharpe, idle.sortino, idle.calmar, idle.win_rate, idle.profit_factor))


def test_undefined_is_null_in_json() -> None:
    plain = measured([100.0] * 3).plain()
    assert plain["sharpe"] is None
    assert plain["trades"] == 0
    assert list(plain) == list(Metrics._fields)
    assert measured([100.0])._replace(calmar=inf).plain()["calmar"] is None


def test_ratios_are_those_of_the_textbook() -> None:
    run = measured([110.0, 99.0, 118.8])
    mean, spread = 0.2 / 3, sqrt(((0.1 - 0.2 / 3) ** 2 + (-0.1 - 0.2 / 3) ** 2 + (0.2 - 0.2 / 3) ** 2) / 2)
    assert run.total_return == pytest.approx(0.188)
    assert run.volatility == pytest.approx(spread * sqrt(365))
    assert run.sharpe == pytest.approx(mean / spread * sqrt(365))
    assert run.sortino == pytest.approx(mean / sqrt(0.01 / 3) * sqrt(365))
    assert run.max_drawdown == pytest.approx(-0.1)
    assert run.cagr == pytest.approx(1.188 ** (365 / 3) - 1)
    assert run.calmar == pytest.approx(run.cagr / 0.1)


def test_a_source_may_have_fewer_days_in_a_year() -> None:
    run, stock = measured([110.0, 99.0]), measured([110.0, 99.0], days=252)
    assert stock.volatility == pytest.approx(run.volatility * sqrt(252 / 365))


def test_the_first_day_counts_from_the_capital() -> None:
    assert measured([90.0]).max_drawdown == pytest.approx(-0.1)
    assert measured([90.0, 90.0]).volatility == pytest.approx(sqrt(0.005) * sqrt(365))


def test_a_day_is_worth_what_its_last_bar_closed_at() -> None:
    times = [hour * HOUR for hour in range(49)]
    assert daily(times, [float(hour) for hour in range(49)], 5.0) == [5.0, 23.0, 47.0, 48.0]


def test_months_are_those_of_the_calendar() -> None:
    leap_february = 1_706_745_600_000
    times = [leap_february + day * DAY for day in range(30)]
    equity = [110.0] * 29 + [121.0]
    assert monthly(times, equity, 100.0) == [(2024, 2, pytest.approx(0.1)), (2024, 3, pytest.approx(0.1))]


def test_the_worst_days_need_twenty_to_be_named() -> None:
    assert isnan(measured([100.0 + day for day in range(19)]).var_95)
    assert measured([100.0 + day for day in range(20)]).var_95 >= 0


def test_trades_that_won_and_lost() -> None:
    run = measured([100.0], profits=[30.0, -10.0, -10.0, 0.0])
    assert (run.trades, run.win_rate, run.profit_factor) == (4, 0.25, 1.5)


def test_turnover_counts_how_often_the_average_equity_went_round() -> None:
    assert measured([100.0, 100.0], notional=500.0).turnover == 5.0


def test_a_driver_may_hand_in_the_drawdown_it_followed() -> None:
    assert measured([100.0, 99.0], drawdown=-0.5).max_drawdown == -0.5


def test_all_lost_is_minus_one() -> None:
    ruined = measured([50.0, 0.0, 0.0])
    assert (ruined.cagr, ruined.total_return, ruined.max_drawdown) == (-1.0, -1.0, -1.0)


def test_a_run_without_bars_is_its_capital() -> None:
    empty = measured([])
    assert empty.final_equity == 100.0
    assert isnan(empty.cagr)


@given(worths)
def test_every_metric_of_every_run_is_a_number_or_undefined(equity: list[float]) -> None:
    run = measured(equity, profits=equity)
    assert all(value is None or value == value for value in run.plain().values())
    assert -1 <= run.max_drawdown <= 0
    assert isnan(run.var_95) or run.cvar_95 <= run.var_95 + 1e-12


@given(worths, st.floats(0.001, 1000))
def test_the_currency_does_not_change_the_drawdown(equity: list[float], rate: float) -> None:
    assert max_drawdown([worth * rate for worth in equity]) == pytest.approx(max_drawdown(equity), abs=1e-9)


def test_not_a_number_never_reaches_the_json() -> None:
    assert measured([100.0], fees=nan).plain()["fees"] is None
