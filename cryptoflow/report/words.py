"""How numbers are written for people: with a sign where it matters, an en dash where there is none."""

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from cryptoflow.domain.metrics import Metrics

NONE = "–"


def share(value: float) -> str:
    """Return a share as percent.

    >>> share(0.1234), share(float("nan"))
    ('12.34%', '–')
    """
    return f"{value * 100:,.2f}%" if isfinite(value) else NONE


def change(value: float) -> str:
    """Return a share that may be a gain or a loss.

    >>> change(0.05), change(-0.05), change(0.0)
    ('+5.00%', '−5.00%', '0.00%')
    """
    return signed(value, share)


def amount(value: float) -> str:
    """Return an amount of money without its currency.

    >>> amount(1234.5)
    '1,234.50'
    """
    return f"{value:,.2f}" if isfinite(value) else NONE


def gain(value: float) -> str:
    """Return an amount that may be a gain or a loss.

    >>> gain(-3.0)
    '−3.00'
    """
    return signed(value, amount)


def ratio(value: float) -> str:
    """Return a ratio.

    >>> ratio(1.239), ratio(-0.5)
    ('1.24', '−0.50')
    """
    return f"{value:,.2f}".replace("-", "−") if isfinite(value) else NONE


def times(value: float) -> str:
    """Return how many times something happened over.

    >>> times(12.3)
    '12.3×'
    """
    return f"{value:,.1f}×" if isfinite(value) else NONE


def whole(value: float) -> str:
    """Return a count.

    >>> whole(1234)
    '1,234'
    """
    return f"{value:,.0f}"


def plain(value: float) -> str:
    """Return a price or a quantity with the digits it has, eight significant ones at most.

    >>> plain(76476.369999999995), plain(0.00012345), plain(1e-9), plain(1200.0)
    ('76,476.37', '0.00012345', '0.000000001', '1,200')
    """
    if not isfinite(value):
        return NONE
    text = f"{Decimal(f'{value:.8g}'):,f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def signed(value: float, write: Callable[[float], str]) -> str:
    """Return a number with its sign, a true minus; nothing has none."""
    if not isfinite(value) or not value:
        return write(value)
    return ("+" if value > 0 else "−") + write(abs(value))


class Label(NamedTuple):
    """A metric as people see it: its name, how it is written, and what it is an amount of."""

    metric: str
    text: str
    write: Callable[[float], str]
    money: bool = False


LABELS = (
    Label("total_return", "Total return", change),
    Label("final_equity", "Final equity", amount, money=True),
    Label("sharpe", "Sharpe", ratio),
    Label("max_drawdown", "Max drawdown", change),
    Label("trades", "Trades", whole),
    Label("win_rate", "Win rate", share),
    Label("cagr", "Return per year", change),
    Label("volatility", "Volatility per year", share),
    Label("sortino", "Sortino", ratio),
    Label("calmar", "Calmar", ratio),
    Label("var_95", "Worst day in 20", change),
    Label("cvar_95", "Mean of those days", change),
    Label("profit_factor", "Profit factor", ratio),
    Label("exposure", "Time in the market", share),
    Label("turnover", "Turnover", times),
    Label("fees", "Fees", amount, money=True),
    Label("slippage", "Slippage", amount, money=True),
)
"""Every metric, the six that matter most first."""

HEADLINES = 6


def written(metrics: Metrics, label: Label, currency: str) -> str:
    """Return a metric of a run as people read it."""
    text = label.write(getattr(metrics, label.metric))
    return f"{text} {currency}" if label.money and text != NONE else text
