"""An account's discipline as a fold of its journal: its facts go through the steps that a run goes through.

The journal tells what the account was worth, what it traded, and which moves were made of that. A move down is taken as
it is told. A move up is believed only where what was told before meets the gates; else it is a doubt, and an account
with a doubt is in tier 1 at most.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import isnan, nan
from typing import Any, NamedTuple

from cryptoflow.domain.calendar import DAY, LONG_AGO, day_of
from cryptoflow.domain.codes import Cause, Reason, Span
from cryptoflow.domain.discipline import account as accounts
from cryptoflow.domain.discipline.account import Account, Doubt, Paper, Probe, Refusal, Told
from cryptoflow.domain.discipline.gates import Finding
from cryptoflow.domain.discipline.nearing import hold
from cryptoflow.domain.discipline.nearing import note as warned
from cryptoflow.domain.discipline.records import Evidence, Tier
from cryptoflow.domain.discipline.standing import acknowledge, climb, end_day, fall, show
from cryptoflow.domain.discipline.streaks import count
from cryptoflow.domain.discipline.transfers import transferred
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.discipline.watching import look_again, release, rise, trip
from cryptoflow.domain.events import accounts as facts
from cryptoflow.domain.events import discipline as moves
from cryptoflow.domain.events import evidence as shown
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderCreated, OrderReviewed
from cryptoflow.domain.events.runs import RunStarted
from cryptoflow.domain.events.tilt import TiltCoupled, TiltObserved
from cryptoflow.domain.journal.fold import Folding
from cryptoflow.domain.journal.recorded import PLAYING, Recorded
from cryptoflow.domain.ledger import note_impact
from cryptoflow.domain.marks import open_day
from cryptoflow.domain.records import (
    Account as Settings,
)
from cryptoflow.domain.records import (
    AccountView,
    Entry,
    Held,
    Line,
    Position,
    State,
    Steps,
    Symbol,
    Tables,
    Verdict,
)
from cryptoflow.domain.tilt import conduct as conducts
from cryptoflow.domain.tilt.conduct import Conduct
from cryptoflow.domain.tilt.evidence import SCORE_LOOKED_AT, score
from cryptoflow.domain.tilt.records import DEFAULTS, HABITS_SIZE

MACHINES = frozenset({"cryptoflow", "backtest", "paper", "live", "rehearse"})
"""Who gives commands without being a person."""

NOISE = 1e-12
"""Share of a number that a float may have lost on its way into the journal."""

PROMOTED, DEMOTED = moves.TierPromoted.name, moves.TierDemoted.name


class Law(NamedTuple):
    """What moves are held to: the tiers, their gates, two questions that gates answer, paces after a move up."""

    tiers: Sequence[Tier]
    gates: Sequence[Any]
    promotes: Callable[..., bool]
    demotes: Callable[..., tuple[int, Finding]]
    phases: Sequence[Sequence[float]]


def folding(law: Law, name: str = "discipline") -> Folding[Account]:
    """Return the fold of an account's discipline under a law, whose digest belongs into the name."""
    return Folding(name, 4, Account(), partial(step, law), accounts.tell, accounts.read)


def step(law: Law, account: Account, recorded: Recorded) -> Account:
    """Return the account after an event."""
    handler, tells_of_tilt = HANDLERS.get(recorded.name), recorded.name in conducts.HEARD
    if handler is None and not tells_of_tilt:
        return account
    after, event = account.copy(), recorded.event
    after.name = recorded.account
    after.at = max(after.at, recorded.at)
    if tells_of_tilt:
        after.conduct = conducts.after(after.conduct, event, recorded.at)
        if recorded.name in SHOWING and is_tense(after.conduct, recorded.at):
            after.halt.look_at = min(after.halt.look_at, recorded.at)
    if handler is not None:
        handler(law, after, event, recorded)
    return after


def settled(law: Law, account: Account) -> Account:
    """Return the account once what was told last is taken in, though the mark of its round was never written."""
    after = account.copy()
    settle(law, after, after.at)
    return after


def shown_by(law: Law, account: Account, at: int, spec_hash: str, code: str) -> Evidence:
    """Return what gates would read of a settled account at a moment, for a spec and its code."""
    after = account.copy()
    after.spec_hash, after.code = spec_hash, code
    after.conduct = conducts.by_time(after.conduct, at)
    note(after, at)
    show(state_of(after), law.tiers[after.standing.tier].low, at)
    return after.evidence


