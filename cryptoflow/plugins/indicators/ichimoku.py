"""Hosoda's Ichimoku lines."""

from math import isfinite, nan
from typing import NamedTuple

from pydantic import Field

from cryptoflow.plugins.indicators.highest import State as Highest
from cryptoflow.plugins.indicators.highest import slide as highest
from cryptoflow.plugins.indicators.lowest import State as Lowest
from cryptoflow.plugins.indicators.lowest import slide as lowest
from cryptoflow.plugins.kinds import Indicator, Lookback, Ring
from cryptoflow.plugins.registry import indicator


class State(NamedTuple):
    """The four lines, then count, place and edges of the three channels."""

    conversion: float = nan
    base: float = nan
    span_a: float = nan
    span_b: float = nan
    fast_n: int = 0
    fast_at: int = 0
    fast_top: int = 0
    fast_bottom: int = 0
    slow_n: int = 0
    slow_at: int = 0
    slow_top: int = 0
    slow_bottom: int = 0
    span_n: int = 0
    span_at: int = 0
    span_top: int = 0
    span_bottom: int = 0


START = State()


def step(state: State, ring: Ring, high: float, low: float, fast: float, slow: float, span: float) -> State:
    """Move the three channels by one bar; the ring holds highs, then lows, of each.

    >>> state, ring = State(), [nan] * 12
    >>> for price in (10.0, 12.0, 16.0):
    ...     state = step(state, ring, price + 1, price - 1, 1, 2, 3)
    >>> state[:4]
    (16.0, 14.0, 15.0, 13.0)
    """
    if not (isfinite(high) and isfinite(low)):
        return START
    f, s = 2 * int(fast), 2 * int(slow)
    top_1 = highest(Highest(nan, state.fast_top, state.fast_n, state.fast_at), ring, 0, high, fast)
    low_1 = lowest(Lowest(nan, state.fast_bottom, state.fast_n, state.fast_at), ring, int(fast), low, fast)
    top_2 = highest(Highest(nan, state.slow_top, state.slow_n, state.slow_at), ring, f, high, slow)
    low_2 = lowest(Lowest(nan, state.slow_bottom, state.slow_n, state.slow_at), ring, f + int(slow), low, slow)
    top_3 = highest(Highest(nan, state.span_top, state.span_n, state.span_at), ring, f + s, high, span)
    low_3 = lowest(Lowest(nan, state.span_bottom, state.span_n, state.span_at), ring, f + s + int(span), low, span)
    conversion, base = (top_1.value + low_1.value) / 2, (top_2.value + low_2.value) / 2
    return State(
        *(conversion, base, (conversion + base) / 2, (top_3.value + low_3.value) / 2),
        *(top_1.n, top_1.at, top_1.top, low_1.bottom),
        *(top_2.n, top_2.at, top_2.top, low_2.bottom),
        *(top_3.n, top_3.at, top_3.top, low_3.bottom),
    )


@indicator("ichimoku")
class Ichimoku(Indicator):
    """Ichimoku: the middles of three channels; `span_a` and `span_b` are the edges of the cloud as computed now.

    A chart draws the cloud `slow` bars later, so the one over this bar is `ichimoku().span_a[26]`; the lagging
    line, a close drawn back in time, is `close` against `close[26]`.

    Formula: middles of donchian: conversion over fast, base over slow, span_a their mean, span_b over span bars
    Warm-up: the longest of the three windows.
    Reference: TA-Lib MIDPRICE; the lines of G. Hosoda.
    """

    group = "trend"
    columns = ("high", "low")
    outputs = ("conversion", "base", "span_a", "span_b")
    windowed = True
    State = State
    step = staticmethod(step)

    fast: Lookback = Field(9, description="bars of the conversion line")
    slow: Lookback = Field(26, description="bars of the base line")
    span: Lookback = Field(52, description="bars of the far edge of the cloud")

    def memory(self) -> int:
        """Highs and lows of the three channels."""
        return 2 * (self.fast + self.slow + self.span)
