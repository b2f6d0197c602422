"""Every state and every change: what the table says is what the breaker does, and what a naive one would do."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.breakers.breaker import Guard
from cryptoflow.domain.breakers.limits import Limits
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.breakers.states import CHANGES, BreakerState, Change
from cryptoflow.domain.breakers.window import BUCKETS
from tests.domain.breakers.scenes import Scene


def test_the_table_has_every_state_and_every_change() -> None:
    assert set(CHANGES) == set(product(BreakerState, Change))


@pytest.mark.parametrize(("state", "change"), [*product(BreakerState, Change)])
def test_a_breaker_goes_where_the_table_says(state: BreakerState, change: Change) -> None:
    scene = Scene()
    late = [scene.begin() for _ in range(5)]
    scene.bring_to(state)
    if change is Change.RESTED:
        scene.wait(30_000)
    else:
        ok, times = {Change.TRIPPED: (False, 5), Change.RECOVERED: (True, 3), Change.RELAPSED: (False, 2)}[change]
        mute = state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and change is Change.TRIPPED)
        for before in late[:times]:
            scene.end(before if mute else scene.begin(), ok)
    assert scene.breaker.state is CHANGES[state, change]


class Naive:
    """A breaker by the book: it remembers every call, and looks at all of them each time."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.state, self.since, self.period = limits, "closed", 0, 0
        self.ended: list[tuple[int, bool]] = []
        self.under_way = 0

    def look(self, now: int) -> None:
        if self.state == "open" and now - self.since >= self.limits.rest:
            self.go("half_open", now)

    def go(self, state: str, now: int) -> None:
        self.state, self.since, self.period, self.ended, self.under_way = state, now, self.period + 1, [], 0

    def begin(self, now: int) -> int | None:
        self.look(now)
        if self.state == "open" or (self.state == "half_open" and self.under_way == self.limits.probes):
            return None
        self.under_way += 1
        return self.period

    def end(self, period: int, ok: bool, now: int) -> None:
        if period != self.period:
            return
        self.under_way -= 1
        self.ended.append((now, ok))
        outcomes = [one for _, one in self.ended]
        if self.state == "half_open":
            if outcomes.count(False) == self.limits.failures:
                self.go("open", now)
            elif outcomes.count(True) == self.limits.successes:
                self.go("closed", now)
            return
        part = self.limits.window // BUCKETS
        young = [one for at, one in self.ended if at // part > now // part - BUCKETS]
        rate = young.count(False) / len(young)
        last = outcomes[-self.limits.in_a_row :]
        if (len(last) == self.limits.in_a_row and not any(last)) or (
            len(young) >= self.limits.min_calls and rate > self.limits.rate
        ):
            self.go("open", now)


ACTIONS = ("succeed", "fail", "begin", "end well", "end badly", "rest")


def both(limits: Limits, actions: list[str] | tuple[str, ...], pauses: list[int] | None = None) -> set[str]:
    """Do the same to a breaker and to a naive one, and return the states they were in, seen to be the same."""
    scene, naive = Scene(limits), Naive(limits)
    held: list[tuple[Guard | None, int | None]] = []
    seen = set()

    def begin() -> None:
        period = naive.begin(scene.now)
        try:
            held.append((scene.begin(), period))
        except Rejected:
            held.append((None, period))
        assert (held[-1][0] is None) == (period is None)

    def end(place: int, ok: bool) -> None:
        guard, period = held.pop(place)
        if guard is not None and period is not None:
            scene.end(guard, ok)
            naive.end(period, ok, scene.now)

    for place, action in enumerate(actions):
        scene.wait(pauses[place] if pauses else 0)
        if action == "rest":
            scene.wait(limits.rest)
        elif action == "begin":
            begin()
        elif action in ("succeed", "fail"):
            begin()
            end(-1, action == "succeed")
        elif held:
            end(0, action == "end well")
        naive.look(scene.now)
        assert scene.breaker.state == naive.state, actions[: place + 1]
        seen.add(naive.state)
    return seen


SMALL = Limits(min_calls=3, in_a_row=2, rest=5_000, probes=2, successes=2, failures=2)
"""Rest is over before the window is: what failed before must be forgotten all the same."""


def test_every_short_life_is_that_of_a_naive_breaker() -> None:
    lives = [both(SMALL, life) for life in product(ACTIONS, repeat=5)]
    assert set().union(*lives) == set(BreakerState)


@pytest.mark.long
def test_every_longer_life_is_that_of_a_naive_breaker(evidence) -> None:
    lives = sum(1 for life in product(ACTIONS, repeat=7) if both(SMALL, life))
    evidence(f"{lives:,} lives of 7 actions, all as the naive breaker's")


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 4_000)), max_size=80))
def test_long_lives_with_the_real_numbers_are_those_of_a_naive_breaker(life: list[tuple[str, int]]) -> None:
    both(Limits(), [action for action, _ in life], [pause for _, pause in life])
