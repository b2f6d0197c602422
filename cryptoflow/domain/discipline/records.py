"""The state of an account's discipline, and the numbers of each tier, as records like those of a run."""

from dataclasses import dataclass
from math import inf, nan

from cryptoflow.domain.calendar import LONG_AGO, NEVER


@dataclass(slots=True)
class Halt:
    """The kill switch: whether it has tripped, what tripped it, and when trading goes on.

    `high` is the highest equity since trading last went on, from which drawdown counts. `day_warned` is the day whose
    loss was warned of, `fall_warned` the high from which a fall was. `day_shut`, `week_shut` and `month_shut` are the
    last day, week and month that reached their limit. Below `floor` or from `look_at` on the account has to be looked
    at; until then no limit of it can have been reached.
    """

    tripped: int = 0
    cause: int = 0
    at: int = LONG_AGO
    until: int = NEVER
    released_at: int = LONG_AGO
    high: float = 0.0
    floor: float = inf
    look_at: int = LONG_AGO
    trips: int = 0
    day_warned: int = -1
    fall_warned: float = 0.0
    day_shut: int = LONG_AGO
    week_shut: int = LONG_AGO
    month_shut: int = LONG_AGO


@dataclass(slots=True)
class Streak:
    """The losing trades since the last one that was not: how many, what they cost, when the last ended.

    `warned` is 1 once its cost was warned of.
    """

    losses: int = 0
    cost: float = 0.0
    last_at: int = LONG_AGO
    warned: int = 0


@dataclass(slots=True)
class Standing:
    """Where the account stands in the tier table, since when, and what it has shown there.

    `promoted_at` is when it came up. While `demoted` is 1, until `exits_until`, it may only leave positions; no
    promotion is before `promotion_from`. `under_since` is when equity fell below the tier's own, -1 while it is not;
    `day_base` is what the day's loss counts from. `gained` and `lost` are what its trades brought and cost, `impact`
    the most that a fill slipped, `kept` how many returns of days there are.
    """

    tier: int = 1
    since: int = LONG_AGO
    promoted_at: int = LONG_AGO
    demoted: int = 0
    exits_until: int = LONG_AGO
    promotion_from: int = LONG_AGO
    under_since: int = -1
    breach_at: int = LONG_AGO
    day_base: float = 0.0
    month: int = -1
    month_high: float = 0.0
    month_drawdown: float = 0.0
    trades: int = 0
    wins: int = 0
    gained: float = 0.0
    lost: float = 0.0
    impact: float = 0.0
    kept: int = 0
    stop_outs: int = 0
    promotions: int = 0
    demotions: int = 0


@dataclass(slots=True)
class Tier:
    """What a tier asks and allows: the equity it begins with, the limits of a day, of the fall from the peak and of
    a streak. Shares are of what the limit is about; `day_demotion` is the least loss of a day by which a gate may send
    one tier down, after which there is no promotion for the `wait`. Of a limit is warned from `warn_at` of it on. So
    many limits of the day are the limit of a `week` and of a `month`. A streak of `streak` losses pauses entries, one
    of `streak_stop` ends those of the day.

    `unlocks` are features, a bit each; entries are for the first so many symbols and strategies of a spec. Symbols are
    `alike` from such a correlation on, over so many days of which at least some have to be there.
    """

    low: float = 0.0
    day_share: float = 1.0
    day_amount: float = inf
    day_kill: float = 1.5
    day_most: float = 0.15
    week: float = 2.0
    month: float = 4.0
    day_demotion: float = 1.0
    fall_share: float = 0.15
    fall_amount: float = inf
    streak: int = 3
    streak_cost: float = 0.03
    streak_pause: int = 1_800_000
    streak_stop: int = 5
    unlocks: int = -1
    symbols: int = 1_000_000
    strategies: int = 1_000_000
    wait: int = 2_592_000_000
    warn_at: float = 0.8
    alike: float = 0.7
    alike_days: int = 30
    alike_least: int = 20


@dataclass(slots=True)
class Evidence:
    """What gates read: the account's record in its tier at the moment of the look.

    `low` is the equity that its tier begins with; `day` is today's return so far; `days` and what begins with it are in
    days, `under` in milliseconds below the tier's own equity. `impact` is the most that a fill slipped, as a share of
    it; `largest_share` the best strategy's of all that was earned, NaN where nothing was. In the last 24 hours one rule
    has refused so many orders of the operator at most (`refusals`), who tried to override so often (`overrides`); tilt
    events are those of 30 days. `days_since_override` counts from when such began to be recorded where
    there was none. `lookahead` and `warmup` are 1 where that probe passed. What nothing can show is NaN.
    """

    at: int = 0
    equity: float = nan
    low: float = nan
    days: float = 0.0
    day: float = 0.0
    under: int = 0
    trades: int = 0
    wins: int = 0
    gained: float = 0.0
    lost: float = 0.0
    days_since_breach: float = inf
    month_drawdown: float = 0.0
    impact: float = 0.0
    symbols_in_profit: int = 0
    strategies_in_profit: int = 0
    largest_share: float = 0.0
    kept: int = 0
    stop_outs: int = 0
    tilt: float = 0.0
    tilt_severe: int = 0
    tilt_medium: int = 0
    tilt_light: int = 0
    positions: int = 0
    refusals: int = 0
    overrides: int = 0
    days_since_override: float = nan
    paper_trips: float = nan
    paper_hours: float = nan
    lookahead: float = nan
    warmup: float = nan
    replays: float = nan


DAYS = 64
"""Returns of completed days that are kept, the newest first."""

STOPS = 16
"""Stop-outs in a row that are kept, the newest first, two numbers each: when it was, and what it cost."""
