"""Messages on their way out, in every store; time passes because the test moves the clock."""

import asyncio

import pytest

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.domain.kept.message import Message, MessageState, message
from cryptoflow.storage.events.appending import Conflict
from cryptoflow.storage.work.memory_store import MemoryStore
from cryptoflow.storage.work.relay import KEPT, LOST, Relay, Undelivered
from cryptoflow.storage.work.retrying import MOST, wait
from cryptoflow.storage.work.unit import Store
from tests.storage.stores import Hand, in_a_loop
from tests.storage.stories import BEGIN, drafts

SECOND = 1_000


class Receiver:
    """Takes messages, and fails as it is told: by key, how each of the next attempts ends."""

    def __init__(self, **trouble: list[Exception | None]) -> None:
        self.got: list[str] = []
        self.trouble = trouble

    async def __call__(self, sent: Message) -> None:
        self.got.append(sent.key)
        left = self.trouble.get(sent.key, [])
        error = left.pop(0) if left else None
        if error is not None:
            raise error


async def add(store: Store, *keys: str) -> None:
    """Write messages."""
    async with store.shared() as work:
        for key in keys:
            await work.outbox.add(message("hook", key, f'{{"about":"{key}"}}', BEGIN))
        await work.commit()


async def get(store: Store, key: str) -> Message:
    """Read a message."""
    async with store.shared() as work:
        found = await work.outbox.get(key)
    assert found is not None
    return found


def test_waits_double_from_a_second_and_never_exceed_five_minutes_by_more_than_their_jitter() -> None:
    for attempts in range(1, 20):
        plain = min(300 * SECOND, SECOND * 2 ** (attempts - 1))
        waits = {wait(f"key {number}", attempts) for number in range(200)}
        assert len(waits) > 100, "nobody draws lots"
        assert 0.8 * plain <= min(waits) < 0.85 * plain < 1.15 * plain < max(waits) <= 1.2 * plain
    assert wait("key", 3) == wait("key", 3)


@in_a_loop
async def test_a_message_is_written_with_what_it_tells_of_and_once_by_its_key(store: Store) -> None:
    async with store.work("main") as work:
        await work.events.append(drafts(0))
        first = await work.outbox.add(message("hook", "main:1", "{}", BEGIN))
        await work.commit()
    async with store.shared() as work:
        assert await work.outbox.add(message("hook", "main:1", "{}", BEGIN + 5)) == first
        with pytest.raises(Conflict, match="message main:1 is another one here"):
            await work.outbox.add(message("hook", "main:1", '{"other":1}', BEGIN))


@in_a_loop
async def test_what_is_due_is_sent_and_what_fails_is_tried_again_when_its_wait_is_over(store: Store) -> None:
    clock, receiver = Hand(BEGIN), Receiver(b=[ConnectionResetError("reset"), Undelivered("503")])
    relay = Relay(store, receiver, clock)
    await add(store, "a", "b")
    assert await relay.once() == (1, 1, 0)
    first = wait("b", 1)
    clock.at += first - 1
    assert await relay.once() == (0, 0, 0)
    clock.at += 1
    assert await relay.once() == (0, 1, 0)
    clock.at += wait("b", 2)
    assert await relay.once() == (1, 0, 0)
    assert receiver.got.count("a") == 1 and receiver.got.count("b") == 3
    assert (await get(store, "b")).state is MessageState.SENT


@in_a_loop
async def test_the_receiver_may_ask_to_wait_longer(store: Store) -> None:
    clock, receiver = Hand(BEGIN), Receiver(a=[Undelivered("429", after=90 * SECOND)])
    await add(store, "a")
    await Relay(store, receiver, clock).once()
    assert (await get(store, "a")).due_at == BEGIN + 90 * SECOND


