"""Which way risk goes when a value grows: the table that `diff` judges by."""

from collections.abc import Mapping, Sequence
from enum import Enum
from fnmatch import fnmatchcase
from itertools import zip_longest
from math import inf
from typing import Any, NamedTuple

from cryptoflow.pipelines.review.magnitudes import step
from cryptoflow.pipelines.tiers.tightening import stricter
from cryptoflow.plugins import registry
from cryptoflow.plugins.kinds import Rule


class Tag(Enum):
    """What a change does to what can be lost."""

    UP = "RISK UP"
    DOWN = "RISK DOWN"
    NEUTRAL = "NEUTRAL"


class Judgement(NamedTuple):
    """A tag, and why in a few words."""

    tag: Tag
    why: str = ""


NEUTRAL = Judgement(Tag.NEUTRAL)
TAGS = {1: Tag.UP, -1: Tag.DOWN, 0: Tag.NEUTRAL}


class Much(NamedTuple):
    """How a sentence speaks of more and less: twice as `much`, `more`, `less`."""

    much: str
    more: str
    less: str

    def said(self, direction: int, times: float | None) -> str:
        """The words for a change.

        >>> MUCH.said(1, 2.0), MUCH.said(-1, 0.5), LARGE.said(1, 1.6), LARGE.said(-1, None)
        ('twice as much', 'half as much', '1.6 times as large', 'smaller')
        """
        if times is None or not 0.01 <= times <= 100:
            return self.more if direction > 0 else self.less
        plain = {2.0: "twice", 3.0: "three times", 0.5: "half"}.get(round(times, 6))
        return f"{plain or f'{times:.3g} times'} as {self.much}"


MUCH, LARGE = Much("much", "more", "less"), Much("large", "larger", "smaller")
MANY, FAR = Much("many", "more", "fewer"), Much("far", "farther", "nearer")
LONG, OFTEN = Much("long", "longer", "shorter"), Much("often", "more often", "less often")


class Number(NamedTuple):
    """A number by its key: which way risk goes when it grows, and what that means; `absent` stands for no value."""

    key: str
    grows: int
    why: str
    much: Much = MUCH
    absent: float | None = None


class Sizes(NamedTuple):
    """Shares of its size that an entry keeps, step by step until it keeps all of it."""

    key: str
    why: str


class Order(NamedTuple):
    """Words by their risk, the safest first, and what each means."""

    key: str
    words: Mapping[str, str]


class Names(NamedTuple):
    """A list of names: which way risk goes when it gets longer, and whether an empty one means all."""

    key: str
    grows: int
    empty_is_all: bool = False
    about: str = ""


OPTIMISTIC = "the simulation is kinder than before"

