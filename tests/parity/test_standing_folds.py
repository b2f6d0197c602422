"""The journal of a run says all that the run knew of its discipline: the fold of it comes to the same."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cryptoflow.domain.discipline.account import Account
from cryptoflow.domain.discipline.folding import Law, folding, settled, shown_by
from cryptoflow.domain.discipline.gates import DEMOTION, PROMOTION
from cryptoflow.domain.events.accounts import EquityMarked
from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.events.discipline import TierDemoted, TierPromoted
from cryptoflow.domain.journal.fold import Folding, fold
from cryptoflow.domain.journal.recorded import Draft, Head, Recorded, record
from cryptoflow.domain.records import State
from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.owner import Owner, plain_steps
from cryptoflow.engine.runtime.recorder import Recorder
from cryptoflow.engine.runtime.run import play
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.history import load_history
from cryptoflow.pipelines.journals.recording import Told, events_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.tapes import Names
from cryptoflow.pipelines.tiers.table import law_of

SPEC = """\
cryptoflow: 1
name: example
market: {{venue: binance, symbols: [BTC/USDT, ETH/USDT], timeframe: {timeframe}, filters: none}}
sources: {{history: {{use: synthetic, volatility: {volatility}%}}}}
seed: {seed}
period: 2024-01-01..2024-03-31
capital: {capital} USDT
strategies: [{{id: one, file: one.yaml, allocation: 60%}}, {{id: two, file: two.yaml}}]
sizing: {{use: fraction, share: 10%}}
risk: {{stop_loss: {{missing: reject}}, after_kill: {after}}}
execution: {{costs: {{fees: venue, slippage: {{use: fixed_bps, bps: 20 bps}}}}}}
"""
STRATEGY = """\
cryptoflow: 1
strategy: {name}
enter_long: close > sma(close, {bars})
exit_long: close < sma(close, {bars})
stop_loss: 2%
"""
WILD = """\
cryptoflow: 1
strategy: {name}
let:
  wild: abs(close / sma(close, {bars}) - 1)
enter_long: close > sma(close, 6) and wild > 0.004
exit_long: close < sma(close, 6)
size: 0.002 + 300000 * wild * wild * wild * wild * wild
stop_loss: 1%
"""
"""It trades in bursts, and now and then puts in far more than usual."""

TIMEFRAMES = {"1h": 3_600_000, "4h": 14_400_000}


class Done(NamedTuple):
    """A run: its plan, the state it ended in, and its journal."""

    plan: Plan
    state: State
    end: int
    journal: list[Recorded]

    @property
    def law(self) -> Law:
        """What it was held to."""
        steps = plain_steps(self.plan.verbs)
        return Law(self.plan.tiers, self.plan.gate_settings, steps.promotes, steps.demotes, self.plan.phases)

    @property
    def folding(self) -> Folding[Account]:
        """The fold of its journal."""
        return folding(self.law)

    def folded(self) -> Account:
        """What its journal comes to."""
        return settled(self.law, fold(self.journal, self.folding.step, self.folding.start))


def sealed(account: str, drafts: Iterator[Draft]) -> list[Recorded]:
    """Events as a journal keeps them."""
    head, counts, found = Head(), {}, []
    for draft in drafts:
        stream = draft.event.stream
        counts[stream] = counts.get(stream, 0) + 1
        found.append(each := record(account, head, counts[stream], draft))
        head = Head(each.seq, each.hash)
    return found


def asked(gates: dict[str, tuple[float, ...]], name: str, low: float) -> tuple[float, ...]:
    """What a gate asks; nobody comes up to a tier with less than its own equity."""
    return (PROMOTION, low) if name == "equity" and name in gates else gates.get(name, (0.0,))


def run(folder: Path, gates: dict[str, tuple[float, ...]], strategy: str = STRATEGY, **drawn: object) -> Done:
    """Run a spec in the event driver, with gates of one's own in every tier, and journal it."""
    (folder / "spec.yaml").write_text(SPEC.format(**drawn))
    for name, bars in (("one", 24), ("two", 60)):
        (folder / f"{name}.yaml").write_text(strategy.format(name=name, bars=bars))
    resolved = resolve(folder / "spec.yaml")
    history = load_history(resolved, WHOLE)
    plan = plan_of(resolved, history.first_decisions)
    rows = tuple(tuple(asked(gates, step.name, tier.low) for step in plan.verbs.gates) for tier in plan.tiers)
    plan = plan._replace(gate_settings=rows)
    owner, recorder, market = Owner(plan), Recorder(), history.columns()
    times = openings(market)
    for _ in play(owner, market, times, recorder):
        pass
    outcome = recorder.outcome(times, owner.wallet).since(history.period.start)
    told = Told(
        run_id="run",
        spec="example",
        spec_hash="spec",
        code="code",
        data="data",
        seed=1,
        currency="USDT",
        plan=plan,
        outcome=outcome,
        strategies=["one", "two"],
        rules=Names(plan.symbols, ["one", "two"], [rule.name for rule in plan.verbs.rules]).rules,
        table="table",
        decides="code",
    )
    end = int(outcome.times[-1]) + plan.account.timeframe
    return Done(plan, owner.state, end, sealed("backtest-run", events_of(told, "backtest-run")))


