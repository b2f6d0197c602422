"""How calmly an account is led, as its journal tells it: the same steps as in a run, over events.

Levels are facts that are told: whoever evaluates writes them, and a fold believes them. What is live is computed. A
fold knows the time by its events only, so whoever shows a state now lets the time pass first (`passed`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from math import inf, nan
from typing import Any

from cryptoflow.domain.calendar import LONG_AGO
from cryptoflow.domain.events.accounts import EquityMarked, TradeClosed
from cryptoflow.domain.events.discipline import TierDemoted, TierPromoted
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.evidence import OverrideAttempted
from cryptoflow.domain.events.orders import OrderCreated, OrderReviewed
from cryptoflow.domain.events.runs import RunStarted
from cryptoflow.domain.events.tilt import TiltCoupled, TiltEnded, TiltObserved, TiltRaised, TiltReflected, TiltResized
from cryptoflow.domain.journal.fold import Folding
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.domain.records import Pair
from cryptoflow.domain.tilt import hands as by_hand
from cryptoflow.domain.tilt.baseline import forget
from cryptoflow.domain.tilt.hands import Hands
from cryptoflow.domain.tilt.indicators import LIVE_DAY
from cryptoflow.domain.tilt.levels import CALM, LEVEL_OF, LOCKED, SHARES, TIME_OVER, Level, changed
from cryptoflow.domain.tilt.lockouts import close, end, is_earned, look_again, raise_to, reflect, size_back, step_up
from cryptoflow.domain.tilt.records import DEFAULTS, HABITS_SIZE, SIGNS_SIZE, Tilt, TiltLimits
from cryptoflow.domain.tilt.rhythm import enter, leave
from cryptoflow.domain.tilt.signs import count, level_due, live, score_of, sensitivity, show
from cryptoflow.domain.tilt.table import T11, named

STOPPED = ("stop", "trailing")


@dataclass(slots=True)
class Conduct:
    """An account's tilt, the habits of its strategies and of its operator, and what sensitivity depends on."""

    tilt: Tilt = field(default_factory=Tilt)
    signs: list[float] = field(default_factory=lambda: [0.0] * SIGNS_SIZE)
    habits: list[float] = field(default_factory=lambda: [0.0] * HABITS_SIZE)
    own: list[float] = field(default_factory=lambda: [0.0] * HABITS_SIZE)
    pairs: dict[str, Pair] = field(default_factory=dict)
    hands: Hands = field(default_factory=Hands)
    reviewed: dict[str, float] = field(default_factory=dict)
    tier: int = 0
    promoted_at: int = LONG_AGO
    equity: float = nan
    at: int = LONG_AGO

    def copied(self) -> "Conduct":
        """Return the same, which may be moved while this one stays."""
        return replace(
            self,
            tilt=replace(self.tilt),
            signs=[*self.signs],
            habits=[*self.habits],
            own=[*self.own],
            pairs={key: replace(pair) for key, pair in self.pairs.items()},
            hands=replace(
                self.hands,
                sizes=replace(self.hands.sizes),
                stops={**self.hands.stops},
                overrides=[*self.hands.overrides],
            ),
            reviewed={**self.reviewed},
        )

    def pair(self, strategy: str, symbol: str) -> Pair:
        """Return what is remembered of a strategy and a symbol."""
        return self.pairs.setdefault(f"{strategy} {symbol}", Pair())


HEARD: Mapping[str, type[Event]] = {
    kind.name: kind
    for kind in (
        *(RunStarted, EquityMarked, TradeClosed, OrderReviewed, OrderCreated, TierPromoted, TierDemoted),
        *(OverrideAttempted, TiltObserved, TiltCoupled, TiltRaised, TiltEnded, TiltReflected, TiltResized),
    )
}
"""The events that say something of it."""


def step(conduct: Conduct, recorded: Recorded) -> Conduct:
    """Return what an event in the journal makes of it."""
    return after(conduct, recorded.event, recorded.at) if recorded.name in HEARD else conduct