NUMBERS = (
    Number("sizing.risk", 1, "{} is lost at the stop"),
    Number("sizing.max_share", 1, "an entry may be {}", LARGE),
    Number("sizing.share", 1, "an entry is {}", LARGE),
    Number("sizing.amount", 1, "an entry is {}", LARGE),
    Number("strategies.*.allocation", 1, "the strategy may use {}"),
    Number("strategies.*.cooldown", -1, "the pause after a position is {}", LONG, absent=0.0),
    Number("strategies.*.max_adds", 1, "it adds to a position {}", OFTEN, absent=0.0),
    Number("strategies.*.max_bars", 1, "a position may stay {}", LONG, absent=inf),
    Number("risk.stop_loss.missing", 1, "an entry without a stop gets one {} away", FAR),
    Number("risk.after_kill", -1, "the pause after a kill is {}", LONG),
    Number("risk.rules.order.limit", 1, "one order may be {}", LARGE),
    Number("risk.rules.position.limit", 1, "a position may be {}", LARGE),
    Number("risk.rules.position.risk", 1, "a position may lose {} at its stop"),
    Number("risk.rules.count.positions", 1, "{} positions may be open at once", MANY),
    Number("risk.rules.count.per_symbol", 1, "{} positions may be open in a symbol", MANY),
    Number("risk.rules.exposure.limit", 1, "{} may be in the market at once"),
    Number("risk.rules.daily_loss.limit", 1, "a day may lose {}"),
    Number("risk.rules.daily_loss.week", 1, "a week may lose {}"),
    Number("risk.rules.daily_loss.month", 1, "a month may lose {}"),
    Number("risk.rules.daily_loss.caution", 1, "a day may lose {} before entries get smaller"),
    Number("risk.rules.daily_loss.size", 1, "an entry is {} from there on", LARGE),
    Number("risk.rules.collar.limit", 1, "a limit price may be {} from the market", FAR),
    Number("risk.rules.stale.bars", 1, "the newest price may be {}", Much("old", "older", "younger")),
    Number("risk.rules.drawdown.limit", 1, "equity may fall {}", FAR),
    Number("risk.rules.stop.max_distance", 1, "stops may be {} away", FAR),
    Number("risk.rules.rate.*", 1, "{} orders may be sent", MANY),
    Number("risk.rules.filters.minimum", -1, "an entry has to be {}", LARGE),
    Number("risk.rules.daily_loss.kill", 1, "a day may lose {} before the kill switch trips"),
    Number("risk.rules.daily_loss.most", 1, "a day may lose {} whatever the limit"),
    Number("risk.rules.correlation.at", 1, "symbols go {} together before they share a limit", FAR),
    Number("risk.rules.correlation.warn", 1, "symbols go {} together before it is told", FAR),
    Number("risk.rules.streak.losses", 1, "{} losses in a row pass without a pause", MANY),
    Number("risk.rules.streak.pause", -1, "the pause after losses in a row is {}", LONG),
    Number("risk.rules.*.limit", 1, "the limit is {}", LARGE),
    Number("risk.warn_at", 1, "a limit is {} used up before it is told", FAR),
    Number("risk.resume.each", -1, "a step after a release is {}", LONG),
    Number("risk.flash_drop.share", 1, "a price may fall {} at once", FAR),
    Number("risk.flash_drop.pause", -1, "entries pause {} after a price that fell at once", LONG),
    Number("risk.tilt.*.at", 1, "{} has to speak for tilt before it acts"),
    Number("risk.tilt.*.lasts", -1, "a level of tilt is {}", LONG),
    Number("risk.tilt.restricted.size", 1, "an entry of a tilted account is {}", LARGE),
    Number("risk.tilt.sensitivity.*", -1, "tilt counts {} near the next tier"),
    Number("risk.tilt.repeated", -1, "a repeated level of tilt is {}", LONG),
    Number("risk.tilt.longest", -1, "a level of tilt may be {}", LONG),
    Number("tier", 1, "the ceiling is {}", Much("high", "higher", "lower"), absent=inf),
    Number("execution.naked_limit", 1, "a position may be without a stop {}", LONG),
    Number("execution.latency", -1, OPTIMISTIC),
    Number("execution.fills.*", 1, OPTIMISTIC),
    Number("execution.costs.fees.*", -1, OPTIMISTIC),
    Number("execution.costs.slippage.*", -1, OPTIMISTIC),
    Number("market.symbols.top", 1, "{} symbols may be traded", MANY),
    Number("limits.positions", 1, "{} positions at once in this tier", MANY),
    Number("limits.strategies", 1, "{} strategies in this tier", MANY),
    Number("limits.symbols", 1, "{} symbols in this tier", MANY, absent=inf),
    Number("limits.order", 1, "one order may be {} in this tier", LARGE),
    Number("limits.position", 1, "a position may be {} in this tier", LARGE),
    Number("limits.daily_loss", 1, "a day may lose {} in this tier"),
    Number("limits.leverage", 1, "{} leverage in this tier"),
    Number("protection.each", -1, "a phase after a promotion is {}", LONG),
    Number("protection.wait", -1, "the wait after a demotion is {}", LONG),
)
"""The first whose key fits decides. Of what is not here, a rule says itself which way is strict, and the table of tiers
says it of gates; any other number is neutral: nobody can say which way it goes."""

SIZES = (
    Sizes("risk.resume.steps", "size comes back {} after a release"),
    Sizes("protection.phases", "size comes back {} after a promotion"),
)

ORDERS = (
    Order(
        "risk.preset",
        {"strict": "the tightest preset", "tier": "the tier's own limits", "aggressive": "the loosest preset"},
    ),
    Order(
        "discipline",
        {"on": "tier, rules, tilt and kill switch hold again", "off": "no tier, rule, tilt or kill switch holds"},
    ),
    Order(
        "market.filters",
        {"venue": "the venue's lots and minimum hold again", "none": "orders fill that the venue would refuse"},
    ),
)

