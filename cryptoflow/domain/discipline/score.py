"""How much of what an account may lose is used up, in one number from 0 to 100."""

from cryptoflow.domain.numbers import ratio

DRAWDOWN, DAY, STREAK, ALERTS = 40.0, 30.0, 20.0, 10.0
"""What each part adds to the score where its limit is reached."""

MOST_ALERTS = 3
"""As many open alerts count in full."""


def score(drawdown: float, day: float, streak: float, alerts: float) -> float:
    """Return the risk score: 0 where nothing is used up, 100 where every limit is reached.

    Each part is the share of its limit that is used up: of the fall from the peak, of the day's loss, of what a losing
    streak may cost, and of the alerts that may be open. None counts for more than its whole.

    >>> score(0.0, 0.0, 0.0, 0.0), score(0.5, 0.5, 0.5, 0.5), score(1.0, 1.0, 1.0, 1.0)
    (0.0, 50.0, 100.0)
    >>> score(2.0, 0.0, 0.0, 0.0), score(-1.0, 0.5, 0.0, 0.0)
    (40.0, 15.0)
    """
    return DRAWDOWN * whole(drawdown) + DAY * whole(day) + STREAK * whole(streak) + ALERTS * whole(alerts)


def used(amount: float, limit: float) -> float:
    """Return the share of a limit that is used up; of a limit of nothing, all of it as soon as anything is.

    >>> used(30.0, 120.0), used(-5.0, 120.0), used(1.0, 0.0), used(0.0, 0.0)
    (0.25, 0.0, 1.0, 0.0)
    """
    if not amount > 0.0:
        return 0.0
    return whole(ratio(amount, limit)) if limit > 0.0 else 1.0


def whole(share: float) -> float:
    """Return a share that is no less than nothing and no more than the whole; what is no number is the whole.

    >>> whole(0.3), whole(-0.1), whole(7.0), whole(float("nan"))
    (0.3, 0.0, 1.0, 1.0)
    """
    if share < 0.0:
        return 0.0
    return share if share < 1.0 else 1.0
