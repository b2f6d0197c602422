"""Whether an account is ready for more: behaviour, profit, steadiness and experience in one number."""

from collections.abc import Sequence
from math import nan

from pydantic import Field

from cryptoflow.domain.discipline.gates import Finding, at_least, deviation, mean
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Gate
from cryptoflow.plugins.registry import gate

WEEKS, WEEK = 4, 7

NOISE = 1e-9
"""Share that a week which came out even may seem to have lost: floats round."""


@gate("readiness")
class Readiness(Gate):
    """Ask for a readiness of so much: the mean of behaviour, profitability, consistency and experience, each 0 to 100.

    Behaviour is 100 less the tilt score, 50 at most, and less 15, 10 and 5 for each severe, medium and light tilt event
    in 30 days. Profitability is the share of the last four weeks that did not lose. Consistency falls by 25 with each
    step of the deviation of these weeks' days by their mean. Experience is how much the tier has seen of `days` and
    `trades`, which are those of the gates `days_in_tier` and `trades` beside it: a gate knows no other.
    """

    min: int = Field(ge=1, le=100, description="readiness that is enough", examples=["80"])
    days: int = Field(ge=1, le=10_000, description="days in the tier that are full experience", examples=["30"])
    trades: int = Field(ge=1, le=1_000_000, description="trades in the tier that are full experience", examples=["100"])
    step: float = Field(5.0, gt=0, le=100, description="deviation by mean that takes 25 off consistency")

    @staticmethod
    def finding(
        evidence: Evidence,
        days: Sequence[float],
        _stops: Sequence[float],
        needed: float,
        days_asked: float,
        trades_asked: float,
        step: float,
    ) -> Finding:
        """Ready enough; fewer than four weeks show nothing.

        >>> steady = [0.01, 0.02] * 14
        >>> Readiness.finding(Evidence(kept=28, days=30.0, trades=50), steady, (), 80, 30, 100, 0.5)
        Finding(value=93.75, needed=80.0, met=1)
        >>> Readiness.finding(Evidence(kept=27, days=30.0, trades=50), steady, (), 80, 30, 100, 0.5).met
        0
        """
        if evidence.kept < WEEKS * WEEK:
            return at_least(nan, needed)
        experience = 50.0 * capped(ratio(evidence.days, days_asked)) + 50.0 * capped(
            ratio(evidence.trades, trades_asked)
        )
        parts = behaviour(evidence) + profitability(days) + consistency(days, step) + experience
        return at_least(parts / 4.0, needed)


def behaviour(evidence: Evidence) -> float:
    """Return how calmly the account was led.

    >>> behaviour(Evidence()), behaviour(Evidence(tilt=60.0, tilt_severe=1, tilt_light=2))
    (100.0, 25.0)
    """
    left = 100.0 - (50.0 if evidence.tilt > 50.0 else evidence.tilt)
    left -= 15.0 * evidence.tilt_severe + 10.0 * evidence.tilt_medium + 5.0 * evidence.tilt_light
    return 0.0 if left < 0.0 else left


def profitability(days: Sequence[float]) -> float:
    """Return the share of the last four weeks that did not lose, in percent.

    >>> profitability([0.01] * 21 + [-0.01] * 7)
    75.0
    """
    kept = 0
    for week in range(WEEKS):
        worth = 1.0
        for day in range(week * WEEK, week * WEEK + WEEK):
            worth *= 1.0 + days[day]
        if worth >= 1.0 - NOISE:
            kept += 1
    return 100.0 * kept / WEEKS


def consistency(days: Sequence[float], step: float) -> float:
    """Return how alike the days of the last four weeks were; an account that earned nothing has none.

    >>> consistency([0.01, 0.02] * 14, 0.5), consistency([0.01, -0.01] * 14, 0.5), consistency([-0.01] * 28, 0.5)
    (100.0, 0.0, 0.0)
    """
    middle = mean(days, WEEKS * WEEK)
    if middle <= 0.0:
        return 0.0
    spread = ratio(deviation(days, WEEKS * WEEK), middle)
    for taken in range(4):
        if spread <= step * (taken + 1):
            return 100.0 - 25.0 * taken
    return 0.0


def capped(share: float) -> float:
    """Return a share, or the whole where it is more.

    >>> capped(0.5), capped(2.0)
    (0.5, 1.0)
    """
    return 1.0 if share > 1.0 else share