LISTS = (
    Names("market.symbols", 1),
    Names("market.symbols.exclude", -1),
    Names("strategies.*.rest_in", -1),
    Names("risk.rules.symbols.allow", 1, empty_is_all=True),
    Names("unlocks", 1),
    Names("plugins", 0, about="code to read by itself"),
)


def judged(key: str, before: Any, after: Any, capital: float) -> Judgement:
    """What it does to risk that the value under a key has changed.

    >>> judged("sizing.risk", "0.5%", "1%", 1000.0)
    Judgement(tag=<Tag.UP: 'RISK UP'>, why='twice as much is lost at the stop')
    >>> judged("seed", 1, 2, 1000.0).tag
    <Tag.NEUTRAL: 'NEUTRAL'>
    """
    for number in NUMBERS:
        if fnmatchcase(key, number.key):
            return _number(number, before, after, capital)
    for order in ORDERS:
        if order.key == key and before in order.words and after in order.words:
            ranks = [*order.words]
            rise = ranks.index(after) - ranks.index(before)
            return Judgement(TAGS[(rise > 0) - (rise < 0)], order.words[after])
    for names in LISTS:
        if fnmatchcase(key, names.key) and isinstance(before or [], list) and isinstance(after or [], list):
            return _names(names, before or [], after or [])
    for sizes in SIZES:
        if sizes.key == key and isinstance(before, list) and isinstance(after, list):
            return _sizes(sizes, before, after)
    return _strictness(key, before, after, capital)


def _strictness(key: str, before: Any, after: Any, capital: float) -> Judgement:
    """Judge a setting by which way its rule or its gate says is strict."""
    match key.split("."):
        case ["risk", "rules", name, setting] if name in registry.names("rule"):
            rule = registry.find("rule", name)
            way = (setting in rule.smaller) - (setting in rule.larger) if issubclass(rule, Rule) else 0
            return _plainly(way * step(before, after, capital=capital).direction, "the rule")
        case ["promotion" | "demotion" as part, gate, setting] if isinstance(before, list) and isinstance(after, list):
            return _plainly((not {*after} >= {*before}) - (not {*before} >= {*after}), f"the {part}")
        case ["promotion" | "demotion" as part, gate, setting]:
            return _plainly(-stricter(part, gate, setting) * step(before, after).direction, f"the {part}")
    return NEUTRAL


def _plainly(direction: int, who: str) -> Judgement:
    """What can be said where it is known which way is strict, and no more."""
    return Judgement(TAGS[direction], f"{who} is {'looser' if direction > 0 else 'stricter'}") if direction else NEUTRAL


def _number(number: Number, before: Any, after: Any, capital: float) -> Judgement:
    if number.key == "tier" and None in (before, after):
        if after is None:
            return Judgement(Tag.UP, "no ceiling any more")
        return Judgement(Tag.DOWN, f"nothing above tier {after} any more")
    if "reject" in (before, after):
        return Judgement(Tag.UP, "no longer refused") if before == "reject" else Judgement(Tag.DOWN, "refused")
    way = step(before, after, absent=number.absent, capital=capital)
    if way.direction == 0:
        return NEUTRAL
    return Judgement(TAGS[way.direction * number.grows], number.why.format(number.much.said(*way)))


def _sizes(sizes: Sizes, before: Sequence[Any], after: Sequence[Any]) -> Judgement:
    """Of two ways back to the whole size, one is slower where no step of it keeps more; a step less is the whole."""
    ways = {step(one, other).direction for one, other in zip_longest(before, after, fillvalue="100%")}
    if {1, -1} <= ways or ways <= {0}:
        return NEUTRAL
    return Judgement(TAGS[max(ways, key=abs)], sizes.why.format("faster" if 1 in ways else "slower"))


def _names(names: Names, before: Sequence[Any], after: Sequence[Any]) -> Judgement:
    """More names, or fewer; where some came and others went, the number decides, and equal numbers are neutral."""
    came, went = [each for each in after if each not in before], [each for each in before if each not in after]
    why = ", ".join([*(f"{each} added" for each in came), *(f"{each} removed" for each in went)])
    why = f"{why}: {names.about}" if names.about else why
    if not came and not went:
        return Judgement(Tag.NEUTRAL, "another order")
    if names.empty_is_all and not (before and after):
        return Judgement(TAGS[names.grows if not after else -names.grows], "all of them" if not after else "only these")
    if came and went and len(after) <= len(before):
        return Judgement(Tag.NEUTRAL, why)
    return Judgement(TAGS[names.grows if came else -names.grows], why)
