"""What a guest's rule, sizer or slippage answers as plain Python, and what it counts as when it is no answer."""

from collections.abc import Callable
from math import nan
from numbers import Real
from typing import Any

from cryptoflow.domain.review import Reading
from cryptoflow.domain.steps import Step
from cryptoflow.engine.chains import is_foreign
from cryptoflow.engine.runtime.scripts import RAISED, said, where
from cryptoflow.errors import CryptoflowError


def answering(verb: Callable[..., Any], otherwise: Any = nan) -> Callable[..., Any]:
    """Let a guest's verb that raises, or answers no number, answer NaN, which refuses an entry; others stay."""
    if not is_foreign(verb):
        return verb
    known = is_reading if isinstance(otherwise, Reading) else is_number

    def answer(*given: Any) -> Any:
        try:
            found = verb(*given)
        except RAISED:
            return otherwise
        return found if known(found) else otherwise

    return answer


def costing(slippage: Step) -> Callable[..., Any]:
    """Let a guest's slippage that raises, or answers no number, end the run: what a fill loses cannot be left open."""
    cost = slippage.function
    if not is_foreign(cost):
        return cost

    def answer(*given: Any) -> Any:
        try:
            found = cost(*given)
        except RAISED as error:
            what = f"slippage {slippage.name} raised {type(error).__name__}: {error}"
            raise CryptoflowError(what, where=where(cost, error), fix="let it say a share of the price") from error
        if not is_number(found):
            what = f"slippage {slippage.name}: cost returned {said(found)}, but is to return a share of the price"
            raise CryptoflowError(what, where=where(cost), fix="`return 0.0` where nothing is lost")
        return found

    return answer


def is_number(found: object) -> bool:
    """Say whether an answer is one number.

    >>> is_number(2), is_number(None), is_number((1.0,))
    (True, False, False)
    """
    return isinstance(found, Real)


def is_reading(found: object) -> bool:
    """Say whether an answer is a reading, and all of it are numbers.

    >>> is_reading(Reading(1.0, 2.0, 0)), is_reading(Reading(None, 2.0, 0)), is_reading((1.0, 2.0, 0))
    (True, False, False)
    """
    return isinstance(found, Reading) and all(map(is_number, found))