def is_tense(conduct: Conduct, at: int) -> bool:
    """Say whether the score is one at which a run looks at its tier at once."""
    return score(conduct.tilt, conduct.signs, at) >= SCORE_LOOKED_AT


def began_run(_: Law, account: Account, event: RunStarted, recorded: Recorded) -> None:
    """Note whose record this is; play money begins with what it is given."""
    if not account.mode:
        account.mode = event.mode
        if account.simulated:
            capital = float(event.capital)
            account.wallet.equity = account.wallet.peak = account.wallet.day_open = capital
            account.halt.high = account.standing.day_base = account.standing.month_high = capital
        else:
            account.standing.since = recorded.at - 1  # who comes to tier 1 may do so with the start itself
    if event.mode != "live" and not recorded.account.startswith(PLAYING):
        doubt(account, recorded.seq, f"a {event.mode} is no evidence in the journal of {recorded.account}")
    account.spec_hash = event.spec_hash
    account.know([*account.symbols, *(symbol for symbol in event.symbols if symbol not in account.symbols)])


def began_tier(law: Law, account: Account, event: moves.TierBegan, recorded: Recorded) -> None:
    """Note what a run goes by; play money begins in the tier that it is enough for, lowered as the run says."""
    account.table, account.code = event.table, event.code
    account.after_kill = -1 if event.after_kill is None else event.after_kill
    if account.standing.since == LONG_AGO and account.simulated:
        account.first_decision = event.since
        allowed = max(1, *(place for place, tier in enumerate(law.tiers) if account.wallet.equity >= tier.low))
        if event.tier > allowed:
            doubt(account, recorded.seq, f"tier {event.tier} takes more than the account begins with")
        account.standing.tier = min(event.tier, allowed)
    account.ceiling = event.ceiling
    if account.doubts:
        lower(account)


def marked(law: Law, account: Account, event: facts.EquityMarked, recorded: Recorded) -> None:
    """End a round: what it told is taken in, and the days that are over end."""
    wallet, halt, at = account.wallet, account.halt, recorded.at
    wallet.equity = float(event.equity)
    wallet.peak = max(wallet.peak, wallet.equity)
    if wallet.equity > halt.high:
        rise(halt, wallet.equity, law.tiers[account.standing.tier])
    if account.told or wallet.equity < halt.floor or at >= halt.look_at:
        settle(law, account, at, over=at)


def settle(law: Law, account: Account, at: int, over: int | None = None) -> None:
    """Hold an account against its tier as a run does at the end of a round, and take in what was told of it.

    Days end only where `over` says up to when.
    """
    told, account.told = account.told, []
    run, tables = state_of(account), tables_of(law, account)
    for each in told:
        if each.name in TAKEN:
            TAKEN[each.name](run, tables, each)
    down = [each for each in told if each.name == DEMOTED]
    up = [each for each in told if each.name == PROMOTED]
    note(account, at)
    steps, demotions = steps_of(law, down), account.standing.demotions
    for each in down:
        fall(run, tables, steps, each.at)
    if not down and over is not None:
        fall(run, tables, steps, at)
    if over is not None:
        if account.wallet.day >= 0:
            for day in range(account.wallet.day + 1, day_of(over) + 1):
                end_day(run, day * DAY)
                if any(each.at == day * DAY for each in up):
                    climb(run, tables, steps, day * DAY)
        open_day(account.wallet, over)
    if account.standing.demotions > demotions:
        account.conduct = conducts.anew(account.conduct)
    for each in up:
        believe(run, tables, steps, account, each)
    look_again(run, tables, at)
    if over is None:
        account.halt.look_at = LONG_AGO  # a day may have ended since the last mark: the next one has to see to it


def believe(run: State, tables: Tables, steps: Steps, account: Account, told: Told) -> None:
    """Take in a promotion that the record up to there bears out; any other is a doubt."""
    standing = account.standing
    if (standing.tier, standing.promoted_at) != (told.number, told.at):
        if standing.tier + 1 == told.number:
            note(account, told.at)
            climb(run, tables, steps, told.at)
        if standing.tier < told.number or standing.promoted_at != told.at:
            doubt(account, told.seq, f"nothing before it bears out a promotion to tier {told.number}")


def doubt(account: Account, seq: int, what: str) -> None:
    """Note what is not believed; from then on the account is in tier 1 at most, and comes up no more."""
    account.doubts.append(Doubt(seq, what))
    lower(account)


def lower(account: Account) -> None:
    """Hold an account with a doubt to tier 1, whatever a start says."""
    account.ceiling = 1
    account.standing.tier = min(account.standing.tier, 1)


