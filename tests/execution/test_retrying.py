"""Patience with calls: how often, how far apart, for how long, and with which never."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import TypeVar

import pytest

from cryptoflow.clock import VirtualLoop
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.patience import Patience
from cryptoflow.execution.idempotent import Idempotent
from cryptoflow.execution.retrying import Retrying
from tests.domain.breakers.scenes import Scene

T = TypeVar("T")


def passing(error: Exception) -> bool:
    """A connection that breaks may hold the next time."""
    return isinstance(error, ConnectionError | TimeoutError)


class Middle(Random):
    """Draws what leaves a wait as it is."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


class Far:
    """Something that may be called, and when it was: it breaks off `breaks` times, each call taking a while."""

    def __init__(self, breaks: int, error: type[Exception] = ConnectionError, takes: float = 0.0) -> None:
        self.breaks, self.error, self.takes = breaks, error, takes
        self.called_at: list[float] = []

    @Idempotent
    async def fetch(self, answer: str) -> str:
        self.called_at.append(asyncio.get_running_loop().time())
        await asyncio.sleep(self.takes)
        if len(self.called_at) <= self.breaks:
            raise self.error(f"call {len(self.called_at)}")
        return answer

    async def submit(self, order: str) -> str:
        self.called_at.append(0.0)
        return order


