"""The metrics of random equity curves are those of an independent library; docs/metrics.md has the conventions."""

from itertools import accumulate
from math import isfinite, isnan

import empyrical
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.metrics import FEWEST_DAYS, Metrics, measure

HOUR = 3_600_000
NEW_YEAR = 1_704_067_200_000

Curve = tuple[float, pd.Series]


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """A capital and the equity at closes of bars that lie an hour or some days apart, often without a move."""
    parts = st.one_of(st.just(0), st.integers(-900_000, 2_000_000), st.integers(-50_000, 50_000))
    moves = parts.map(lambda part: part / 1_000_000)
    steps = draw(st.lists(st.tuples(st.integers(1, 60), moves), min_size=1, max_size=150))
    capital = draw(st.floats(1.0, 1e7))
    opens = accumulate((gap for gap, _ in steps), initial=draw(st.integers(0, 23)))
    equity = accumulate((1.0 + move for _, move in steps), lambda worth, growth: worth * growth, initial=capital)
    times = pd.to_datetime([NEW_YEAR + hour * HOUR for hour in opens][1:], unit="ms", utc=True)
    return capital, pd.Series(list(equity)[1:], index=times)


def ours(capital: float, equity: pd.Series, days: int) -> Metrics:
    """What we make of a curve."""
    return measure(
        capital=capital,
        times=(equity.index.astype("datetime64[ms, UTC]").astype("int64")).tolist(),
        equity=equity.tolist(),
        profits=[],
        fees=0.0,
        slippage=0.0,
        notional=0.0,
        exposure=0.0,
        days=days,
    )


def returns(worths: pd.Series) -> np.ndarray:
    """The changes from one value to the next, as exact as they can be had from rounded values."""
    values = worths.to_numpy()
    return np.diff(values) / values[:-1]


def theirs(capital: float, equity: pd.Series, days: int) -> dict[str, float]:
    """What the library makes of it: of daily returns, and for the drawdown of the returns of every bar."""
    start = pd.Series([capital])
    closes = equity.groupby(equity.index.floor("D")).last()
    closes = closes.asfreq("D").ffill() if days == 365 else closes
    daily, bars = returns(pd.concat([start, closes])), returns(pd.concat([start, equity]))
    alike = len(daily) > 1 and np.std(daily, ddof=1) <= 1e-12 * abs(daily.mean())
    growth, fall = empyrical.cagr(daily, annualization=days), empyrical.max_drawdown(bars)
    return {
        "total_return": empyrical.cum_returns_final(daily),
        "cagr": growth,
        "sharpe": np.nan if alike else empyrical.sharpe_ratio(daily, annualization=days),
        "sortino": empyrical.sortino_ratio(daily, annualization=days) if len(daily) > 1 else np.nan,
        "calmar": growth / -fall if fall < 0 else np.nan,
        "max_drawdown": fall,
        "volatility": empyrical.annual_volatility(daily, annualization=days),
        "var_95": empyrical.value_at_risk(daily) if len(daily) >= FEWEST_DAYS else np.nan,
        "cvar_95": empyrical.conditional_value_at_risk(daily) if len(daily) >= FEWEST_DAYS else np.nan,
    }


@given(curves(), st.sampled_from((365, 252)))
def test_a_library_that_knows_nothing_of_us_comes_to_the_same_metrics(curve: Curve, days: int) -> None:
    one, other = ours(*curve, days)._asdict(), theirs(*curve, days)
    for name, value in other.items():
        if isfinite(value):
            assert one[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
        else:
            assert isnan(one[name]), name


def test_calmar_of_daily_bars_is_the_library_s_own() -> None:
    moves = np.random.default_rng(7).normal(0.001, 0.03, 400)
    equity = pd.Series(1000 * np.cumprod(1 + moves), pd.date_range("2024-01-01", periods=400, tz="UTC"))
    calmar = empyrical.calmar_ratio(moves, annualization=365)
    assert ours(1000.0, equity, 365).calmar == pytest.approx(calmar, rel=1e-9)


def test_days_without_a_position_do_not_drown_the_bad_ones() -> None:
    equity = [1000.0] * 50 + [900.0] + [900.0] * 49
    curve = pd.Series(equity, pd.date_range("2024-01-01", periods=100, tz="UTC"))
    assert ours(1000.0, curve, 365).cvar_95 == pytest.approx(-0.1 / 5)
