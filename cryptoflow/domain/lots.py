"""Quantities in lots and prices in ticks: where plain numbers become what a venue takes."""

from math import floor, isnan

COUNTABLE = 1e15
"""Ticks up to which a price lies on one; beyond it floats are farther apart, and NaN and infinity lie nowhere."""
FORGIVEN, SLACK = 1e-12, 1e-9
"""What a count of lots may lack and be whole, as a share of it and in lots: more than floats lose, and no coin."""


def whole_lots(quantity: float, lot: float, whole: int) -> float:
    """Round a quantity down to whole lots, forgiving the last bits of a float.

    Where `whole` is 0 the venue knows no lots and the quantity stays as it is.

    >>> whole_lots(0.3, 0.1, 1), whole_lots(0.35, 0.1, 1), whole_lots(0.35, 1.0, 0)
    (3.0, 3.0, 0.35)
    """
    count = quantity / lot
    if isnan(count) or count <= 0.0:
        return 0.0
    return whole_part(count, whole)


def whole_part(count: float, whole: int) -> float:
    """Return the whole lots of a count above 0, forgiving the last bits of a float; where there are no lots, all of it.

    >>> whole_part(2.9999999999, 1), whole_part(2.99, 1), whole_part(2.99, 0), whole_part(299_999_999.99, 1)
    (3.0, 2.0, 2.99, 299999999.0)
    """
    return float(floor(count * (1.0 + FORGIVEN) + SLACK)) if whole == 1 else count


def affordable_lots(cash: float, price: float, lot: float, whole: int) -> float:
    """Return the lots that cash pays for, and not one more: nothing is forgiven where money would be missing.

    >>> affordable_lots(0.3, 1.0, 0.1, 1), affordable_lots(0.3, 1.0, 1.0, 0)
    (2.0, 0.3)
    """
    count = cash / (price * lot)
    if isnan(count) or count <= 0.0:
        return 0.0
    return float(floor(count)) if whole == 1 else count


def on_tick(price: float, tick: float) -> float:
    """Round a price to the nearest tick; a tick of 0 means any price will do.

    >>> on_tick(100.04, 0.1), on_tick(100.06, 0.1), on_tick(7.123, 0.0)
    (100.0, 100.10000000000001, 7.123)
    """
    if tick <= 0.0 or not abs(price) < COUNTABLE * tick:
        return price
    return floor(price / tick + 0.5) * tick


def on_tick_above(price: float, tick: float) -> float:
    """Round a price up to a tick, forgiving the last bits of a float: a stop so rounded is no farther than asked.

    >>> on_tick_above(100.04, 0.1), on_tick_above(3 * 0.1, 0.1)
    (100.10000000000001, 0.30000000000000004)
    """
    if tick <= 0.0 or not abs(price) < COUNTABLE * tick:
        return price
    return -floor(-(price / tick) * (1.0 - 1e-12)) * tick
