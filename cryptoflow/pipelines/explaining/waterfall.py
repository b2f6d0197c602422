"""How large a typical entry of a spec would be, and what cuts it on the way from wish to order."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, isnan
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.domain.codes import Reason
from cryptoflow.domain.lots import whole_lots
from cryptoflow.domain.propose import entry_price, least, limit_of, refusal, stop_of, stop_share_of
from cryptoflow.domain.records import AccountView, Entry, Past, Signal, Strategy, Verdict
from cryptoflow.domain.review import ALLOCATION, CASH, Reading, bound, within_means
from cryptoflow.domain.steps import Step
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.explaining.in_force import Offer, Value, in_force
from cryptoflow.pipelines.explaining.typical import Typical, typical
from cryptoflow.pipelines.listed import foreseen, stand_in
from cryptoflow.pipelines.reasons import said, why
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.registry import find
from cryptoflow.spec.values import Limit

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan


class Stage(NamedTuple):
    """One party that had a say: how much it left room for, how much was left after it, and where it got that from.

    Of one that cuts, `told` says what it looked at and what it allows.
    """

    name: str
    room: float
    left: float
    cuts: bool
    source: str
    told: str = ""


class Waterfall(NamedTuple):
    """A typical entry from wish to order, amounts in the quote currency; no stop is NaN."""

    strategy: str
    symbol: str
    currency: str
    equity: float
    price: float
    stop: float
    told: tuple[str, ...]
    wanted: float
    stages: tuple[Stage, ...]
    lots: float
    notional: float
    refused: str
    why: str = ""
    """Why it is not what was wanted, empty when it is."""
    smallest: float = 0.0
    """What is left of it on the first day after the kill switch or a promotion."""
    smallest_told: str = ""
    """Why that is too small to order, empty where it is not."""

    @property
    def bound_by(self) -> Stage | None:
        """The last that cut it, None when it is as large as wanted."""
        return next((stage for stage in reversed(self.stages) if stage.cuts), None)


def waterfalls(resolved: Resolved) -> tuple[Waterfall, ...]:
    """The typical entry of every strategy into the first symbol, with all of the starting capital free."""
    known = foreseen(resolved)
    named = stand_in(known)
    plan = plan_of(named, [0] * len(named.symbols))
    moment = typical(known, plan)
    values = {value.key: value for value in in_force(resolved)}
    return tuple(waterfall(resolved, plan, number, moment, values) for number in range(len(resolved.strategies)))


def waterfall(resolved: Resolved, plan: "Plan", number: int, moment: Typical, values: Mapping[str, Value]) -> Waterfall:
    """The typical entry of one strategy: completed, sized, reviewed and cut to lots as the engine does it."""
    settings, market, equity, signal = plan.strategies[number], plan.markets[0], plan.capital, moment.signals[number]
    price = entry_price(settings, moment.close, market.tick)
    stop = stop_of(signal, settings, price, market.tick)
    sizer = plan.verbs.sizers[settings.sizer]
    past = (0.0,) * len(Past.__slots__) if sizer.past else ()
    wanted = signal.size * equity * settings.allocation
    if isnan(signal.size):
        wanted = sizer.function(equity, equity, price, stop, *moment.read, *past, *plan.sizer_settings[number])
    entry = Entry(
        price=price,
        stop=stop,
        notional=wanted,
        lot=market.lot,
        min_notional=market.min_notional,
        fee=0.0 if plan.account.base_fees == 1 else market.taker_fee * plan.account.cost_factor,
        symbol_allowed=market.allowed,
        limit=limit_of(settings, price, market.tick),
        last=moment.close,
        timeframe=plan.account.timeframe,
    )
    account = AccountView(
        equity=equity,
        cash=equity,
        day_open_equity=equity,
        week_open_equity=equity,
        month_open_equity=equity,
        peak_equity=equity,
    )
    review = Review(entry, account, Verdict(wanted), values)
    stages: tuple[Stage, ...] = ()
    if wanted > 0.0:
        stages = (*review.means(settings.allocation, resolved.strategies[number].id), *review.rules(plan))
    granted = review.verdict.notional
    lots, notional, leaving = in_lots(granted, plan, price, stop)
    too_small = isnan(granted) or lots <= 0.0 or leaving < market.min_notional
    part = in_lots(plan.resume[1] * granted, plan, price, stop)
    tiny = plan.account.discipline == 1 and not too_small and (part.lots <= 0.0 or part.leaving < market.min_notional)
    part_left = part.leaving if part.lots > 0.0 else plan.resume[1] * granted
    reason = Reason(refusal(wanted, granted, review.verdict.rule)) if too_small else Reason.REDUCED
    cut = next((stage for stage in reversed(stages) if stage.cuts), None)
    return Waterfall(
        strategy=resolved.strategies[number].id,
        symbol=plan.symbols[0],
        currency=resolved.pipeline.capital.currency,
        equity=equity,
        price=price,
        stop=stop,
        told=(*moment.told, *policy(signal, settings)),
        wanted=wanted,
        stages=stages,
        lots=lots,
        notional=notional,
        refused=reason.name.lower() if too_small else "",
        why=told_of(reason, cut, leaving if lots > 0.0 else granted, least(market, price, lots)),
        smallest=0.0 if too_small else part.notional if plan.account.discipline == 1 else notional,
        smallest_told=why(Reason.BELOW_MINIMUM, "resume", part_left, least(market, price, part.lots), -1)
        if tiny
        else "",
    )


class InLots(NamedTuple):
    """What may be ordered of a notional: whole lots, what they come to, and what they are worth at the stop."""

    lots: float
    notional: float
    leaving: float


def in_lots(granted: float, plan: "Plan", price: float, stop: float) -> InLots:
    """Cut what was granted to lots of the first market, as the engine does it."""
    market = plan.markets[0]
    lots = whole_lots(granted / price, market.lot, market.whole)
    notional = lots * market.lot * price
    return InLots(
        lots, notional, notional * (stop / price) if plan.account.discipline == 1 and stop < price else notional
    )


def policy(signal: Signal, settings: Strategy) -> tuple[str, ...]:
    """What to say of a stop that the strategy itself does not give, and of one in Python, which only a run asks."""
    asked = ("a strategy in Python, which says its size and its stop in a run only",) if settings.script >= 0 else ()
    if isnan(settings.missing_stop) or stop_share_of(signal, settings) != settings.missing_stop:
        return asked
    return (
        *asked,
        f"the stop that risk.stop_loss.missing attaches, {100 * settings.missing_stop:g}% away",
    )


def told_of(reason: Reason, cut: Stage | None, left: float, smallest: float) -> str:
    """Why an entry was refused or reduced, in the words of a report; empty for one that was not."""
    if reason is Reason.BELOW_MINIMUM:
        return why(reason, cut.name if cut else "", left, smallest, -1)
    if cut is None:
        return "" if reason is Reason.REDUCED else why(reason, "", left, smallest, -1)
    return f"{'reduced' if reason is Reason.REDUCED else 'refused'} by {cut.name}: {cut.told}"


@dataclass(frozen=True)
class Review:
    """The fold over all who may cut an entry, in the order in which the engine asks them."""

    entry: Entry
    account: AccountView
    verdict: Verdict
    values: Mapping[str, Value]

    def asked(self, name: str, room: float, number: int, source: str, reading: Reading | None = None) -> Stage:
        """Let one answer tighten the verdict."""
        before = self.verdict.rule
        bound(self.verdict, room, number)
        cuts = self.verdict.rule != before
        reading = reading or Reading(self.entry.notional, self.verdict.notional, 0)
        return Stage(name, room, self.verdict.notional, cuts, source, said(name, *reading) if cuts else "")

    def means(self, allocation: float, strategy: str) -> Iterator[Stage]:
        """What holds even without discipline: the strategy's part of the money, and the cash there is."""
        alone = Verdict()
        within_means(self.entry, replace(self.account, cash=inf), alone, allocation)
        share = self.values[f"strategies.{strategy}.allocation"]
        yield self.asked("allocation", alone.notional, ALLOCATION, share.source)
        alone = Verdict()
        within_means(self.entry, self.account, alone, inf)
        yield self.asked("cash", alone.notional, CASH, self.values["capital"].source)

    def rules(self, plan: "Plan") -> Iterator[Stage]:
        """Every rule that holds."""
        for number, step in enumerate(plan.verbs.rules if plan.account.discipline else ()):
            on, *numbers = plan.rule_settings[plan.tier][number]
            if on == 1.0 and step.name != "cash":
                room = step.function(self.entry, self.account, *numbers)
                reading = step.reading(self.entry, self.account, *numbers) if step.reading else None
                yield self.asked(step.name, room, number, self.source(step, numbers, room), reading)

    def source(self, step: Step, numbers: Sequence[float], room: float) -> str:
        """Where the setting stands that decides a rule's answer: more of it would leave more room."""
        for place, (setting, part) in enumerate(parts(step.name) if room < inf else ()):
            looser = [*numbers[:place], inf, *numbers[place + 1 :]]
            if step.function(self.entry, self.account, *looser) > room:
                offers = self.values[f"risk.rules.{step.name}.{setting}"].offers
                said = [offer.source for offer in offers if offer.holds and says(offer, part)]
                return said[-1] if said else ""
        return ""


def parts(rule: str) -> Iterator[tuple[str, str]]:
    """The settings of a rule as its verb takes them, one number each: a limit is a share and an amount."""
    for setting, field in find("rule", rule).model_fields.items():
        if field.annotation is Limit:
            yield from ((setting, "share"), (setting, "amount"))
        elif not str(field.annotation).startswith("tuple"):
            yield setting, ""


def says(offer: Offer, part: str) -> bool:
    """Whether an offer for a limit names its share, or its amount.

    >>> says(Offer("8% or 80 USDT", ""), "amount"), says(Offer("80 USDT", ""), "share")
    (True, False)
    """
    return bool(re.search({"share": "%", "amount": "[A-Z]"}.get(part, ""), str(offer.value)))
