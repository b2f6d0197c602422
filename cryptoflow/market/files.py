"""Bars from a file: which one, which of its rows, and whether they can be true."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.calendars import ALWAYS, UNKNOWN
from cryptoflow.market.checks import check
from cryptoflow.market.columns import Told
from cryptoflow.market.flaws import problems
from cryptoflow.market.placeholders import filled
from cryptoflow.market.times import moment, timeframe_name


def located(path: str, asked: Asked) -> Path:
    """Return the file that `path`, relative to the folder of a question, means for its symbol; it must be there."""
    file = asked.folder / filled(path, asked.symbol, asked.timeframe, asked.venue)
    if not file.is_file():
        beside = sorted(each.name for each in file.parent.glob(f"*{file.suffix}"))
        near = get_close_matches(file.name, beside, n=1)
        others = f"its folder has {', '.join(beside[:5]) or 'none like it'}"
        hint = f"did you mean {near[0]}?" if near else others
        raise CryptoflowError(f"there is no file {file}", fix=hint)
    return file


def selected(told: Told, asked: Asked) -> Bars:
    """Return the bars that were asked for; those are checked, of other rows only that they can be read."""
    if told.flaws:
        raise CryptoflowError(problems(told.sheet.name, told.sheet.word, told.flaws))
    inside = np.flatnonzero((told.open_at >= asked.start) & (told.open_at < asked.end))
    name = told.sheet.name
    if len(inside) == 0:
        raise CryptoflowError(
            f"{name} has no bars from {moment(asked.start)} to {moment(asked.end)}",
            fix="ask for a period that it covers: " + _covered(told),
        )
    # Rows side by side need no copy, and mostly they are.
    together = inside[-1] - inside[0] + 1 == len(inside)
    chosen: Any = slice(int(inside[0]), int(inside[-1]) + 1) if together else inside
    columns: Any = zip(COLUMNS, (told.open_at, *told.numbers), strict=True)
    cut = {column: values[chosen] for column, values in columns}
    # Of what has no quote, like a stock, nobody says here on which days it is traded.
    calendar = ALWAYS if "/" in asked.symbol else UNKNOWN
    bars = Bars(symbol=asked.symbol, timeframe=asked.timeframe, notes=told.notes, calendar=calendar, **cut)
    _refuse_longer(bars, name)
    check(bars, name, told.sheet.numbers(inside), told.sheet.word)
    return bars


def _covered(told: Told) -> str:
    if len(told.open_at) == 0:
        return "it has no rows"
    return f"its bars open from {moment(int(told.open_at.min()))} to {moment(int(told.open_at.max()))}"


def _refuse_longer(bars: Bars, name: str) -> None:
    """Bars further apart than the timeframe throughout are of a longer one, not full of gaps."""
    apart = np.diff(bars.open_at)
    if len(apart) and apart.min() > bars.timeframe:
        found, asked = timeframe_name(int(apart.min())), timeframe_name(bars.timeframe)
        raise CryptoflowError(
            f"{name} holds bars of {found}, but {asked} was asked for",
            fix=f"timeframe: {found}, or another file",
        )
