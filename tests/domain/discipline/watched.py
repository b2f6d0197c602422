"""The law over an account once more, written for people: what its tape tells is enough to say what it may do."""

from dataclasses import dataclass, field

from cryptoflow.domain.calendar import DAY, day_of, month_of, week_of
from cryptoflow.domain.codes import Guard, Leg, OrderType, Reason, Span, Topic
from cryptoflow.domain.records import Line

HOUR, MINUTE = 3_600_000, 60_000
NOISE = 1e-9
LOT = 1e-5
NEVER = -(10**18)

ALLOWED = {
    1: {"order": 100.0, "position": 0.05, "positions": 1, "symbols": 1, "strategies": 1, "day": 25.0},
    2: {"order": 500.0, "position": 0.10, "positions": 3, "symbols": 9, "strategies": 3, "day": 100.0},
    3: {"order": 2_000.0, "position": 0.15, "positions": 5, "symbols": 9, "strategies": 5, "day": 500.0},
    4: {"order": 10_000.0, "position": 0.20, "positions": 10, "symbols": 9, "strategies": 10, "day": 1_000.0},
}
"""The table of tiers as it is written for people."""

UNLOCKED = {OrderType.MARKET: 1, OrderType.LIMIT: 2, OrderType.STOP: 3, OrderType.STOP_LIMIT: 3}
RISK, FALL, DAY_SHARE = 0.01, 0.15, 0.05
RESUMED, PROTECTED = (0.25, 0.5, 0.75), (0.25, 0.4, 0.6, 0.8)
STAGES = (0.25, 0.5, 0.75, 1.0)
WINS, CALM_DAYS = {0.5: 3, 0.75: 5, 1.0: 7}, 5
"""Winning trades that lead to a share of the size, or else so many calm days."""


@dataclass
class Ordered:
    """An entry that was ordered: its lots, and what of them has filled."""

    lots: float
    type: int
    filled: float = 0.0


