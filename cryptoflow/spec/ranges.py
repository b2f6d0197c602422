"""From one number to another: `2..200` for a parameter, `500..2000 USDT` for the equity of a tier."""

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal

from cryptoflow.spec.money import CURRENCY
from cryptoflow.spec.written import NUMBER, MisreadError, Written

BOUND = rf"-?{NUMBER}%?"


class Range(Written):
    """Numbers from the first to the last, both included, from `2..200` or `0.5%..2% step 0.5%`.

    Iterating gives ints when every part is whole, floats otherwise. A range of fractions has no step of its
    own (`.step` is 0): it bounds a parameter, but only with a step can it be swept.

    >>> list(Range("20..30 step 5")), list(Range("0.5%..1.5% step 0.5%"))
    ([20, 25, 30], [0.005, 0.01, 0.015])
    """

    noun, example = "a range", "2..200 step 2"
    pattern = rf"({BOUND}) ?\.\. ?({BOUND})(?: step ({NUMBER}%?))?"
    low: float
    high: float
    step: float
    _bounds: tuple[Decimal, Decimal, Decimal]

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        parts = [part for part in cls._groups(text, "write both ends with two dots between: 2..200") if part]
        if len({part.endswith("%") for part in parts}) > 1:
            law, fix = "the parts of a range have the same unit", "write % after each part, or after none"
            raise MisreadError(text, law, fix)
        whole = not any(part.endswith("%") or "." in part for part in parts)
        low, high, *rest = (_exact(part) for part in parts)
        step = rest[0] if rest else Decimal(int(whole))
        if high < low:
            law, fix = "a range does not end before it starts", f"write {parts[1]}..{parts[0]}"
            raise MisreadError(text, law, fix)
        if rest and not step:
            raise MisreadError(text, "a step is more than 0")
        number = int if whole else float
        fields = {"low": number(low), "high": number(high), "step": number(step)}
        return None, {**fields, "_bounds": (low, high, step)}

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are in it."""
        return isinstance(self.low, int)

    def count(self) -> int:
        """How many numbers iterating gives."""
        low, high, step = self._bounds
        if not step:
            law = "a range of fractions needs a step to be walked through"
            raise MisreadError(self.text, law, f"write it like {self.text} step 0.1")
        return int((high - low) // step) + 1

    def __iter__(self) -> Iterator[float]:
        low, _, step = self._bounds
        number = int if self.whole else float
        return (number(low + position * step) for position in range(self.count()))

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self._bounds == other._bounds

    def __hash__(self) -> int:
        return hash(self._bounds)


class Band(Written):
    """Equity from an amount up to, but without, another, from `500..2000 USDT`; `50000.. USDT` has no end.

    >>> 2000 in Band("500..2000 USDT"), 1e9 in Band("50000.. USDT")
    (False, True)
    """

    noun, example, pattern = "a band of equity", "500..2000 USDT", rf"({NUMBER})\.\.({NUMBER})? ({CURRENCY})"
    low: float
    high: float
    currency: str

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        low, high, currency = cls._groups(text)
        band = {"low": float(low), "high": float(high) if high else math.inf, "currency": currency}
        if high and float(high) <= float(low):
            raise MisreadError(text, "a band of equity ends above its start")
        return None, band

    def __contains__(self, equity: float) -> bool:
        return self.low <= equity < self.high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Band) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)


def _exact(bound: str) -> Decimal:
    return Decimal(bound[:-1]) / 100 if bound.endswith("%") else Decimal(bound)
