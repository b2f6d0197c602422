"""Whether a venue's success is an answer: a body that holds no list of bars says nothing, not that there are none."""

from typing import Any

PLACES = {"binance": (), "bybit": ("result", "list")}
"""Under which words the rows of bars stand, where we know."""

NUMBERS = 5
"""What a bar has besides its moment, or in place of it where moments have a list of their own."""


def holds_bars(venue: str, answer: Any) -> bool:
    """Say whether an answer to a question for bars is a list of them, and be it an empty one.

    Of a venue whose dialect we do not know, a list anywhere that could be one is enough, or a word that has none.

    >>> [holds_bars("binance", body) for body in ([], {}, [None], [[60_000, "1", "2", "1", "2", "9"]], [[60_000]])]
    [True, False, False, True, False]
    >>> [holds_bars("okx", body) for body in ({"data": []}, {"data": None}, {"code": 0, "msg": "maintenance"})]
    [True, True, False]
    """
    if venue not in PLACES:
        return _may_hold(answer)
    for word in PLACES[venue]:
        answer = answer.get(word) if isinstance(answer, dict) else None
    return isinstance(answer, list) and all(_is_row(row) for row in answer)


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and len(row) > NUMBERS and str(row[0]).isdigit()


def _may_hold(answer: Any) -> bool:
    if isinstance(answer, list):
        return all(isinstance(each, int | float | str) or _is_long(each) for each in answer)
    return isinstance(answer, dict) and any(each is None or _may_hold(each) for each in answer.values())


def _is_long(each: Any) -> bool:
    return isinstance(each, list | dict) and len(each) >= NUMBERS