def note(account: Account, at: int) -> None:
    """Write down what gates read beside the record of a run."""
    found = account.evidence
    rules = [each.rule for each in account.refusals if at - DAY < each.at <= at]
    found.refusals = max(map(rules.count, rules), default=0)
    found.overrides = sum(at - DAY < each <= at for each in account.overrides)
    found.days_since_override = (at - (account.overrides[-1] if account.overrides else account.watched)) / DAY
    found.lookahead = found.warmup = found.paper_trips = found.paper_hours = nan  # another spec's may be there
    for each in account.probes:
        if (each.spec_hash, each.code) == (account.spec_hash, account.code):
            setattr(found, each.probe, 1.0 if each.passed else 0.0)
    for paper in account.papers:
        if paper.spec_hash == account.spec_hash:
            found.paper_trips, found.paper_hours = float(paper.trips), paper.hours
    account.wallet.positions = len(account.held)


def state_of(account: Account) -> State:
    """Return the records of an account as the steps take them; nothing in it is held or ordered, its tape is empty.

    What tilt remembers of entries and closed trades moves with the account's conduct, not with these steps.
    """
    account.wallet.lines = 0
    return State(
        wallet=account.wallet,
        positions=[Position() for _ in account.symbols or ("",)],
        orders=(),
        pairs=account.pairs,
        entry=Entry(),
        account=AccountView(),
        verdict=Verdict(),
        held=Held(),
        pasts=(),
        minds=(),
        seen=(),
        live=(),
        wanting=(),
        halt=account.halt,
        streak=account.streak,
        standing=account.standing,
        evidence=account.evidence,
        days=account.days,
        stops=account.stops,
        dailies=(),
        alike=(nan,),
        closes=(nan,),
        tilt=replace(account.conduct.tilt),
        signs=account.conduct.signs,
        habits=[0.0] * HABITS_SIZE,
        tape=[Line() for _ in range(LINES + len(account.told))],
    )


LINES = 16
"""More lines than one round of moves takes; what they say is in the journal already."""


def tables_of(law: Law, account: Account) -> Tables:
    """Return what an account's run goes by."""
    settings = Settings(
        after_kill=account.after_kill,
        lowest_tier=int(account.simulated),
        highest_tier=account.ceiling,
    )
    symbols = [Symbol(first_decision=account.first_decision)] * max(1, len(account.symbols))
    return Tables(settings, symbols, (), (), (), (), (), law.tiers, law.gates, law.phases, (), DEFAULTS)


def steps_of(law: Law, down: Sequence[Told]) -> Steps:
    """Return the questions of gates; a demotion that was told is the answer to the second."""

    def demoted(*_: Any) -> tuple[int, Finding]:
        return 0, Finding(down[0].value, down[0].limit, 1)

    return Steps(None, None, None, None, None, law.promotes, demoted if down else law.demotes)


def closed(_: Law, account: Account, event: facts.TradeClosed, recorded: Recorded) -> None:
    """Count a closed trade."""
    pair = account.pair(event.strategy, event.symbol)
    count(state_of(account), pair, float(event.profit), Reason[event.reason.upper()].value, recorded.at)


def filled(_: Law, account: Account, event: FillBooked, __: Recorded) -> None:
    """Note how far a fill slipped; the last bits of a float are forgiven, as limits are met exactly."""
    note_impact(account.standing, float(event.slippage) * (1.0 - NOISE), float(event.quantity * event.price))


def changed(_: Law, account: Account, event: facts.PositionChanged, __: Recorded) -> None:
    """Note what is held."""
    account.held = [*(each for each in account.held if each != event.symbol), *([event.symbol] * bool(event.quantity))]


def deposited(_: Law, account: Account, event: facts.AccountDeposited, __: Recorded) -> None:
    """Let what is measured from move along with money that came."""
    transferred(account.wallet, account.halt, account.standing, float(event.amount))


def withdrawn(_: Law, account: Account, event: facts.AccountWithdrawn, __: Recorded) -> None:
    """Let what is measured from move along with money that left."""
    transferred(account.wallet, account.halt, account.standing, -float(event.amount))


def told(law: Law, account: Account, event: Event, recorded: Recorded) -> None:
    """Keep a move for the mark of its round; what a person commands, or a start grants, belongs to none."""
    alone = recorded.by not in MACHINES or (recorded.name == PROMOTED and recorded.at % DAY > 0)
    if alone:
        settle(law, account, recorded.at)
    number = getattr(event, "tier", 0)
    text = getattr(event, "cause", getattr(event, "gate", ""))
    value, limit = getattr(event, "value", 0.0), getattr(event, "limit", 0.0)
    account.told.append(Told(recorded.seq, recorded.name, recorded.at, number, text, value, limit))
    if alone:
        settle(law, account, recorded.at)