def after(conduct: Conduct, event: Event, at: int) -> Conduct:
    """Return what an event makes of it, once the time until then has passed.

    Marks are most of a journal and move no row, so the rows are not copied for them.
    """
    if isinstance(event, OrderReviewed) and event.verdict == "refused":
        return conduct
    if isinstance(event, EquityMarked) and conduct.tilt.until > at:
        return replace(conduct, equity=float(event.equity), at=max(conduct.at, at))
    now = conduct.copied()
    now.at = max(now.at, at)
    for_time(now, at)
    if isinstance(event, TiltObserved):
        observe(now, event, at)
    elif isinstance(event, OverrideAttempted):
        by_hand.override(now.hands, now.tilt, now.signs, accepted=event.granted, at=at)
    elif isinstance(event, OrderReviewed | OrderCreated | TradeClosed):
        follow(now, event, at)
    elif isinstance(event, TiltCoupled):
        show(now.tilt, now.signs, T11, at, at + LIVE_DAY, 0.0)
        now.tilt.score = score_of(now.signs, at)
    elif isinstance(event, TiltRaised | TiltEnded | TiltReflected | TiltResized):
        believe(now, event, at)
    elif isinstance(event, EquityMarked):
        now.equity = float(event.equity)
    elif isinstance(event, RunStarted):
        now.equity = float(event.capital)
    elif isinstance(event, TierPromoted):
        now.tier, now.promoted_at = event.tier, at
    elif isinstance(event, TierDemoted):
        now.tier, now.promoted_at = event.tier, LONG_AGO
        forget(now.habits)
        forget(now.own)
    return now


def for_time(now: Conduct, at: int) -> None:
    """Let levels end whose time is over."""
    while now.tilt.until <= at:
        end(now.tilt, now.signs, now.tilt.until)


def by_time(conduct: Conduct, at: int) -> Conduct:
    """Return it once the time until a moment has passed."""
    if conduct.tilt.until > at:
        return conduct
    now = conduct.copied()
    for_time(now, at)
    return now


def anew(conduct: Conduct) -> Conduct:
    """Return it as it begins to learn anew what is usual."""
    now = conduct.copied()
    forget(now.habits)
    forget(now.own)
    return now


def observe(now: Conduct, seen: TiltObserved, at: int) -> None:
    """Look at what the operator did."""
    hands, tilt, signs = now.hands, now.tilt, now.signs
    match seen.what:
        case "order":
            by_hand.order(hands, tilt, signs, now.own, seen.symbol, float(seen.notional or 0), at)
        case "trade" if seen.profit is not None and seen.profit < 0:
            by_hand.trade(hands, now.own, seen.symbol, float(seen.profit), stopped=seen.stopped, at=at)
            close(tilt, float(seen.profit), at)
        case "trade":
            return  # a win that is merely claimed earns nothing, and takes nothing back
        case "edit":
            by_hand.edit(hands, tilt, signs, raised=seen.raised, at=at)
        case "restart":
            by_hand.restart(tilt, signs, at)
        case _:  # a cancel: only a terminal interface knows how soon after its order it came
            by_hand.act(hands, at)


def follow(now: Conduct, event: OrderReviewed | OrderCreated | TradeClosed, at: int) -> None:
    """Look at what the account's strategies did."""
    if isinstance(event, OrderReviewed):
        now.reviewed = {event.order: float(event.wanted)}
    elif isinstance(event, TradeClosed):
        profit = float(event.profit)
        close(now.tilt, profit, at)
        leave(now.habits, now.pair(event.strategy, event.symbol), profit, at)
        by_hand.trade(now.hands, now.own, event.symbol, profit, stopped=event.reason in STOPPED, at=at)
    elif event.leg in ("entry", "add"):
        wanted, price = now.reviewed.get(event.order, float(event.notional)), float(event.price)
        risk = nan if event.stop is None else wanted * (1.0 - float(event.stop) / price)
        opens, pair = int(event.leg == "entry"), now.pair(event.strategy, event.symbol)
        enter(now.tilt, now.signs, now.habits, pair, wanted, risk, opens, at - event.decided_at, at)
        now.tilt.score = score_of(now.signs, at)


