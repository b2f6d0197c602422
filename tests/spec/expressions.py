"""A few honest little indicators, and expressions standing in a file."""

from collections.abc import Mapping
from math import nan
from typing import NamedTuple

import pytest

from cryptoflow.domain.graph import Graph, Kind
from cryptoflow.domain.steps import BadSetting, Bound, Function
from cryptoflow.errors import CryptoflowError, Place, Problem
from cryptoflow.spec.expression import compile_expression
from cryptoflow.spec.scope import Scope
from cryptoflow.spec.syntax import Text

MINUTE = 60_000
SYMBOLS = ("BTC/USDT", "ETH/USDT")


class Line(NamedTuple):
    value: float = nan
    signal: float = nan


def indicator(
    name: str, inputs: tuple[str, ...], settings: tuple[str, ...], outputs: tuple[str, ...] = ("value",)
) -> Function:
    """An indicator that needs as many bars as its first setting says, or ten."""

    def bind(given: Mapping[str, float]) -> Bound:
        for setting, value in given.items():
            if value < 1:
                raise BadSetting(setting, f"{setting} is {value:g}, but must be at least 1")
        period = int(given.get("period", 10))
        return Bound((float(period),), warmup=period, memory=period)

    whole = (True,) * len(settings)
    return Function(name, inputs, (), settings, whole, outputs, False, Line, lambda state, *_: state, bind)


FUNCTIONS = {
    each.name: each
    for each in (
        indicator("sma", ("x",), ("period",)),
        indicator("highest", ("x",), ("period",)),
        indicator("atr", (), ("period",)),
        indicator("macd", ("x",), (), ("value", "signal")),
    )
}
SCOPE = Scope({"fast": 12, "slow": 26, "n": -1}, FUNCTIONS.get, lambda: tuple(FUNCTIONS), 5 * MINUTE, SYMBOLS)


def standing(text: str) -> Text:
    return Text.at(text, Place("strategies/x.yaml", 9, 15, f"  enter_long: {text}"))


def graph_of(text: str, kind: Kind | None = None) -> Graph:
    return compile_expression(standing(text), SCOPE, kind)


def problems_of(text: str, kind: Kind | None = None) -> tuple[Problem, ...]:
    with pytest.raises(CryptoflowError) as caught:
        graph_of(text, kind)
    return caught.value.problems
