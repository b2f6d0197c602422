"""What an operator does by hand, act by act, and what is live after it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.calendar import DAY, HOUR, MINUTE
from cryptoflow.domain.events.tilt import TiltEnded, TiltRaised, TiltReflected
from cryptoflow.domain.tilt.conduct import Conduct, after, due, passed, read, tell
from cryptoflow.domain.tilt.levels import CALM, STATES, TiltState
from cryptoflow.domain.tilt.lockouts import is_locked
from cryptoflow.domain.tilt.signs import live, score_of
from cryptoflow.domain.tilt.table import named
from cryptoflow.pipelines.tilting.ingesting import told
from cryptoflow.pipelines.tilting.observations import observation

NOON = 20_000 * DAY + 12 * HOUR


class Desk:
    """An operator at work: acts in their order, each so many seconds after the one before."""

    def __init__(self) -> None:
        self.conduct, self.at = Conduct(), NOON

    def do(self, what: str, *, after_s: float = 600, **said: Any) -> "Desk":
        self.at += round(after_s * 1_000)
        for event, at in tuple(passed(self.conduct, self.at)):
            self.conduct = after(self.conduct, event, at)
        line = json.dumps({"at": self.at, "what": what, **said})
        self.conduct = after(self.conduct, observation(line).event, self.at)
        return self

    def order(self, notional: float = 100, symbol: str = "BTC/USDT", after_s: float = 600) -> "Desk":
        return self.do("order", after_s=after_s, symbol=symbol, notional=str(notional))

    def lose(self, symbol: str = "BTC/USDT", after_s: float = 600, *, stopped: bool = False) -> "Desk":
        return self.do("trade", after_s=after_s, symbol=symbol, profit="-10", stopped=stopped)

    @property
    def live(self) -> set[str]:
        return {each.id for each in named(live(self.conduct.signs, self.at))}


def test_orders_now_and_then_are_calm() -> None:
    desk = Desk()
    for _ in range(30):
        desk.order()
        assert desk.live == set()


def test_five_orders_in_two_minutes_are_not() -> None:
    desk = Desk()
    for _ in range(40):
        desk.order(after_s=290)
    assert desk.live == set()
    for _ in range(4):
        desk.order(after_s=25)
    assert "T2" in desk.live
    desk.at += HOUR + 1
    assert desk.live == set()


def test_an_hour_that_is_busier_than_usual_is_seen_once_a_month_has_shown_what_is_usual() -> None:
    desk = Desk()
    for number in range(160):
        desk.order(after_s=4 * HOUR / 1_000 if number % 4 else 8 * HOUR / 1_000)
    for _ in range(6):
        desk.order(after_s=480)
    assert desk.live == {"T2"}


def test_sizes_that_double_after_each_loss_are_seen() -> None:
    desk = Desk().order(100).lose().order(200).lose()
    assert desk.live == set()
    assert desk.order(400).live == {"T3"}


def test_a_trade_in_anger_is_seen() -> None:
    assert Desk().order().lose().order(after_s=300).live == set()
    assert Desk().order().lose().order(after_s=299, symbol="ETH/USDT").live == {"T5"}
    three = Desk().order().lose(after_s=60).lose(after_s=60).lose(after_s=60)
    assert three.order(150, after_s=301).live == {"T5"}


def test_edits_and_what_they_loosen_are_seen() -> None:
    edits = Desk()
    for _ in range(3):
        edits.do("edit", setting="risk")
    assert edits.live == set()
    assert edits.do("edit", setting="risk").live == {"T7"}
    breaks = Desk()
    for _ in range(8):
        breaks.do("edit", after_s=3_601, setting="risk")
    assert breaks.live == set()
    assert Desk().lose().do("edit", setting="risk", raised=True).live == {"T7"}
    next_day = Desk().lose().do("edit", after_s=86_400, setting="risk", raised=True)
    assert next_day.live == {"T7"}
    later = Desk().lose().do("edit", after_s=2 * 86_400, setting="risk", raised=True)
    assert later.live == set()
    assert won(Desk()).do("edit", setting="risk", raised=True).live == set()


def test_an_override_counts_also_when_it_was_refused() -> None:
    assert Desk().do("override", accepted=False).live == {"T8"}
    assert score_of(Desk().do("override").conduct.signs, NOON) == 10.0


def test_a_restart_counts_only_around_a_lock() -> None:
    assert Desk().do("restart").live == set()
    desk = Desk()
    desk.conduct = after(desk.conduct, TiltRaised("locked", 60.0, 6.0, (), NOON + DAY), NOON)
    assert desk.do("restart").live == {"T12"}


def test_levels_that_time_ends_are_told_at_their_moment() -> None:
    desk = Desk()
    desk.conduct = after(desk.conduct, TiltRaised("caution", 20.0, 2.0, (), NOON + 5 * MINUTE), NOON)
    assert tuple(passed(desk.conduct, NOON + 5 * MINUTE - 1)) == ()
    assert tuple(passed(desk.conduct, NOON + HOUR)) == ((TiltEnded("caution"), NOON + 5 * MINUTE),)


ACTS = st.one_of(
    st.tuples(st.just("order"), st.integers(1, 4_000)),
    st.tuples(st.sampled_from(("lose", "edit", "override", "restart", "reflect")), st.just(0)),
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40_000), ACTS), max_size=25))
def test_no_life_leaves_a_lock_early_and_a_fold_goes_on_where_it_was(life: list[tuple[int, tuple[str, int]]]) -> None:
    desk, locked_until, reflected = Desk(), 0, True
    for pause, (what, size) in life:
        if what == "order":
            desk.order(size, after_s=pause)
        elif what == "lose":
            desk.lose(after_s=pause, stopped=True)
        elif what == "reflect":
            desk.at += pause * 1_000
            desk.conduct = after(desk.conduct, TiltReflected("ana", ()), desk.at)
            reflected = True
        else:
            desk.do(what, after_s=pause, **({"setting": "risk", "raised": True} if what == "edit" else {}))
        if not is_locked(desk.conduct.tilt):
            assert desk.at >= locked_until
            assert reflected
        for event in due(desk.conduct, desk.at, {1: 500.0}):
            before, desk.conduct = desk.conduct, after(desk.conduct, event, desk.at)
            assert desk.conduct.tilt.state > before.tilt.state or STATES[before.tilt.state] is not TiltState.CALM
            if STATES[desk.conduct.tilt.state] is TiltState.LOCKED:
                locked_until, reflected = desk.conduct.tilt.until, False
        assert (
            read(json.loads(json.dumps(tell(desk.conduct)))) == desk.conduct
            or desk.conduct.equity != desk.conduct.equity
        )


@pytest.mark.parametrize("acts", [("order", "lose", "order"), ("edit",) * 5])
def test_a_fold_changes_nothing_that_it_was_given(acts: tuple[str, ...]) -> None:
    desk = Desk()
    for what in acts:
        before = desk.conduct
        spelled = json.dumps(tell(before))
        said = {"order": {"symbol": "A/B", "notional": "1"}, "edit": {"setting": "x"}}.get(what)
        desk.do(what, **said) if said else desk.lose()
        assert json.dumps(tell(before)) == spelled


def won(desk: Desk) -> Desk:
    return desk.do("trade", symbol="BTC/USDT", profit="1000")


def test_a_win_that_is_claimed_hides_no_raise_after_a_loss() -> None:
    doubled = Desk().order(100).lose().order(200).lose()
    assert won(doubled).order(400).live == {"T3"}
    assert won(Desk().lose()).do("edit", setting="risk", raised=True).live == {"T7"}


Act = tuple[str, int]
SAID: dict[str, dict[str, Any]] = {
    "lose": {"what": "trade", "symbol": "BTC/USDT", "profit": "-10", "stopped": True},
    "win": {"what": "trade", "symbol": "BTC/USDT", "profit": "90"},
    "edit": {"what": "edit", "setting": "risk", "raised": True},
}


def ingested(life: list[tuple[int, Act]]) -> list[float]:
    """The signs after what a life tells, each act so many seconds after the one before."""
    at, seen = NOON, []
    for pause, (what, size) in life:
        at += pause * 1_000
        line = SAID.get(what, {"what": what, "symbol": "BTC/USDT", "notional": size})
        seen.append(observation(json.dumps({"at": at, **line})))
    return told(Conduct(), seen, "ada")[0].signs


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 2_000),
            st.one_of(
                st.tuples(st.just("order"), st.sampled_from((100, 200, 400))),
                st.tuples(st.sampled_from(("lose", "win", "edit")), st.just(0)),
            ),
        ),
        max_size=12,
    )
)
def test_no_win_that_is_claimed_makes_a_sign_less_live(life: list[tuple[int, Act]]) -> None:
    """What a win took of the time passes without it too."""
    without, owed = list[tuple[int, Act]](), 0
    for pause, act in life:
        owed += pause
        if act[0] != "win":
            without.append((owed, act))
            owed = 0
    assert all(there >= here for there, here in zip(ingested(life), ingested(without), strict=True))


def test_wins_that_are_claimed_earn_no_size_back_and_repay_nothing() -> None:
    desk = Desk()
    desk.conduct = after(desk.conduct, TiltRaised("locked", 60.0, 6.0, ("T2",), desk.at + HOUR), desk.at)
    desk.lose()
    debt = desk.conduct.tilt.debt
    desk.conduct = after(desk.conduct, TiltReflected("ana", ()), desk.at)
    for _ in range(12):
        desk.do("trade", symbol="BTC/USDT", profit="1000")
    assert (desk.conduct.tilt.state, desk.conduct.tilt.stage, desk.conduct.tilt.wins) == (CALM, 1, 0)
    assert desk.conduct.tilt.debt == debt > 0.0