def believe(now: Conduct, event: TiltRaised | TiltEnded | TiltReflected | TiltResized, at: int) -> None:
    """Take over what was told of levels."""
    tilt = now.tilt
    match event:
        case TiltRaised():
            if raise_to(tilt, now.signs, Level[event.level.upper()], at):
                tilt.until, tilt.score = event.until, event.score
                look_again(tilt)
        case TiltEnded():
            if LEVEL_OF[tilt.state] == Level[event.level.upper()] and changed(tilt.state, TIME_OVER) == CALM:
                end(tilt, now.signs, at)
        case TiltReflected():
            reflect(tilt, now.signs, at)
        case TiltResized():
            tilt.stage, tilt.stage_at, tilt.wins = SHARES.index(event.share), at, 0
            look_again(tilt)


def due(conduct: Conduct, at: int, lows: Mapping[int, float], limits: TiltLimits = DEFAULTS) -> tuple[Event, ...]:
    """Return what follows from what is live now: a level that is due and higher than the one that holds.

    `lows` are the equities that tiers begin with.
    """
    now = conduct.copied()
    for_time(now, at)
    found, score = live(now.signs, at), score_of(now.signs, at)
    factor = sensitivity(now.equity, lows.get(now.tier + 1, inf), now.promoted_at, at, limits)
    weight = count(found) * factor
    level = level_due(weight, limits)
    if level == 0 or not raise_to(now.tilt, now.signs, level, at, limits):
        return ()
    live_now = tuple(each.id for each in named(found))
    return (TiltRaised(Level(level).name.lower(), score, weight, live_now, now.tilt.until),)


def passed(conduct: Conduct, at: int) -> Iterator[tuple[Event, int]]:
    """Yield what has happened by itself until a moment, and when: levels that are over, size that comes back.

    Of a lock only a reflection says that it is over, or the end of its time after one.
    """
    now, level = conduct.copied(), LEVEL_OF[conduct.tilt.state]
    for _ in range(16):
        moment = now.tilt.look_at
        if moment > at:
            return
        if now.tilt.until <= moment:
            ended = end(now.tilt, now.signs, moment)
            if ended:
                yield TiltEnded(Level(level).name.lower()), moment
            if ended == LOCKED:
                yield TiltResized(size_back(now.tilt)), moment
        elif is_earned(now.tilt, moment):
            step_up(now.tilt, moment)
            yield TiltResized(size_back(now.tilt)), moment
        else:
            look_again(now.tilt)


def tell(conduct: Conduct) -> Any:
    """Spell it as JSON values; of rows only what is not 0."""
    told = asdict(conduct)
    for name in ("signs", "habits", "own"):
        told[name] = {str(place): value for place, value in enumerate(told[name]) if value}
    return {**told, "equity": None if conduct.equity != conduct.equity else conduct.equity}


def read(told: Any) -> Conduct:
    """Return what `tell` has spelled."""
    rows = {"signs": [0.0] * SIGNS_SIZE, "habits": [0.0] * HABITS_SIZE, "own": [0.0] * HABITS_SIZE}
    for name, row in rows.items():
        for place, value in told[name].items():
            row[int(place)] = float(value)
    hands = {**told["hands"], "sizes": Pair(**told["hands"]["sizes"])}
    return Conduct(
        **{
            **told,
            **rows,
            "tilt": Tilt(**told["tilt"]),
            "pairs": {key: Pair(**pair) for key, pair in told["pairs"].items()},
            "hands": Hands(**hands),
            "equity": nan if told["equity"] is None else told["equity"],
        }
    )


CONDUCT = Folding("tilt", 2, Conduct(), step, tell, read)
