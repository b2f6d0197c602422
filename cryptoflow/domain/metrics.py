"""What a run was worth: return, risk and costs as single numbers.

Conventions: returns are daily, of the equity at the close of each UTC day, the first one from the starting
capital; a day without bars repeats the last value. A year has 365 of them. Where a source says that it has fewer,
like the 252 of a stock exchange, a day without bars is none.
Deviations are of a sample (n - 1), the risk-free rate is 0, ratios are annualised. Losses are negative
shares. What is undefined (a win rate without trades, a ratio over zero) is NaN here and null in JSON.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from math import fsum, isfinite, isnan, nan, sqrt
from typing import NamedTuple

from cryptoflow.domain.calendar import DAY

EVERY_DAY = 365
"""Days of a year on which prices are made, where nothing ever closes."""

TAIL = 0.05
"""The share of days that value at risk looks at."""

FEWEST_DAYS = 20
"""Below this many days there is no worst one in twenty."""


class Metrics(NamedTuple):
    """Every metric of a run, in the order in which it is shown.

    Amounts (`final_equity`, `fees`, `slippage`) are in the account's currency, `turnover` counts how often
    the average equity was bought or sold, the rest are shares and ratios.
    """

    final_equity: float
    total_return: float
    cagr: float
    sharpe: float
    sortino: float
    calmar: float
    max_drawdown: float
    volatility: float
    var_95: float
    cvar_95: float
    win_rate: float
    profit_factor: float
    trades: int
    fees: float
    slippage: float
    exposure: float
    turnover: float

    def plain(self) -> dict[str, float | int | None]:
        """Return the metrics as JSON takes them: what is undefined is null."""
        return {name: value if isfinite(value) else None for name, value in self._asdict().items()}


def measure(
    *,
    capital: float,
    times: Sequence[int],
    equity: Sequence[float],
    profits: Sequence[float],
    fees: float,
    slippage: float,
    notional: float,
    exposure: float,
    drawdown: float | None = None,
    days: int = EVERY_DAY,
) -> Metrics:
    """Return the metrics of a run that began with `capital` and had `equity` at the close of each bar.

    `times` are when the bars opened, `profits` what each closed trade brought after costs, `notional` all
    that was bought and sold, `exposure` the share of bars in the market. A driver that followed the
    drawdown hands it in. `days` are those of a year on which prices are made.
    """
    worth = daily(times, equity, capital, every=days == EVERY_DAY)
    returns = changes(worth)
    final = float(equity[-1]) if len(equity) else capital
    growth = cagr(capital, final, len(returns), days)
    fall = max_drawdown((capital, *equity)) if drawdown is None else drawdown
    tail = var_95(returns)
    return Metrics(
        final_equity=final,
        total_return=over(final - capital, capital),
        cagr=growth,
        sharpe=sharpe(returns, days),
        sortino=sortino(returns, days),
        calmar=over(growth, -fall),
        max_drawdown=fall,
        volatility=volatility(returns, days),
        var_95=tail,
        cvar_95=cvar_95(returns),
        win_rate=win_rate(profits),
        profit_factor=profit_factor(profits),
        trades=len(profits),
        fees=fees,
        slippage=slippage,
        exposure=exposure,
        turnover=over(notional, mean(worth)),
    )


def over(a: float, b: float) -> float:
    """Return a / b, or NaN when that is undefined.

    >>> over(3.0, 2.0), over(1.0, 0.0)
    (1.5, nan)
    """
    return a / b if b else nan


def mean(values: Sequence[float]) -> float:
    """Return the mean of a sum that is rounded once, so that the order of values does not matter.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    return fsum(values) / len(values) if values else nan


