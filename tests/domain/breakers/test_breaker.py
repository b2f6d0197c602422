"""A breaker by its numbers, each at the limit, just under and just over; what it tells; what becomes of its guards."""

import asyncio
from threading import Barrier, Thread
from time import sleep

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.breakers.limits import CascadeLimits, Limits
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.breakers.states import BreakerState
from cryptoflow.domain.events.breakers import BreakerClosed, BreakerHalfOpened, BreakerOpened, BreakerRejected
from cryptoflow.domain.events.known import read
from cryptoflow.domain.journal.recorded import Draft, Head, record
from cryptoflow.errors import ExitCode
from tests.domain.breakers.scenes import START, Scene

CLOSED, OPEN, HALF_OPEN = BreakerState


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ("+-+-+-+-+-", CLOSED),  # ten, half of them
        ("+-+-+--+-", CLOSED),  # nine, more than half
        ("+-+-+--+--", OPEN),  # ten, six of them
        ("-+--+--+-+", OPEN),  # the tenth goes well, and six of ten have failed
        ("----", CLOSED),
        ("-----", OPEN),
        ("----+----", CLOSED),
    ],
)
def test_it_opens_above_half_of_ten_calls_or_at_five_failures_in_a_row(outcomes: str, state: BreakerState) -> None:
    scene = Scene()
    scene.calls(outcomes)
    assert scene.breaker.state is state


@pytest.mark.parametrize(("pause", "state"), [(9_800, OPEN), (9_999, OPEN), (10_000, CLOSED), (10_001, CLOSED)])
def test_what_failed_ten_seconds_ago_is_forgotten(pause: int, state: BreakerState) -> None:
    scene = Scene()
    scene.calls("-+--+")
    scene.wait(pause)
    scene.calls("+--+-")
    assert scene.breaker.state is state


def test_failures_in_a_row_count_however_long_they_took() -> None:
    scene = Scene()
    for _ in range(5):
        assert scene.breaker.state is CLOSED
        scene.fail()
        scene.wait(3_600_000)
    assert scene.names == ["breaker.opened"]


@pytest.mark.parametrize(("pause", "state"), [(29_999, OPEN), (30_000, HALF_OPEN), (30_001, HALF_OPEN)])
def test_it_stays_open_for_thirty_seconds(pause: int, state: BreakerState) -> None:
    scene = Scene()
    scene.bring_to(OPEN)
    scene.wait(pause)
    assert scene.breaker.state is state
    assert scene.rejected() == (state is OPEN)


def test_half_open_it_lets_three_calls_through_at_a_time() -> None:
    scene = Scene()
    scene.bring_to(HALF_OPEN)
    first, *_ = [scene.begin() for _ in range(3)]
    assert scene.rejected()
    scene.end(first, ok=True)
    scene.begin()
    assert scene.rejected()


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ("++", HALF_OPEN),
        ("+++", CLOSED),
        ("++-", HALF_OPEN),
        ("++-+", CLOSED),
        ("-", HALF_OPEN),
        ("--", OPEN),
        ("+-+-", OPEN),
    ],
)
def test_three_successes_close_it_and_two_failures_open_it_again(outcomes: str, state: BreakerState) -> None:
    scene = Scene()
    scene.bring_to(HALF_OPEN)
    scene.calls(outcomes)
    assert scene.breaker.state is state


def test_closed_again_it_has_forgotten_what_failed_before() -> None:
    scene = Scene()
    scene.bring_to(HALF_OPEN)
    scene.calls("+++----")
    assert scene.breaker.state is CLOSED
    scene.calls("-")
    assert scene.breaker.state is OPEN


def test_a_breaker_that_rests_for_less_than_its_window_has_forgotten_all_the_same() -> None:
    scene = Scene(Limits(rest=5_000))
    scene.fail(5)
    scene.wait(5_000)
    scene.calls("+++" + "+-+-+")
    assert scene.breaker.state is CLOSED


def test_a_call_that_began_before_it_opened_decides_nothing_when_it_ends() -> None:
    scene = Scene()
    late = [scene.begin() for _ in range(3)]
    scene.bring_to(HALF_OPEN)
    for call in late:
        scene.end(call, ok=True)
    assert scene.breaker.state is HALF_OPEN
    assert scene.breaker.metrics.calls == 8


def test_a_clock_set_back_by_an_hour_opens_it_for_no_longer_than_thirty_seconds() -> None:
    scene = Scene()
    scene.bring_to(OPEN)
    scene.wait(-3_600_000)
    assert scene.breaker.state is OPEN
    scene.wait(29_999)
    assert scene.rejected()
    scene.wait(1)
    assert scene.breaker.state is HALF_OPEN


def test_an_error_is_a_failure_unless_the_answer_was_heard_before() -> None:
    scene = Scene()
    with pytest.raises(ValueError, match="cut"), scene.breaker.guard():
        raise ValueError("cut")
    assert scene.breaker.metrics.failures == 1
    with pytest.raises(ValueError, match="refused"), scene.breaker.guard() as call:
        call.ok()
        raise ValueError("refused")
    assert scene.breaker.metrics.failures == 1
    with scene.breaker.guard() as call:
        call.ok()
        call.failed()
    assert scene.breaker.metrics.failures == 2


