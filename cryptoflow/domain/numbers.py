"""Arithmetic that steps share because compiled and plain Python must agree on it."""

from math import exp, inf, log, nan, sqrt

LARGEST_EXPONENT = 709.782712893384
"""Above it e^x is no float: Python raises, compiled code says infinity, and so do we."""


def ratio(a: float, b: float) -> float:
    """Divide `a` by `b`; NaN when `b` is 0, where Python raises and compiled code gives an infinity.

    >>> ratio(1.0, 4.0), ratio(1.0, 0.0)
    (0.25, nan)
    """
    if b == 0.0:
        return nan
    return a / b


def root(x: float) -> float:
    """Return the square root; NaN below 0, where Python raises.

    >>> root(9.0), root(-1.0)
    (3.0, nan)
    """
    return sqrt(x) if x >= 0.0 else nan


def log_of(x: float) -> float:
    """Return the natural logarithm; NaN at 0 and below, where Python raises.

    >>> log_of(1.0), log_of(0.0)
    (0.0, nan)
    """
    return log(x) if x > 0.0 else nan


def exp_of(x: float) -> float:
    """Return e to the power of `x`; infinite where a float has no room for it and Python raises.

    >>> exp_of(0.0), exp_of(1000.0)
    (1.0, inf)
    """
    return inf if x > LARGEST_EXPONENT else exp(x)
