"""How many bars a year has, where prices are made every day and where they are not."""

from cryptoflow.domain.metrics import EVERY_DAY
from cryptoflow.market.times import DAY, MINUTE, WEEK

SESSION = 390 * MINUTE
"""What a stock exchange is open on a day."""


def bars_per_year(timeframe: int, days: int = EVERY_DAY) -> float:
    """Return how many bars of a timeframe a year has, of so many days of trading.

    >>> bars_per_year(DAY), bars_per_year(DAY, 252), bars_per_year(30 * MINUTE, 252)
    (365.0, 252.0, 3276.0)
    """
    if days == EVERY_DAY or timeframe > DAY:
        return EVERY_DAY * DAY / timeframe
    return days * max(1.0, SESSION / timeframe)


def span(bars: int, timeframe: int, days: int = EVERY_DAY) -> int:
    """Return milliseconds in which there are so many bars; where exchanges close, some more than needed.

    >>> span(10, DAY) // DAY, span(10, DAY, 252) // DAY
    (10, 22)
    """
    if days == EVERY_DAY:
        return bars * timeframe
    own = int(bars * EVERY_DAY * DAY / bars_per_year(timeframe, days))
    return -(-own // DAY) * DAY + WEEK if bars else 0