@dataclass
class Watched:
    """What an account may do now, told by nothing but its tape, its equity at the closes, and money that moved."""

    tier: int
    equity: float
    killed: bool = False
    tripped_at: int = NEVER
    demoted: bool = False
    demoted_at: int = NEVER
    locked: bool = False
    locked_at: int = NEVER
    reflected: bool = False
    restricted: bool = False
    released_at: int = NEVER
    promoted_at: int = NEVER
    stage: float = 1.0
    stage_at: int = NEVER
    wins: int = 0
    losses: int = 0
    lost_at: int = NEVER
    high: float = 0.0
    span: dict[str, int] = field(default_factory=lambda: {"day": -1, "week": -1, "month": -1})
    opened: dict[str, float] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    told_until: dict[str, int] = field(default_factory=dict)
    orders: dict[int, Ordered] = field(default_factory=dict)
    shares: dict[int, float] = field(default_factory=dict)
    """What of its size each symbol's newest entry kept; that very entry may be what makes the next ones smaller."""

    def __post_init__(self) -> None:
        self.high = self.equity
        self.opened = {"day": self.equity}

    def close(self, equity: float, at: int) -> None:
        """Take in what the account is worth at a close; what that costs belongs to the day that ends with it."""
        self.equity, self.high = equity, max(self.high, equity)
        for name, times in (("day", 1), ("week", 2), ("month", 4)):
            if name in self.opened and self.lost(name) >= times * self.limit(name) * (1 + NOISE):
                self.spent[name] = self.span[name]
        day = day_of(at)
        if day > self.span["day"]:
            for name, number in (("day", day), ("week", week_of(day)), ("month", month_of(day))):
                if number != self.span[name]:
                    self.span[name], self.opened[name] = number, equity

    def is_spent(self) -> bool:
        """Whether the day, the week or the month that goes on has cost its limit."""
        return any(number == self.span[name] for name, number in self.spent.items())

    def transfer(self, amount: float) -> None:
        """Let everything move along with money that came or went."""
        self.equity, self.high = self.equity + amount, self.high + amount
        self.opened = {name: opened + amount for name, opened in self.opened.items()}

    def lost(self, name: str) -> float:
        """What the day, the week or the month has cost."""
        return self.opened[name] - self.equity

    def limit(self, name: str) -> float:
        """What a day that opened so may cost in this tier."""
        return min(float(ALLOWED[self.tier]["day"]), self.opened[name] * DAY_SHARE)

    def factor(self, at: int) -> float:
        """The share of its size that an entry keeps: the smallest of all that say something of it."""
        shares = [
            paced(at - self.released_at, DAY, RESUMED),
            paced(at - self.promoted_at, 12 * HOUR, PROTECTED),
            0.5 if self.restricted else 1.0,
            self.stage,
            0.5 if self.lost("day") >= self.limit("day") / 2 * (1 + NOISE) else 1.0,
        ]
        return min(shares)

    def shut(self) -> str:
        """Why nothing may be entered, nor what rests be filled; nothing where it may."""
        reasons = {
            "killed": self.killed,
            "sent down": self.demoted,
            "locked": self.locked,
            **{f"a {name}'s limit": number == self.span[name] for name, number in self.spent.items()},
        }
        return next((name for name, is_so in reasons.items() if is_so), "")

    def paused(self, at: int) -> str:
        """Why nothing may be ordered after what the account has lost by now; nothing where it may."""
        reasons = {
            "a pause after losses": self.losses >= 3 and at < self.lost_at + 30 * MINUTE,
            "a day of losses": self.losses >= 5 and day_of(at) == day_of(self.lost_at),
            "a fall": self.high - self.equity >= FALL * self.high * (1 + NOISE),
            "today's limit": self.lost("day") >= self.limit("day") * (1 + NOISE),
        }
        return next((name for name, is_so in reasons.items() if is_so), "")

    def guard(self, line: Line, *, commanded: bool) -> None:
        """Follow a line about the account's discipline; nothing of it comes before its time but by command."""
        match Guard(line.reason):
            case Guard.TRIPPED:
                self.killed, self.tripped_at = True, line.at
            case Guard.RELEASED:
                assert commanded or line.at >= self.tripped_at + DAY
                self.killed, self.released_at = False, line.at
                self.high, self.losses = self.equity, 0
            case Guard.PROMOTED:
                assert line.number == self.tier + 1
                assert not self.killed
                assert not self.demoted
                self.tier, self.promoted_at = line.number, line.at
            case Guard.DEMOTED:
                assert line.number == max(1, self.tier - 1)
                self.tier, self.promoted_at = line.number, NEVER
                self.demoted, self.demoted_at = True, line.at
            case Guard.ACKNOWLEDGED:
                assert commanded or line.at >= self.demoted_at + DAY
                self.demoted = False
            case Guard.LIMIT_REACHED:
                name = Span(line.rule).name.lower()
                assert line.value >= line.limit * (1 - NOISE)
                assert self.told_until.get(name, NEVER) < line.opened_at
                self.told_until[name] = line.opened_at
            case Guard.TILTED:
                self.tilted(line)
            case Guard.REFLECTED:
                self.reflected = True
            case Guard.CALMED:
                self.calmed(line)
            case Guard.RESIZED:
                self.resized(line)

    def tilted(self, line: Line) -> None:
        """A level begins, and with it the way to the next stage of the size anew."""
        assert line.rule == 3 or not self.locked
        assert line.rule > 2 * self.restricted
        self.restricted = line.rule == 2
        if line.rule == 3:
            self.locked, self.locked_at, self.reflected = True, line.at, False
            assert line.opened_at >= line.at + DAY
        self.stage_at, self.wins = line.at, 0

    def calmed(self, line: Line) -> None:
        """A level ends: a lock not before its day is over, and not without a reflection."""
        assert (line.rule == 3) == self.locked
        if self.locked:
            assert self.reflected
            assert line.at >= self.locked_at + DAY
            self.stage = 0.0  # until a line says more
        self.locked = self.restricted = self.reflected = False
        self.stage_at, self.wins = line.at, 0

    def resized(self, line: Line) -> None:
        """Some of the size comes back after a lock: a step at a time, each of them earned."""
        if self.stage == 0.0:
            assert line.value == STAGES[0]
        else:
            assert line.value == STAGES[STAGES.index(self.stage) + 1]
            assert self.wins >= WINS[line.value] or line.at >= self.stage_at + CALM_DAYS * DAY
        self.stage, self.stage_at, self.wins = line.value, line.at, 0

    def trade(self, line: Line) -> None:
        """Count a closed trade."""
        self.wins += line.profit > 0.0
        self.losses = self.losses + 1 if line.profit < 0.0 else 0
        if line.profit < 0.0:
            self.lost_at = line.at

    def order(self, line: Line) -> None:
        """Hold an entry that is ordered against everything."""
        allowed, worth, factor = ALLOWED[self.tier], line.lots * LOT * line.price, self.factor(line.at)
        self.may(line.type, line.symbol, line.strategy)
        assert self.paused(line.at) == ""
        assert worth <= float(allowed["order"]) * factor * (1 + NOISE)
        assert line.stop < line.price
        assert worth * (line.price - line.stop) / line.price <= self.equity * RISK * factor * (1 + NOISE)
        self.orders[line.number], self.shares[line.symbol] = Ordered(line.lots, line.type), factor

    def may(self, kind: int, symbol: int, strategy: int) -> None:
        """Hold it against what may not be entered at all."""
        allowed = ALLOWED[self.tier]
        assert self.shut() == ""
        assert UNLOCKED[OrderType(kind)] <= self.tier
        assert symbol < allowed["symbols"]
        assert strategy < allowed["strategies"]

    def fill(self, line: Line) -> None:
        """Hold what was bought against what was ordered, and the account as it is by then."""
        order = self.orders[line.number]
        self.may(order.type, line.symbol, line.strategy)
        order.filled += line.lots
        assert order.filled <= order.lots * (1 + NOISE)

    def follow(self, line: Line, *, commanded: bool = False) -> str:
        """Follow a line, and return a word for what it was."""
        match Topic(line.topic):
            case Topic.GUARD:
                self.guard(line, commanded=commanded)
                return Guard(line.reason).name + str(line.rule) * (line.reason == Guard.TILTED)
            case Topic.REFUSED:
                assert line.leg != Leg.EXIT
                return f"refused {Reason(line.reason).name}"
            case Topic.TRADE:
                self.trade(line)
                return "trades"
            case Topic.CANCEL:
                self.orders.pop(line.number, None)
                return "cancels"
        if line.leg == Leg.EXIT:
            return "exits"
        if line.topic == Topic.ORDER:
            self.order(line)
            return "entries"
        self.fill(line)
        return "entry fills"


def paced(passed: int, each: int, shares: tuple[float, ...]) -> float:
    """The share that a pace leaves after so long; a clock that went back is at its beginning."""
    step = max(0, passed // each)
    return shares[step] if step < len(shares) else 1.0
