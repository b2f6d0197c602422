"""The journal of an account in a storm, and what is left of the account when only that is left."""

import json
from dataclasses import asdict, replace
from math import isclose
from typing import Any

from cryptoflow.domain.codes import Topic
from cryptoflow.domain.discipline.account import Account
from cryptoflow.domain.discipline.folding import Law, folding, settled
from cryptoflow.domain.events.accounts import AccountDeposited, AccountWithdrawn, EquityMarked
from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.events.discipline import TierBegan
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.runs import RunStarted
from cryptoflow.domain.events.tilt import TiltObserved
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.journal.recorded import Draft, Head, Recorded, record
from cryptoflow.domain.records import Line, State, Steps
from cryptoflow.domain.tilt.conduct import CONDUCT, after, passed
from cryptoflow.engine.plan import Plan
from cryptoflow.pipelines.journals.telling import Teller, Terms, exact
from cryptoflow.pipelines.tapes import Names

ACCOUNT, OPERATOR, RUN = "backtest-storm", "anna", "backtest"


class Journal:
    """What an account has told, and the folds of it, kept between restarts as snapshots are."""

    def __init__(self, plan: Plan, steps: Steps, at: int) -> None:
        law = Law(plan.tiers, plan.gate_settings, steps.promotes, steps.demotes, plan.phases)
        self.law, self.folding = law, folding(law)
        strategies = [f"s{place}" for place in range(len(plan.strategies))]
        self.teller = Teller(
            Terms(
                account=ACCOUNT,
                symbols=plan.symbols,
                strategies=strategies,
                rules=Names(plan.symbols, strategies, [rule.name for rule in plan.verbs.rules]).rules,
                gates=[step.name for step in plan.verbs.gates],
                lots=[market.lot for market in plan.markets],
                whole=[market.whole == 1 for market in plan.markets],
                base_fees=plan.account.base_fees == 1,
                currency="USDT",
                timeframe=plan.account.timeframe,
            )
        )
        self.head, self.versions = Head(), dict[str, int]()
        self.drafts: list[Draft] = []
        self.latest = at
        self.kept = self.folding.tell(self.folding.start)
        self.conduct = replace(CONDUCT.start.copied(), tier=plan.tier)
        capital = exact(plan.capital)
        self.say(RunStarted("run", RUN, "storm", "spec", "code", "data", 1, capital, "USDT", plan.symbols), at, RUN)
        after, highest = plan.account.after_kill, plan.account.highest_tier
        self.say(TierBegan("table", "code", plan.tier, highest, 0, after if after >= 0 else None), at, RUN)

    def say(self, event: Event, at: int, by: str = OPERATOR) -> None:
        """Write an event down."""
        self.drafts.append(Draft(event, at, by))
        self.latest = max(self.latest, at)

    def tell(self, lines: list[Line], by: str = RUN) -> None:
        """Tell lines of the tape; of what happened by itself meanwhile the run is the author."""
        for line in lines:
            self.drafts.extend(draft._replace(by=by) for draft in self.teller.tell(line))
            self.latest = max(self.latest, line.at)

    def round(self, lines: list[Line], close: int, equity: float) -> None:
        """Tell a round: the mark stands between what guards did and what was ordered then."""
        guards = [place for place, line in enumerate(lines) if line.topic == Topic.GUARD]
        before = next((place for place, line in enumerate(lines) if line.at >= close), len(lines))
        cut = max(before, guards[-1] + 1) if guards else before
        self.tell(lines[:cut])
        self.say(EquityMarked(exact(equity), None), close, RUN)
        self.tell(lines[cut:])

    def moved(self, amount: float, at: int) -> None:
        """Tell of money that came or went."""
        kind = AccountDeposited if amount > 0 else AccountWithdrawn
        self.say(kind(exact(abs(amount)), "USDT", f"{len(self.drafts)}"), at)

    def observed(self, what: str, symbol: str, at: int, **seen: Any) -> None:
        """Tell what the operator did by hand."""
        amounts = {name: exact(value) if isinstance(value, float) else value for name, value in seen.items()}
        blank: dict[str, Any] = {"notional": None, "profit": None, "stopped": False, "setting": "", "raised": False}
        self.say(TiltObserved(what, symbol, **(blank | amounts)), at)

    def restarted(self, state: State) -> State:
        """Return the account as another process finds it: its discipline is what the journal says, and nothing else.

        What the folds promise to know is what the run knew; positions and open orders are at the venue still.
        """
        told = self.sealed()
        account = settled(self.law, fold(told, self.folding.step, self.folding.read(self.kept)))
        conduct = fold(told, CONDUCT.step, self.conduct)
        for event, at in [*passed(conduct, self.latest)]:
            conduct = after(conduct, event, at)
        assert not account.doubts, account.doubts
        assert_alike(known(account), known(state))
        assert_alike(calm(conduct), calm(state))
        self.kept = json.loads(canonical(self.folding.tell(account)))
        account, self.conduct, conduct = self.folding.read(self.kept), conduct, conduct.copied()
        diary = {
            name: getattr(state.tilt, name) for name in ("reflect_at", "look_at", "live_until", "score", "debt", "wins")
        }
        return state._replace(
            halt=account.halt,
            streak=account.streak,
            standing=account.standing,
            days=account.days,
            stops=account.stops,
            tilt=replace(conduct.tilt, **diary),
            signs=conduct.signs,
            habits=conduct.habits,
        )

    def sealed(self) -> list[Recorded]:
        """What was told since the last restart, as a journal keeps it."""
        found = []
        for draft in self.drafts:
            stream = draft.event.stream
            self.versions[stream] = self.versions.get(stream, 0) + 1
            found.append(each := record(ACCOUNT, self.head, self.versions[stream], draft))
            self.head = Head(each.seq, each.hash)
        self.drafts = []
        return found


def known(of: State | Account) -> dict[str, Any]:
    """What the fold of an account's discipline promises to know; when to look next is no matter of the journal's."""
    halt, standing, wallet = asdict(of.halt), asdict(of.standing), of.wallet
    del halt["floor"], halt["look_at"]
    money = {name: getattr(wallet, name) for name in ("day", "week", "month", "day_open", "week_open", "month_open")}
    kept, stops = of.standing.kept, of.standing.stop_outs
    rows = {"days": list(of.days[:kept]), "stops": list(of.stops[: 2 * stops])}
    return {**halt, **standing, **asdict(of.streak), **money, **rows}


def calm(of: Any) -> dict[str, Any]:
    """What the fold of tilt promises to know.

    Debt and wins may differ by a trade inside the bar in which a level ended: a run sees to the end only at its close.
    """
    names = ("state", "since", "until", "stage", "stage_at", "locks", "raised")
    return {**{name: getattr(of.tilt, name) for name in names}, "signs": list(of.signs), "habits": list(of.habits)}


def assert_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Money went through text, and a float may have lost its last bits there; all else is the same."""
    for name, value in one.items():
        assert same(value, other[name]), f"{name}: the journal says {value}, the run knew {other[name]}"


def same(one: Any, other: Any) -> bool:
    """Say whether two values are the same, up to the last bits of a float."""
    if isinstance(one, list):
        return one == other or (len(one) == len(other) and all(map(same, one, other)))
    return one == other or (isinstance(one, float) and isclose(one, other, rel_tol=1e-9, abs_tol=1e-9))
