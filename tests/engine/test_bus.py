"""The bus hands events on in order, and whoever is slow or fails costs the others nothing."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.events import (
    Event,
    HistoryPlayed,
    OrderCancelled,
    RoundClosed,
    SubscriberFailed,
    SubscriberOverflowed,
)
from cryptoflow.engine.runtime.queues import Overflow
from cryptoflow.engine.runtime.subscription import Subscription


def played(done: int) -> HistoryPlayed:
    return HistoryPlayed(done, 1_000)


def cancelled(symbol: str, number: int) -> OrderCancelled:
    return OrderCancelled(0, symbol, "trend", number, "buy", "limit", "entry", 1.0, "expired")


class Listener:
    """A subscriber that notes what it hears, and takes as long about each event as it is told to."""

    def __init__(self, pause: float = 0.0) -> None:
        self.heard: list[Any] = []
        self.pause = pause

    async def work(self, subscription: Subscription) -> None:
        async for event in subscription:
            self.heard.append(event)
            if self.pause:
                await asyncio.sleep(self.pause)


async def fails(subscription: Subscription) -> None:
    async for _ in subscription:
        raise ZeroDivisionError("a subscriber's own mistake")


def wait(story: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(story, 5))


def kept(overflow: Overflow, bound: int, events: Sequence[Event]) -> tuple[list[Any], int]:
    """What a subscriber finds that was away while `events` were published, and how many it has missed."""

    async def story() -> tuple[list[Any], int]:
        bus = Bus()
        subscription = bus.subscribe("away", "history.*", "order.*", overflow=overflow, bound=bound)
        for event in events:
            bus.publish(event)
        subscription.close()
        return [event async for event in subscription], subscription.missed

    found: tuple[list[Any], int] = wait(story())
    return found


@given(
    bound=st.integers(1, 8),
    bursts=st.lists(st.integers(0, 8), max_size=12),
    overflow=st.sampled_from((Overflow.DROP_OLDEST, Overflow.DROP_NEWEST)),
)
def test_nothing_is_lost_and_order_is_kept_while_no_more_events_wait_than_the_bound(
    bound: int, bursts: list[int], overflow: Overflow
) -> None:
    async def story() -> None:
        bus, listener, count = Bus(), Listener(), 0
        subscription = bus.attach("all", "history.played", work=listener.work, overflow=overflow, bound=bound)
        for burst in bursts:
            for _ in range(min(burst, bound)):
                bus.publish(played(count))
                count += 1
            await asyncio.sleep(0)
        await bus.close()
        assert [event.done for event in listener.heard] == list(range(count))
        assert subscription.missed == 0

    wait(story())


@given(
    bound=st.integers(1, 6),
    numbers=st.lists(st.integers(0, 99), max_size=20),
    overflow=st.sampled_from((Overflow.DROP_OLDEST, Overflow.DROP_NEWEST)),
)
def test_what_is_kept_and_what_is_missed_add_up_whatever_the_policy(
    bound: int, numbers: list[int], overflow: Overflow
) -> None:
    events = [played(number) for number in numbers]
    found, missed = kept(overflow, bound, events)
    assert found == (events[-bound:] if overflow is Overflow.DROP_OLDEST else events[:bound])
    assert missed == len(events) - len(found)


def test_the_latest_of_each_symbol_is_enough_where_only_the_latest_is_asked_for() -> None:
    events = [cancelled("A", 1), cancelled("B", 2), cancelled("A", 3), played(4), played(5), cancelled("A", 6)]
    found, missed = kept(Overflow.LATEST, 3, events)
    assert found == [cancelled("B", 2), played(5), cancelled("A", 6)]
    assert missed == 0
    assert kept(Overflow.LATEST, 2, events) == ([played(5), cancelled("A", 6)], 1)


def test_a_queue_that_may_not_lose_anything_cannot_be_had() -> None:
    with pytest.raises(ValueError, match="lossless"):
        Overflow("lossless")
    with pytest.raises(ValueError, match="takes a topic"):
        Bus().subscribe("deaf", overflow=Overflow.LATEST)
    with pytest.raises(ValueError, match="one event at least"):
        Bus().subscribe("narrow", "order.*", overflow=Overflow.LATEST, bound=0)


def test_subscribers_hear_the_names_and_families_they_asked_for() -> None:
    async def story() -> None:
        bus = Bus()
        assert not bus.hearing("history.played")
        family = bus.subscribe("family", "order.*", overflow=Overflow.DROP_OLDEST)
        one = bus.subscribe("one", "history.played", overflow=Overflow.DROP_OLDEST)
        for event in (played(1), cancelled("A", 2), RoundClosed(0, 1.0, 1.0, 0, 0)):
            bus.publish(event)
        assert family.rest() == [cancelled("A", 2)]
        assert one.rest() == [played(1)]
        assert not bus.hearing("orders.placed")
        bus.leave(one)
        assert not bus.hearing("history.played")

    wait(story())


def test_a_slow_subscriber_delays_nobody_and_the_others_hear_how_much_it_missed() -> None:
    async def story() -> None:
        bus, quick, slow = Bus(), Listener(), Listener(pause=3_600)
        bus.attach("quick", "history.*", "subscriber.*", work=quick.work, overflow=Overflow.DROP_OLDEST)
        stuck = bus.attach("slow", "history.*", "subscriber.*", work=slow.work, overflow=Overflow.DROP_OLDEST, bound=2)
        for done in range(12):
            bus.publish(played(done))
            await asyncio.sleep(0)
        assert [event.done for event in quick.heard if isinstance(event, HistoryPlayed)] == list(range(12))
        told = [event for event in quick.heard if isinstance(event, SubscriberOverflowed)]
        assert told == [SubscriberOverflowed("slow", missed) for missed in (1, 2, 4, 8)]
        assert slow.heard == [played(0)]
        assert stuck.missed == 9
        assert stuck.rest() == [played(10), played(11)]
        await asyncio.sleep(0)
        assert quick.heard[-1] == SubscriberOverflowed("slow", 9)
        await bus.close(patience=0)

    wait(story())


def test_a_subscriber_that_raises_is_an_event_for_the_others_and_hears_no_more() -> None:
    async def story() -> None:
        bus, listener = Bus(), Listener()
        bus.attach("broken", "history.*", work=fails, overflow=Overflow.DROP_OLDEST, bound=1)
        bus.attach("well", "history.*", "subscriber.*", work=listener.work, overflow=Overflow.DROP_OLDEST)
        for done in range(3):
            bus.publish(played(done))
            for _ in range(3):
                await asyncio.sleep(0)
        await bus.close()
        assert listener.heard == [
            played(0),
            SubscriberFailed("broken", "ZeroDivisionError: a subscriber's own mistake"),
            played(1),
            played(2),
        ]

    wait(story())


def test_a_failure_that_no_subscriber_hears_of_reaches_the_loop() -> None:
    async def story() -> None:
        said: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))
        bus = Bus()
        bus.attach("broken", "history.*", work=fails, overflow=Overflow.DROP_OLDEST)
        bus.publish(played(1))
        await bus.close()
        assert [context["message"] for context in said] == ["subscriber.failed broken"]

    wait(story())


def test_a_plain_function_that_blocks_holds_up_neither_publisher_nor_subscribers() -> None:
    async def story() -> None:
        bus, listener, seen = Bus(), Listener(), []

        def block(event: HistoryPlayed) -> None:
            time.sleep(0.05)
            seen.append(event.done)

        bus.call("blocking", "history.*", each=block, overflow=Overflow.DROP_OLDEST)
        bus.attach("quick", "history.*", work=listener.work, overflow=Overflow.DROP_OLDEST)
        for done in range(4):
            bus.publish(played(done))
            await asyncio.sleep(0)
        assert len(listener.heard) == 4
        assert len(seen) < 4
        await bus.close()
        assert seen == [0, 1, 2, 3]

    wait(story())
