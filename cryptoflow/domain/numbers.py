"""Arithmetic that steps share because compiled and plain Python must agree on it."""

from math import nan


def ratio(a: float, b: float) -> float:
    """Divide `a` by `b`; NaN when `b` is 0, where Python raises and compiled code gives an infinity.

    >>> ratio(1.0, 4.0), ratio(1.0, 0.0)
    (0.25, nan)
    """
    if b == 0.0:
        return nan
    return a / b