@in_a_loop
async def test_after_the_last_attempt_or_a_hopeless_one_a_message_is_a_dead_letter_until_it_is_replayed(
    store: Store,
) -> None:
    clock = Hand(BEGIN)
    receiver = Receiver(slow=[Undelivered("503")] * MOST, wrong=[Undelivered("410", hopeless=True)])
    relay = Relay(store, receiver, clock)
    await add(store, "slow", "wrong")
    for _ in range(MOST):
        await relay.once()
        clock.at += 400 * SECOND
    assert (receiver.got.count("slow"), receiver.got.count("wrong")) == (MOST, 1)
    async with store.shared() as work:
        dead = await work.outbox.dead("hook")
        assert [(each.key, each.error, each.attempts) for each in dead] == [("slow", "503", MOST), ("wrong", "410", 1)]
        assert await work.outbox.dead("other") == []
        assert await work.outbox.replay(["slow", "unheard of"], clock.at) == 1
        await work.commit()
    assert await relay.once() == (1, 0, 0)
    clock.at += KEPT
    assert await relay.tidy() == 2


@in_a_loop
async def test_what_a_relay_claimed_before_it_died_is_sent_by_the_next_one(store: Store) -> None:
    clock, receiver = Hand(BEGIN), Receiver()
    await add(store, "a")
    async with store.shared() as work:
        await work.outbox.claim(clock.now(), clock.now() + LOST, 10)
        await work.commit()
    assert await Relay(store, receiver, clock).once() == (0, 0, 0)
    clock.at += LOST
    assert await Relay(store, receiver, clock).once() == (1, 0, 0)
    assert (await get(store, "a")).attempts == 2


@in_a_loop
async def test_a_message_that_kills_every_relay_ends_among_the_dead_letters(store: Store) -> None:
    clock = Hand(BEGIN)
    await add(store, "poison", "well")
    relay = Relay(store, Receiver(poison=[ZeroDivisionError()] * MOST), clock)
    for _ in range(MOST):
        with pytest.raises(ZeroDivisionError):
            await relay.once()
        clock.at += LOST
    assert await relay.once() == (0, 0, 1)
    assert (await get(store, "well")).attempts == 1
    assert (await get(store, "poison")).error == "nobody knows what became of the last attempt"


@in_a_loop
async def test_a_late_word_of_a_relay_that_was_taken_for_lost_undoes_nothing(store: Store) -> None:
    clock = Hand(BEGIN)
    await add(store, "a")
    async with store.shared() as work:
        (late,) = await work.outbox.claim(BEGIN, BEGIN + LOST, 10)
        await work.commit()
    clock.at += LOST
    await Relay(store, Receiver(), clock).once()
    async with store.shared() as work:
        await work.outbox.again(late, "too late", BEGIN)
        await work.outbox.give_up(late, "too late")
        await work.commit()
    assert (await get(store, "a")).state is MessageState.SENT


@in_a_loop
async def test_relays_beside_each_other_send_each_message_once(store: Store) -> None:
    receiver = Receiver()
    await add(store, *map(str, range(120)))
    told = await asyncio.gather(*(Relay(store, receiver, Hand(BEGIN)).once() for _ in range(3)))
    assert sum(each.sent for each in told) == 120
    assert sorted(receiver.got) == sorted(map(str, range(120)))


def test_on_postgresql_nobody_waits_for_what_another_relay_is_claiming(postgres_url: str) -> None:
    @in_a_loop
    async def story(store: Store) -> None:
        await add(store, "a", "b")
        async with asyncio.timeout(20), store.shared() as one, store.shared() as other:
            assert [each.key for each in await one.outbox.claim(BEGIN, BEGIN + LOST, 1)] == ["a"]
            assert [each.key for each in await other.outbox.claim(BEGIN, BEGIN + LOST, 9)] == ["b"]

    story(store=postgres_url)


def test_a_relay_sends_by_itself_and_waits_for_nobody_longer_than_its_patience() -> None:
    async def story() -> None:
        store, got = MemoryStore(), []

        async def deliver(sent: Message) -> None:
            if sent.key == "deaf" and sent.attempts == 1:
                await asyncio.sleep(3600)
            got.append(sent.key)

        task = asyncio.create_task(Relay(store, deliver, MachineClock()).run())
        await add(store, "deaf", "well")
        await asyncio.sleep(10)
        task.cancel()
        await asyncio.wait([task])
        assert got == ["well", "deaf"]
        assert (await get(store, "deaf")).attempts == 2

    with virtual_time(BEGIN) as loop:
        loop.run_until_complete(story())