def test_it_tells_its_changes_and_once_how_many_calls_each_kept_from_being_made() -> None:
    scene = Scene()
    scene.calls("+-----")
    scene.wait(1_000)
    assert [scene.rejected() for _ in range(1_000)] == [True] * 1_000
    scene.wait(29_000)
    held = [scene.begin() for _ in range(3)]
    assert scene.rejected()
    for call in held:
        scene.end(call, ok=True)
    assert scene.names == [
        "breaker.opened",
        "breaker.rejected",
        "breaker.half_opened",
        "breaker.rejected",
        "breaker.closed",
    ]
    opened, rejected = scene.told[:2]
    assert opened == BreakerOpened("order_path/binance", "tripped", 6, 5, 5, START + 30_000)
    assert rejected == BreakerRejected("order_path/binance", "open", 1_000, START)
    assert scene.breaker.metrics[1:] == (CLOSED, 9, 5, 1_001, 1)


def test_it_tells_since_when_it_had_been_open_and_since_when_not_closed() -> None:
    scene = Scene()
    scene.fail(5)
    scene.wait(30_000)
    scene.fail(2)
    scene.wait(31_000)
    scene.succeed(3)
    assert [event for event in scene.told if not isinstance(event, BreakerOpened)] == [
        BreakerHalfOpened("order_path/binance", START),
        BreakerHalfOpened("order_path/binance", START + 30_000),
        BreakerClosed("order_path/binance", START),
    ]
    assert scene.told[2] == BreakerOpened("order_path/binance", "relapsed", 2, 2, 2, START + 60_000)


def test_what_it_tells_can_be_read_back_from_a_journal() -> None:
    scene = Scene()
    scene.bring_to(OPEN)
    assert scene.rejected()
    scene.wait(30_000)
    scene.calls("+--")
    scene.wait(30_000)
    scene.calls("+++")
    for version, event in enumerate(scene.told, 1):
        kept = record("main", Head(), version, Draft(event, START))
        assert kept.stream == "breaker/order_path/binance"
        assert read(kept.name, kept.schema, kept.payload) == event
    assert len(set(scene.names)) == 4


def test_who_is_turned_away_learns_what_failed() -> None:
    scene = Scene()
    scene.bring_to(OPEN)
    with pytest.raises(Rejected, match="order_path/binance is not called now: too many calls failed") as caught:
        scene.begin()
    assert caught.value.code is ExitCode.UNAVAILABLE
    scene.wait(30_000)
    for _ in range(3):
        scene.begin()
    with pytest.raises(Rejected, match="others are trying"):
        scene.begin()


@given(st.lists(st.sampled_from(["ok", "cancel", "raise", "leave"]), min_size=1, max_size=6))
def test_tokens_come_back_however_tasks_end(endings: list[str]) -> None:
    scene = Scene(Limits(successes=100, failures=100))
    scene.bring_to(HALF_OPEN)

    async def one(ending: str) -> None:
        with scene.breaker.guard() as call:
            await asyncio.sleep(0 if ending != "cancel" else 3600)
            if ending == "ok":
                call.ok()
            if ending == "raise":
                raise ConnectionError

    async def all_of_them() -> None:
        for ending in endings:
            task = asyncio.ensure_future(one(ending))
            await asyncio.sleep(0)
            if ending == "cancel":
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(all_of_them())
    assert [scene.begin() for _ in range(3)]
    assert scene.rejected()
    assert scene.breaker.metrics.failures == 5 + sum(ending != "ok" for ending in endings)


def test_a_task_cancelled_before_it_began_takes_no_token() -> None:
    scene = Scene()
    scene.bring_to(HALF_OPEN)
    for _ in range(5):
        scene.breaker.guard()
    scene.calls("+++")
    assert scene.breaker.state is CLOSED


def test_threads_take_no_more_tokens_than_there_are_and_return_all() -> None:
    scene = Scene(Limits(successes=100_000, failures=100_000))
    scene.bring_to(HALF_OPEN)
    together, inside, most, rejected = Barrier(8), [0], [0], [0] * 8  # lists: their methods are done in one piece

    def work(number: int) -> None:
        together.wait()
        for turn in range(200):
            try:
                with scene.breaker.guard() as call:
                    inside.append(1)
                    most.append(inside.count(1))
                    sleep(0)
                    if turn % 2:
                        call.ok()
                    inside.remove(1)
            except Rejected:
                rejected[number] += 1

    threads = [Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 3
    assert sum(rejected) > 0
    assert scene.breaker.metrics.calls == 5 + 8 * 200 - sum(rejected)
    assert [scene.begin() for _ in range(3)]
    assert scene.rejected()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": -0.01},
        {"rate": 1.01},
        {"rate": float("nan")},
        {"min_calls": 0},
        {"in_a_row": 0},
        {"rest": 0},
        {"probes": 0},
        {"successes": 0},
        {"failures": 0},
        {"window": 0},
        {"window": 10_050},
        {"rest": 0.5},
    ],
)
def test_numbers_that_make_no_breaker_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
        Limits(**wrong)


def test_numbers_at_their_edge_are_taken() -> None:
    Limits(rate=0.0, min_calls=1, in_a_row=1, rest=1, probes=1, successes=1, failures=1, window=100)
    Limits(rate=1.0)
    with pytest.raises(ValueError, match="least"):
        CascadeLimits(least=0)
