"""One guest of every kind that both drivers run."""
# ruff: noqa: ARG004 - a verb takes what its kind is given, used or not

from math import isnan, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.domain.numbers import ratio, root
from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Indicator, Rule, Sizer, Slippage
from cryptoflow.plugins.registry import indicator, rule, sizer, slippage
from cryptoflow.spec.values import Bps, Share


class State(NamedTuple):
    """The average."""

    value: float = nan


@indicator("my_average")
class MyAverage(Indicator):
    """An average that gives every new value the same weight."""

    inputs = ("x",)
    State = State

    bars: int = Field(5, ge=1, description="bars that the weight is one of")

    @staticmethod
    def step(state: State, x: float, bars: float) -> State:
        """Move by one bar."""
        if isnan(state.value):
            return State(x)
        return State(state.value + ratio(x - state.value, bars))


@sizer("my_nine")
class MyNine(Sizer):
    """A share of equity in nine parts."""

    a: Share = Field(Share("1%"), description="share of equity")
    b: Share = Field(Share("1%"), description="share of equity")
    c: Share = Field(Share("1%"), description="share of equity")
    d: Share = Field(Share("1%"), description="share of equity")
    e: Share = Field(Share("1%"), description="share of equity")
    f: Share = Field(Share("1%"), description="share of equity")
    g: Share = Field(Share("1%"), description="share of equity")
    h: Share = Field(Share("1%"), description="share of equity")
    i: Share = Field(Share("1%"), description="share of equity")

    @staticmethod
    def notional(
        equity: float,
        cash: float,
        price: float,
        stop: float,
        a: float,
        b: float,
        c: float,
        d: float,
        e: float,
        f: float,
        g: float,
        h: float,
        i: float,
    ) -> float:
        """All parts together."""
        return equity * (a + b + c + d + e + f + g + h + i)


@rule("my_root")
class MyRoot(Rule):
    """Room by the root of what is left above a reserve; below it there is no root."""

    reserve: float = Field(900.0, description="quote currency that is not to be touched")
    factor: float = Field(10.0, description="quote currency per root")

    @staticmethod
    def headroom(order: Entry, account: AccountView, reserve: float, factor: float) -> float:
        """The root, times the factor."""
        return root(account.equity - reserve) * factor


@slippage("my_thin")
class MyThin(Slippage):
    """More for a larger part of the bar's volume."""

    slope: Bps = Field(Bps("50 bps"), description="basis points for the whole volume of a bar")

    @staticmethod
    def cost(side: float, price: float, quantity: float, volume: float, slope: float) -> float:
        """Half of the slope for half of the volume, and never more than the slope."""
        part = ratio(quantity, volume)
        if isnan(part):
            return slope
        return min(slope, slope * part)
