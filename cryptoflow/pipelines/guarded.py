"""What guarded an account, day by day: acts of its discipline, and how many entries each guard refused or reduced."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import Reason, Topic
from cryptoflow.pipelines.measure import PLACES
from cryptoflow.pipelines.reasons import named
from cryptoflow.pipelines.tapes import Names
from cryptoflow.report.view import Act, GuardedDay

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Outcome, Plan

OWN = (Reason.SYMBOL_TAKEN, Reason.COOLDOWN, Reason.NO_SIZE)
"""Refusals that a strategy brings upon itself: no guard had a say."""


def days_of(outcome: "Outcome", plan: "Plan", names: Names, acts: Sequence[Act]) -> tuple[GuardedDay, ...]:
    """Return every day on which a guard did something, with what the account was worth at its last close.

    A bar that closes at midnight belongs to the day that it ends.
    """
    import numpy as np

    tape, days = outcome.tape, (outcome.times + plan.account.timeframe - 1) // DAY
    refused = counted(tape, (tape["topic"] == Topic.REFUSED) & ~np.isin(tape["reason"], OWN), names)
    reduced = counted(tape, (tape["topic"] == Topic.ORDER) & (tape["reason"] == Reason.REDUCED), names)
    by_day: dict[int, list[Act]] = defaultdict(list)
    for act in acts:
        by_day[(act.at - 1) // DAY].append(act)
    found, tier = [], plan.tier
    for day in sorted({*refused, *reduced, *by_day}):
        tier = by_day[day][-1].tier if by_day[day] else tier
        last = int(np.searchsorted(days, day, side="right")) - 1
        worth = float(outcome.equity[max(0, last)])
        found.append(GuardedDay(day * DAY, told(by_day[day]), folded(refused[day]), folded(reduced[day]), worth, tier))
    return tuple(found)


def counted(tape: Any, chosen: Any, names: Names) -> dict[int, Counter[str]]:
    """Return for each day how often each guard is named on the chosen lines of a tape."""
    import numpy as np

    rows = tape[["at", "reason", "rule"]][chosen]
    found: dict[int, Counter[str]] = defaultdict(Counter)
    days = (rows["at"] - 1) // DAY
    pairs = rows["reason"] * PLACES + rows["rule"]
    both, times = np.unique(np.stack([days, pairs]), axis=1, return_counts=True)
    for (day, pair), many in zip(both.T.tolist(), times.tolist(), strict=True):
        reason, rule = divmod(pair + PLACES // 2, PLACES)
        name = names.rules[rule - PLACES // 2]
        found[day][name if reason == Reason.REDUCED else named(Reason(reason), name)] += many
    return found


def told(acts: Iterable[Act]) -> str:
    """Return the acts of a day in one line, like ones together.

    >>> act = Act(0, "limit is near", "day_loss: 0.60%, limit 0.66%", 100.0, 1)
    >>> told([act, act, act._replace(what="trading resumes", why="")])
    'limit is near, day_loss: 0.60%, limit 0.66% (2×); trading resumes'
    """
    lines = Counter(f"{act.what}, {act.why}" if act.why else act.what for act in acts)
    return "; ".join(line if times == 1 else f"{line} ({times}×)" for line, times in lines.items())


def folded(counts: Counter[str]) -> str:
    """Return how often each guard spoke, the most frequent first.

    >>> folded(Counter({"killed": 3, "count": 12}))
    'count 12, killed 3'
    """
    return ", ".join(f"{name} {times:,}" for name, times in counts.most_common())