def reached(_: Law, account: Account, event: moves.RiskLimitReached, __: Recorded) -> None:
    """Keep a day, a week or a month shut that reached its limit: which limit held then, only the run knew."""
    hold(account.halt, Span[event.span.upper()].value, event.until)


def probed(_: Law, account: Account, event: shown.ProbeEvent, recorded: Recorded) -> None:
    """Note what a probe found; of the same spec and code the last word counts.

    A pass that has tried too little says nothing. A failure stays until a pass reaches as far, also that of a probe
    that reached less than one that failed before.
    """
    passed = recorded.name == shown.ProbePassed.name
    found = Probe(event.probe, event.spec_hash, event.code, passed, event.period, event.asked)
    if passed and not found.reach.is_enough(event.probe, event.own, event.bars):
        return
    for each in account.probes:
        if each[:3] == found[:3] and not each.passed:
            if passed and not found.reach.covers(each.reach):
                return
            if not passed:
                period, draws = found.reach.joined(each.reach)
                found = found._replace(period=period, draws=draws)
    account.probes = [*(each for each in account.probes if each[:3] != found[:3]), found]


def on_paper(_: Law, account: Account, event: shown.PaperMeasured, __: Recorded) -> None:
    """Note what paper trading had to show."""
    found = Paper(event.spec_hash, event.trips, event.hours)
    account.papers = [*(each for each in account.papers if each.spec_hash != found.spec_hash), found]


def reviewed(_: Law, account: Account, event: OrderReviewed, recorded: Recorded) -> None:
    """Count a person's order that a rule refused."""
    if event.verdict == "refused" and recorded.by not in MACHINES:
        recent = (each for each in account.refusals if each.at > recorded.at - DAY)
        account.refusals = [*recent, Refusal(recorded.at, event.rule)]
        account.halt.look_at = LONG_AGO


def observed(_: Law, account: Account, __: TiltObserved | shown.OverrideAttempted, recorded: Recorded) -> None:
    """Note since when it is told what a person does: only from then on is it evidence that nothing was overridden."""
    if isnan(account.watched):
        account.watched = float(recorded.at)


def overridden(law: Law, account: Account, event: shown.OverrideAttempted, recorded: Recorded) -> None:
    """Count what a person tried to override."""
    observed(law, account, event, recorded)
    account.overrides = [*(each for each in account.overrides if each > recorded.at - DAY), recorded.at]
    account.halt.look_at = LONG_AGO


SHOWING = (OrderCreated.name, TiltCoupled.name, TiltObserved.name, shown.OverrideAttempted.name)
"""What may raise the score."""

TAKEN: Mapping[str, Callable[[State, Tables, Told], None]] = {
    moves.KillTripped.name: lambda run, tables, each: trip(
        run, tables, Trip(Cause[each.text.upper()].value, each.value, each.limit), each.at
    ),
    moves.KillReleased.name: lambda run, _, each: release(run, max(each.at, run.halt.at)),
    moves.TierAcknowledged.name: lambda run, _, each: acknowledge(run, each.at),
    moves.RiskWarned.name: lambda run, _, each: warned(run, Cause[each.text.upper()].value),
}
"""Moves that are taken as they are told."""

HANDLERS: Mapping[str, Callable[[Law, Account, Any, Recorded], None]] = {
    RunStarted.name: began_run,
    moves.TierBegan.name: began_tier,
    facts.EquityMarked.name: marked,
    facts.TradeClosed.name: closed,
    facts.PositionChanged.name: changed,
    facts.AccountDeposited.name: deposited,
    facts.AccountWithdrawn.name: withdrawn,
    FillBooked.name: filled,
    OrderReviewed.name: reviewed,
    moves.KillTripped.name: told,
    moves.KillReleased.name: told,
    moves.TierPromoted.name: told,
    moves.TierDemoted.name: told,
    moves.TierAcknowledged.name: told,
    moves.RiskWarned.name: told,
    moves.RiskLimitReached.name: reached,
    shown.ProbePassed.name: probed,
    shown.ProbeFailed.name: probed,
    shown.PaperMeasured.name: on_paper,
    shown.OverrideAttempted.name: overridden,
    TiltObserved.name: observed,
}