def said(state: State | Account) -> dict[str, object]:
    """All that gates and guards read; when to look next, and which month it was, is no matter of the journal's."""
    halt, standing = asdict(state.halt), asdict(state.standing)
    for cache in ("floor", "look_at"):
        del halt[cache]
    standing["impact"] = pytest.approx(standing["impact"], rel=1e-11)
    told = state.conduct if isinstance(state, Account) else state
    tilt = asdict(told.tilt)
    for of_the_run in ("look_at", "reflect_at", "score"):  # a fold takes what is due as it is told
        del tilt[of_the_run]
    tilt["debt"] = pytest.approx(tilt["debt"])
    kept, stops = state.standing.kept, state.standing.stop_outs
    return {
        "halt": halt,
        "standing": standing,
        "streak": asdict(state.streak),
        "days": list(state.days[:kept]),
        "stops": list(state.stops[: 2 * stops]),
        "tilt": tilt,
        "signs": list(told.signs),
        "habits": list(told.habits),
        "earned": sorted(pair.earned for pair in state.pairs if pair.earned),
    }


GATES = {
    "days_in_tier": (PROMOTION, 9.0),
    "equity": (PROMOTION, 0.0),
    "day_losses": (DEMOTION, 0.004, 2.0),
    "stop_outs": (DEMOTION, 2.0, 432_000_000.0, 0.001),
    "equity_below": (DEMOTION, 60.0),
    "tilt_score": (DEMOTION, 50.0),
}


@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(
    seed=st.integers(1, 10_000),
    volatility=st.sampled_from((60, 150, 300)),
    capital=st.sampled_from((700, 2050, 10100, 60000)),
    timeframe=st.sampled_from(tuple(TIMEFRAMES)),
    after=st.sampled_from(("24h", "72h", "stop")),
    asked=st.sets(st.sampled_from(sorted(GATES)), min_size=2),
    strategy=st.sampled_from((STRATEGY, WILD)),
)
def test_the_journal_of_a_run_folds_to_what_the_run_knew(
    tmp_path_factory: pytest.TempPathFactory, asked: set[str], **drawn: object
) -> None:
    done = run(tmp_path_factory.mktemp("fold"), {name: GATES[name] for name in asked}, **drawn)
    account = done.folded()
    assert account.doubts == []
    assert said(account) == said(done.state)


