"""Parts of a whole: `2%`, `150%` of gain, `5 bps`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from cryptoflow.spec.written import NUMBER, MisreadError, Written


def percent(number: float) -> str:
    """The share that a bare number was meant to be: under 1 a part of 1, otherwise percent.

    >>> percent(0.02), percent(2)
    ('2%', '2%')
    """
    exact = Decimal(str(number)) * (100 if 0 <= number < 1 else 1)
    return f"{exact.normalize():f}%"


class Share(Written, float):
    """A part of a whole, from `2%`: a float between 0 and 1.

    >>> Share("2%") == 0.02, str(Share("2%"))
    (True, '2%')
    """

    noun, example, pattern = "a share", "2%", rf"{NUMBER} ?%"
    most: ClassVar[int] = 100

    @classmethod
    def _parse(cls, text: str) -> tuple[float, Mapping[str, object]]:
        if re.fullmatch(f"-{cls.pattern}", text):
            raise MisreadError(text, f"{cls.noun} is at least 0%")
        cls._groups(text)
        percent = Decimal(text.rstrip(" %"))
        if percent > cls.most:
            raise MisreadError(text, f"{cls.noun} is at most {cls.most}%")
        return float(percent / 100), {}

    @classmethod
    def _bare(cls, number: float) -> str:
        small = f"{Decimal(str(number)).normalize():f}%"
        return f"write {small} or {percent(number)}, whichever is meant" if 0 < number < 1 else f"write {small}"


class Gain(Share):
    """A distance in percent that may exceed the whole, from `150%`: a target can be far away."""

    noun, most = "a percentage", 10_000


class Bps(Written, float):
    """Hundredths of a percent, from `5 bps`: a float, 0.0005.

    >>> Bps("5 bps") == 0.0005
    True
    """

    noun, example, pattern = "a number of basis points", "5 bps", rf"({NUMBER}) ?bps"

    @classmethod
    def _parse(cls, text: str) -> tuple[float, Mapping[str, object]]:
        points = Decimal(cls._groups(text)[0])
        if points > 10_000:
            raise MisreadError(text, "10000 bps are the whole, and this is more")
        return float(points / 10_000), {}

    @classmethod
    def _bare(cls, number: float) -> str:
        return f"write {number:g} bps"
