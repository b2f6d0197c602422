"""How long tilt takes to look at an order when everything is full: a month of samples, and the week's look is due."""

from collections.abc import Iterator
from decimal import Decimal

from benchmarks.figures import Aim, Work, side_by_side
from cryptoflow.domain.calendar import DAY, MINUTE
from cryptoflow.domain.events.tilt import TiltObserved
from cryptoflow.domain.tilt.baseline import sample
from cryptoflow.domain.tilt.conduct import Conduct, after, due
from cryptoflow.domain.tilt.records import HABITS, REFRESH_AT, SAMPLES

NOW = 20_000 * DAY
ORDER = TiltObserved("order", "BTC/USDT", Decimal(100), None, stopped=False, setting="", raised=False)


def tilt() -> Iterator[Work]:
    """Time one evaluation: the account as its journal folds to it, one more order, the level that is due."""
    full = Conduct(equity=1_000.0, tier=1)
    for number in range(SAMPLES):
        for habit in range(HABITS):
            at, value = NOW - (SAMPLES - number) * 40 * MINUTE, float(number * 7919 % 1009)
            sample(full.own, habit, at, value)
            sample(full.habits, habit, at, value)

    def evaluated() -> None:
        full.own[REFRESH_AT] = 0.0
        due(after(full, ORDER, NOW), NOW, {2: 2_000.0})

    def ordered() -> None:
        for _ in range(HABITS):
            sorted(full.own[-SAMPLES:])

    assert after(full, ORDER, NOW).own[REFRESH_AT] > NOW
    yield side_by_side(
        "tilt, one evaluation", evaluated, ordered, "sorting its samples", 1, "look", Aim(0.05, "seconds"), rounds=15
    )