@pytest.fixture(scope="module")
def tense(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """An account that goes down twice for its score of tilt."""
    drawn = {"seed": 2, "volatility": 150, "capital": 60000, "timeframe": "1h", "after": "24h"}
    return run(tmp_path_factory.mktemp("tense"), {"tilt_score": (DEMOTION, 50.0)}, WILD, **drawn)


def test_the_score_that_a_run_read_is_there_after_it_is_told_again(tense: Done) -> None:
    """As the demotion for it is told, in its round, and also where a snapshot was taken before."""
    fold_of, (place, demotion) = tense.folding, first(tense.journal, TierDemoted.name)
    account = fold(tense.journal[:place], fold_of.step, fold_of.start)
    for each in (account, fold_of.read(json.loads(canonical(fold_of.tell(account))))):
        evidence = shown_by(tense.law, each, demotion.at, "spec", "code")
        assert (evidence.tilt, evidence.positions) == (60.0, 2)
    assert said(tense.folded()) == said(tense.state)


def test_a_demotion_for_tilt_that_was_taken_out_of_the_journal_happens_all_the_same(tense: Done) -> None:
    place, _ = first(tense.journal, TierDemoted.name)
    _, mark = first(tense.journal[place:], EquityMarked.name)
    edited = forged(tense.journal[:place], Draft(mark.event, mark.at, mark.by))
    assert tense._replace(journal=forged(tense.journal[:place])).folded().standing.tier == 4
    assert tense._replace(journal=edited).folded().standing.tier == 3


def first(journal: Sequence[Recorded], name: str) -> tuple[int, Recorded]:
    """The first event of a name, and where it stands."""
    return next((place, each) for place, each in enumerate(journal) if each.name == name)


@pytest.fixture(scope="module")
def climber(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """An account that comes up to tier 3 and goes down again."""
    drawn = {"seed": 2000, "volatility": 150, "capital": 60000, "timeframe": "4h", "after": "72h"}
    done = run(tmp_path_factory.mktemp("climber"), GATES, **drawn)
    assert (done.state.standing.promotions, done.state.standing.demotions) == (3, 5)
    return done


def test_an_account_that_is_told_again_from_any_point_comes_to_the_same(climber: Done) -> None:
    fold_of, half = climber.folding, len(climber.journal) // 2
    kept = json.loads(canonical(fold_of.tell(fold(climber.journal[:half], fold_of.step, fold_of.start))))
    again = settled(climber.law, fold(climber.journal[half:], fold_of.step, fold_of.read(kept)))
    assert said(again) == said(climber.folded())


def test_limits_that_a_run_reached_are_known_under_the_law_that_ships(tmp_path: Path) -> None:
    """Which does not know what the run was allowed to lose; days and a week had cost it all."""
    drawn = {"seed": 2, "volatility": 300, "capital": 60000, "timeframe": "4h", "after": "24h"}
    done, law = run(tmp_path, {}, **drawn), law_of(shipped())
    halt = fold(done.journal, folding(law).step, folding(law).start).halt
    told, knew = ((each.day_shut, each.week_shut, each.month_shut) for each in (halt, done.state.halt))
    assert told == knew
    assert min(told[:2]) > 0


def forged(journal: Sequence[Recorded], *drafts: Draft) -> list[Recorded]:
    """A journal that tells something more at its end, properly sealed."""
    whole = [Draft(each.event, each.at, each.by) for each in journal]
    return sealed("backtest-run", iter([*whole, *drafts]))


@pytest.mark.parametrize("tier", [2, 3, 4])
def test_a_promotion_without_its_evidence_is_told_with_its_number_and_leaves_tier_1(climber: Done, tier: int) -> None:
    lie = climber._replace(journal=forged(climber.journal, Draft(TierPromoted(tier), climber.end, "backtest")))
    account = lie.folded()
    assert [each.seq for each in account.doubts] == [len(climber.journal) + 1]
    assert account.doubts[0].what == f"nothing before it bears out a promotion to tier {tier}"
    assert account.standing.tier == 1


def test_a_demotion_that_was_taken_out_of_the_journal_happens_all_the_same(climber: Done) -> None:
    """Chained anew without it: the record says what follows from it."""
    first = next(place for place, each in enumerate(climber.journal) if each.name == TierDemoted.name)
    cut = climber.journal[:first]
    mark = next(each for each in climber.journal[first:] if each.name == EquityMarked.name)
    honest = climber._replace(journal=forged(climber.journal[: first + 1])).folded().standing
    edited = climber._replace(journal=forged(cut, Draft(mark.event, mark.at, mark.by))).folded().standing
    assert (edited.tier, edited.demoted) == (honest.tier, honest.demoted) == (3, 1)


def test_a_demotion_is_believed_whoever_tells_it(climber: Done) -> None:
    before = climber.folded().standing.tier
    told = Draft(TierDemoted(before - 1, "tilt_score", 85.0, 80.0), climber.end, "backtest")
    standing = climber._replace(journal=forged(climber.journal, told)).folded().standing
    assert (standing.tier, standing.demoted) == (max(1, before - 1), 1)


def test_death_between_a_mark_and_the_move_it_led_to_loses_nothing(climber: Done) -> None:
    """Wherever the journal ends, what is folded is at most as high as what is folded of all that was decided then."""
    fold_of, account, highest = climber.folding, climber.folding.start, 0
    for each in climber.journal:
        account = fold_of.step(account, each)
        if each.name in (TierPromoted.name, TierDemoted.name):
            now = settled(climber.law, account)
            assert now.doubts == []
            assert now.standing.tier == each.event.tier  # type: ignore[attr-defined]  # both have one
            highest = max(highest, now.standing.tier)
    assert highest == 4