def on_a_clock_that_jumps(work: Callable[[], Awaitable[T]]) -> T:
    """Do something on a loop that waits for nothing."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(asyncio.wait_for(work(), 3_600))
    finally:
        loop.close()


def patient(far: Far, again: Retrying) -> str:
    return on_a_clock_that_jumps(lambda: again(far.fetch, "yes"))


EXACT = Retrying(passing, draw=Middle())


def test_a_call_that_breaks_off_is_made_again_after_1_2_4_and_8_seconds() -> None:
    far = Far(breaks=4)
    assert patient(far, EXACT) == "yes"
    assert far.called_at == pytest.approx([0, 1, 3, 7, 15])


def test_no_attempt_begins_that_would_wait_until_thirty_seconds_are_over() -> None:
    far = Far(breaks=99)
    with pytest.raises(ConnectionError, match="call 5"):
        patient(far, EXACT)
    assert len(far.called_at) == 5  # the next one would begin after 31 s


@pytest.mark.parametrize(("total", "calls"), [(14.99, 4), (15.0, 4), (15.01, 5)])
def test_the_total_counts_from_the_first_call(total: float, calls: int) -> None:
    far = Far(breaks=99)
    with pytest.raises(ConnectionError):
        patient(far, Retrying(passing, Patience(total=total), Middle()))
    assert len(far.called_at) == calls


def test_an_attempt_that_hangs_is_cut_when_the_time_is_up() -> None:
    far, ends = Far(breaks=0, takes=3_000), []

    async def work() -> None:
        with pytest.raises(TimeoutError):
            await EXACT(far.fetch, "yes")
        ends.append(asyncio.get_running_loop().time())

    on_a_clock_that_jumps(work)
    assert ends == pytest.approx([30], abs=0.01)
    assert len(far.called_at) == 1


def test_slow_failures_use_up_the_time() -> None:
    far = Far(breaks=99, takes=10.0, error=TimeoutError)  # each as long as a read may take
    with pytest.raises(TimeoutError):
        patient(far, EXACT)
    assert far.called_at == pytest.approx([0, 11, 23])  # 0-10, 11-21, 23-30


def test_waits_differ_by_up_to_a_fifth_and_are_never_longer_than_thirty_seconds() -> None:
    patience, draw = Patience(), Random(1)
    for attempt, plain in enumerate((1, 2, 4, 8, 16, 32, 64), 1):
        waits = [patience.wait(attempt, draw) for _ in range(2_000)]
        low, high = min(30, 0.8 * plain), min(30, 1.2 * plain)
        assert all(low <= wait <= high for wait in waits)
        assert min(waits) < low + 0.02 * plain or low == 30
        assert max(waits) > high - 0.02 * plain
    assert patience.wait(100_000, draw) == 30


def test_two_who_fail_together_do_not_come_back_together() -> None:
    first, second = Far(breaks=1), Far(breaks=1)
    patient(first, Retrying(passing))
    patient(second, Retrying(passing))
    assert first.called_at[1] != second.called_at[1]


def test_an_error_that_does_not_pass_is_raised_at_once_as_it_came() -> None:
    far = Far(breaks=99, error=LookupError)
    with pytest.raises(LookupError, match="call 1"):
        patient(far, EXACT)
    assert len(far.called_at) == 1


@pytest.mark.parametrize("moment", [0.5, 5.0], ids=["while it is called", "while it waits"])
def test_who_is_cancelled_stops_at_once(moment: float) -> None:
    far = Far(breaks=99, takes=1.0)

    async def work() -> float:
        task = asyncio.ensure_future(Retrying(lambda _: True, draw=Middle())(far.fetch, "yes"))
        await asyncio.sleep(moment)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asyncio.get_running_loop().time()

    assert on_a_clock_that_jumps(work) == pytest.approx(moment, abs=0.01)


def test_a_time_out_around_it_is_that_of_who_set_it() -> None:
    async def work() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await EXACT(Far(breaks=99).fetch, "yes")
        return asyncio.get_running_loop().time()

    assert on_a_clock_that_jumps(work) == pytest.approx(5, abs=0.01)


def test_a_clock_and_a_sleep_of_ones_own_are_what_it_goes_by() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    again = Retrying(passing, draw=Middle(), clock=lambda: sum(slept), sleep=sleep)
    with pytest.raises(ConnectionError, match="call 5"):
        asyncio.run(again(Far(breaks=99).fetch, "yes"))
    assert slept == [1, 2, 4, 8]


def test_a_submit_is_never_made_by_it() -> None:
    far = Far(breaks=0)
    with pytest.raises(TypeError, match="does not say that it may be made twice"):
        on_a_clock_that_jumps(lambda: EXACT(far.submit, "buy"))
    assert far.called_at == []


@pytest.mark.parametrize(
    "name",
    [
        *("submit", "_submit_order", "place", "buy", "sell", "create_orders", "create_market_order", "createOrder"),
        *("send_order", "open_position", "market_sell", "amend", "edit_order", "cancel_replace", "cancelReplaceOrder"),
        *("fetched", "load_and_place", "_"),
    ],
)
def test_nobody_can_say_of_a_submit_that_it_may_be_made_twice(name: str) -> None:
    async def call() -> None: ...

    call.__name__ = name
    with pytest.raises(TypeError, match=f"{name} is never made twice"):
        Idempotent(call)


def test_a_call_cannot_be_dressed_up_where_it_is_made() -> None:
    far = Far(breaks=0)
    for nameless in (lambda: far.submit("buy"), partial(far.submit, "buy")):
        with pytest.raises(TypeError, match="no name"):
            Idempotent(nameless)


def test_it_is_still_a_call_that_can_be_made_once() -> None:
    far = Far(breaks=0)
    assert asyncio.run(_once(far)) == "yes"
    assert isinstance(Far.fetch, Idempotent)


async def _once(far: Far) -> str:
    return await far.fetch("yes")


def test_each_attempt_counts_in_its_breaker_and_an_open_one_ends_the_attempts() -> None:
    scene = Scene()

    @Idempotent
    async def fetch_guarded() -> None:
        with scene.breaker.guard():
            raise ConnectionError

    async def twice() -> None:
        with pytest.raises(ConnectionError):
            await EXACT(fetch_guarded)
        with pytest.raises(Rejected):
            await EXACT(fetch_guarded)

    on_a_clock_that_jumps(twice)
    assert (scene.breaker.metrics.failures, scene.breaker.metrics.rejected) == (5, 1)


@pytest.mark.parametrize(
    "wrong", [{"connect": 0}, {"read": 0}, {"total": 0}, {"first": -1}, {"longest": float("nan")}, {"jitter": 1.0}]
)
def test_numbers_that_make_no_patience_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} is"):
        Patience(**wrong)
