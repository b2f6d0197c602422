"""How calm an account is at a moment, as `tilt show`, `tilt baseline` and `status` say it."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cryptoflow.domain.calendar import LONG_AGO, NEVER
from cryptoflow.domain.tilt.baseline import is_known
from cryptoflow.domain.tilt.conduct import CONDUCT, Conduct, after, for_time, passed
from cryptoflow.domain.tilt.cooldowns import entry_from
from cryptoflow.domain.tilt.levels import CALM, LEVEL_OF, SHARES, STATES, WINS, Level
from cryptoflow.domain.tilt.lockouts import CALM_DAYS, is_locked, size_left
from cryptoflow.domain.tilt.records import HABITS, RANGE_WIDTH, RANGES_AT, SAMPLES, SAMPLES_SEEN
from cryptoflow.domain.tilt.signs import live, score_of
from cryptoflow.domain.tilt.table import INDICATORS, named
from cryptoflow.pipelines.journals.place import opened
from cryptoflow.storage.events.folding import folded
from cryptoflow.storage.work.sql_store import SqlStore

HABIT_NAMES = ("entries together", "size by what is usual", "bars after a loss")


class TiltStanding(NamedTuple):
    """How calm an account is: its level until when, the score, what is live, and what of its size an entry keeps."""

    account: str
    at: int
    level: str
    state: str
    until: int | None
    score: float
    live: tuple[str, ...]
    size: float
    locked: bool
    needs_reflection: bool
    wins: int
    wins_needed: int
    calm_days_needed: int
    debt: float
    next_entry_by_hand: int | None


class Range(NamedTuple):
    """What is usual of a habit: from `low` to `high`, None where there are too few samples yet."""

    whose: str
    habit: str
    samples: int
    low: float | None
    high: float | None


async def conduct_of(account: str) -> Conduct:
    """Return an account's conduct as its journal tells it."""
    async with opened(account) as database, SqlStore(database).view(account) as work:
        return (await folded(work, CONDUCT)).state


def until(conduct: Conduct, at: int) -> Conduct:
    """Return a conduct once the time until a moment has passed."""
    for event, moment in tuple(passed(conduct, at)):
        conduct = after(conduct, event, moment)
    now = conduct.copied()
    for_time(now, at)
    return now


def standing(account: str, conduct: Conduct, at: int) -> TiltStanding:
    """Return how calm an account is at a moment."""
    now = until(conduct, at)
    tilt = now.tilt
    level = LEVEL_OF[tilt.state]
    way_back = tilt.stage > 0 and tilt.state == CALM
    since = tilt.since if level == Level.CAUTION else LONG_AGO
    next_at = entry_from(now.hands.entered_at, since, now.hands.overridden_at)
    return TiltStanding(
        account=account,
        at=at,
        level=Level(level).name.lower(),
        state=STATES[tilt.state].value,
        until=tilt.until if tilt.until != NEVER else None,
        score=score_of(now.signs, at),
        live=tuple(each.id for each in named(live(now.signs, at))),
        size=0.0 if is_locked(tilt) else min(size_left(tilt), SHARES[tilt.stage]),
        locked=is_locked(tilt),
        needs_reflection=STATES[tilt.state].value in ("locked", "waiting"),
        wins=tilt.wins if way_back else 0,
        wins_needed=WINS[tilt.stage] if way_back else 0,
        calm_days_needed=CALM_DAYS if way_back else 0,
        debt=tilt.debt,
        next_entry_by_hand=next_at if next_at > at else None,
    )


def ranges(conduct: Conduct) -> Iterator[Range]:
    """Yield what is usual of each habit, of the account's strategies and of its operator."""
    for whose, rows in (("strategies", conduct.habits), ("operator", conduct.own)):
        for habit in range(HABITS):
            place, known = RANGES_AT + habit * RANGE_WIDTH, is_known(rows, habit)
            yield Range(
                whose,
                HABIT_NAMES[habit],
                min(SAMPLES, int(rows[SAMPLES_SEEN + habit])),
                max(0.0, rows[place + 1]) if known else None,  # no habit is less than none
                rows[place + 2] if known else None,
            )


def indicators() -> tuple[Mapping[str, Any], ...]:
    """Return the table of indicators as plain values."""
    return tuple({**each._asdict(), "whose": each.whose.value} for each in INDICATORS)