def daily(times: Sequence[int], equity: Sequence[float], capital: float, *, every: bool = True) -> list[float]:
    """Return the capital, then the equity at the close of each UTC day from the first to the last bar.

    `times` are when bars opened, in order; a bar belongs to the day in which it opens. Days without bars are left out
    unless `every` one counts.

    >>> daily([0, 43_200_000, 86_400_000, 3 * 86_400_000], [11.0, 12.0, 13.0, 14.0], 10.0)
    [10.0, 12.0, 13.0, 13.0, 14.0]
    >>> daily([0, 86_400_000, 3 * 86_400_000], [12.0, 13.0, 14.0], 10.0, every=False)
    [10.0, 12.0, 13.0, 14.0]
    """
    if not len(times):
        return [capital]
    first, last = int(times[0]) // DAY, int(times[-1]) // DAY
    days = range(first, last + 1) if every else sorted({int(at) // DAY for at in times})
    ends = (bisect_left(times, (day + 1) * DAY) for day in days)
    return [capital, *(float(equity[end - 1]) for end in ends)]


def monthly(times: Sequence[int], equity: Sequence[float], capital: float) -> list[tuple[int, int, float]]:
    """Return (year, month, return) of each calendar month (UTC) from the first bar's to the last one's.

    >>> monthly([0, 31 * 86_400_000], [11.0, 22.0], 10.0)
    [(1970, 1, 0.1), (1970, 2, 1.0)]
    """
    months, before, row = [], capital, 0
    while row < len(times):
        at = datetime.fromtimestamp(int(times[row]) // 1000, UTC)
        following = datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)
        row = bisect_left(times, int(following.timestamp()) * 1000)
        after = float(equity[row - 1])
        months.append((at.year, at.month, over(after - before, before)))
        before = after
    return months


def changes(worth: Sequence[float]) -> list[float]:
    """Return the relative change from each value to the next.

    >>> changes([100.0, 110.0, 99.0])
    [0.1, -0.1]
    """
    return [over(after - before, before) for before, after in pairwise(worth)]


def cagr(start: float, final: float, elapsed: int, days: int = EVERY_DAY) -> float:
    """Return the growth per year that leads from `start` to `final` in so many days; all lost is -1.

    A few good days can promise more than a number holds; that is undefined.

    >>> cagr(100.0, 200.0, elapsed=365)
    1.0
    >>> cagr(1.0, 11.0, elapsed=1)
    nan
    """
    if start <= 0 or elapsed < 1:
        return nan
    if final <= 0:
        return -1.0
    try:
        growth = float((final / start) ** (days / elapsed))
    except OverflowError:
        return nan
    return growth - 1


def deviation(returns: Sequence[float]) -> float:
    """Return the deviation of a sample; equal returns have none, whatever rounding leaves.

    >>> deviation([1.0, 3.0]) == sqrt(2)
    True
    """
    if len(returns) < 2:
        return nan
    middle = mean(returns)
    spread = sqrt(fsum((each - middle) ** 2 for each in returns) / (len(returns) - 1))
    return spread if spread > 1e-12 * abs(middle) else 0.0


def volatility(returns: Sequence[float], days: int = EVERY_DAY) -> float:
    """Return the deviation of daily returns, per year.

    >>> volatility([0.01, 0.01, 0.01])
    0.0
    """
    return deviation(returns) * sqrt(days)


def sharpe(returns: Sequence[float], days: int = EVERY_DAY) -> float:
    """Return mean over deviation of daily returns, per year.

    >>> round(sharpe([0.01, -0.01, 0.02]), 4)
    8.3381
    """
    return over(mean(returns), deviation(returns)) * sqrt(days)


def sortino(returns: Sequence[float], days: int = EVERY_DAY) -> float:
    """Return mean over downside deviation (root mean square of losses, over all days), per year.

    >>> round(sortino([0.01, -0.01, 0.02]), 4)
    22.0605
    """
    if len(returns) < 2:
        return nan
    downside = sqrt(fsum(min(each, 0.0) ** 2 for each in returns) / len(returns))
    return over(mean(returns), downside) * sqrt(days)


def max_drawdown(equity: Iterable[float]) -> float:
    """Return the deepest fall from an earlier high, as a negative share.

    >>> max_drawdown([100.0, 120.0, 90.0, 130.0])
    -0.25
    """
    peak, deepest = 0.0, 0.0
    for worth in equity:
        if worth > peak:
            peak = worth
        elif worth - peak < deepest * peak:
            deepest = (worth - peak) / peak
    return deepest


def worst_first(returns: Sequence[float]) -> list[float]:
    """Return daily returns from the worst on; none where days are too few, or undefined, to speak of the worst.

    >>> worst_first([0.01]), worst_first([0.0] * 20 + [-1.0])[:2]
    ([], [-1.0, 0.0])
    """
    return [] if len(returns) < FEWEST_DAYS or any(map(isnan, returns)) else sorted(returns)


def var_95(returns: Sequence[float]) -> float:
    """Return the daily return that one day in twenty falls below (historical, between two days linear).

    >>> var_95([float(day) for day in range(21)])
    1.0
    """
    ordered = worst_first(returns)
    if not ordered:
        return nan
    place = TAIL * (len(ordered) - 1)
    low = int(place)
    return ordered[low] + (ordered[low + 1] - ordered[low]) * (place - low)


def cvar_95(returns: Sequence[float]) -> float:
    """Return the mean of the worst of every twenty days, down to the one at which `var_95` lies.

    They are counted, not compared: days on which nothing was held are all alike and would drown the bad ones.

    >>> cvar_95([float(day) for day in range(21)]), cvar_95([-1.0] + [0.0] * 20)
    (0.5, -0.5)
    """
    return mean(worst_first(returns)[: int(TAIL * (len(returns) - 1)) + 1])


def win_rate(profits: Sequence[float]) -> float:
    """Return the share of trades that brought something after costs.

    >>> win_rate([3.0, -1.0, 0.0, 2.0])
    0.5
    """
    return over(float(sum(profit > 0 for profit in profits)), len(profits))


def profit_factor(profits: Sequence[float]) -> float:
    """Return what winners brought over what losers cost; without losers there is none.

    >>> profit_factor([3.0, -1.0, -1.0])
    1.5
    """
    won = fsum(profit for profit in profits if profit > 0)
    lost = fsum(profit for profit in profits if profit < 0)
    return over(won, -lost)
