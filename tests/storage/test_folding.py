"""Folds that go on where they stopped come to what a fold from the start comes to."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.events.accounts import EquityMarked
from cryptoflow.domain.journal.fold import Folding, fold
from cryptoflow.domain.journal.recorded import Draft, Head, Recorded
from cryptoflow.domain.journal.snapshot import taken
from cryptoflow.errors import CryptoflowError
from cryptoflow.storage.events.appending import HEADS
from cryptoflow.storage.events.folding import folded, keep
from cryptoflow.storage.work.conditions import equal
from cryptoflow.storage.work.memory_store import MemoryStore
from cryptoflow.storage.work.repositories.snapshots import KEPT
from cryptoflow.storage.work.unit import Store
from tests.storage.stores import in_a_loop
from tests.storage.stories import BEGIN, MINUTE, drafts


class Peak(NamedTuple):
    """The highest mark so far, and how far below it the last one is: the order of events matters."""

    highest: Decimal = Decimal(0)
    below: Decimal = Decimal(0)
    events: int = 0


def step(peak: Peak, recorded: Recorded) -> Peak:
    if not isinstance(event := recorded.event, EquityMarked):
        return peak._replace(events=peak.events + 1)
    highest = max(peak.highest, event.equity)
    return Peak(highest, highest - event.equity, peak.events + 1)


def read(told: Sequence[str]) -> Peak:
    return Peak(Decimal(told[0]), Decimal(told[1]), int(told[2]))


PEAK = Folding("peak", 2, Peak(), step, tuple, read)

marks = st.lists(st.decimals(0, 10**12, places=8), max_size=30)


async def mark(store: Store, *equities: Decimal) -> None:
    """Append marks."""
    told = [Draft(EquityMarked(equity, None), BEGIN + number * MINUTE) for number, equity in enumerate(equities)]
    async with store.work("main") as work:
        await work.events.append(told)
        await work.commit()


async def kept(store: Store) -> None:
    """Fold, and keep what that came to."""
    async with store.work("main") as work:
        await keep(work, PEAK, await folded(work, PEAK))
        await work.commit()


@given(marks, marks, marks)
def test_a_fold_from_a_snapshot_comes_to_what_a_fold_from_the_start_comes_to(
    first: list[Decimal], second: list[Decimal], third: list[Decimal]
) -> None:
    async def story() -> None:
        store = MemoryStore()
        for part in (first, second):
            await mark(store, *part)
            await kept(store)
        await mark(store, *third)
        async with store.view("main") as work:
            found = await folded(work, PEAK)
            told = [each async for each in work.events.read()]
        assert found.state == fold(told, step, Peak())
        assert (found.since, found.head.seq, found.ignored) == (len(first + second), len(told), ())

    asyncio.run(story())


@in_a_loop
async def test_a_fold_goes_on_from_its_snapshot_in_every_store(store: Store) -> None:
    async with store.work("main") as work:
        await work.events.append(drafts(0, 2))
        await work.commit()
    await kept(store)
    await mark(store, Decimal("0.5"))
    async with store.view("main") as work:
        found = await folded(work, PEAK)
    assert found.state == Peak(Decimal("1000.125"), Decimal("999.625"), 17)
    assert (found.since, found.head.seq) == (16, 17)


@in_a_loop
async def test_snapshots_that_do_not_fit_are_passed_over_and_said_so(store: Store) -> None:
    await mark(store, Decimal(3), Decimal(1))
    await kept(store)
    lie = Peak(Decimal(99), Decimal(0), 7)
    async with store.work("main") as work:
        head = await work.events.head()
        sound = taken(PEAK, "main", head, lie)
        await work.snapshots.add(taken(PEAK, "main", Head(9, "ab" * 32), lie))
        await work.snapshots.add(taken(PEAK, "main", Head(1, "ab" * 32), lie))
        await work.snapshots.add(sound._replace(seq=2, state=sound.state.replace("99", "98")))
        found = await folded(work, PEAK)
        assert (found.state, found.since) == (Peak(Decimal(3), Decimal(2), 2), 0)
    assert [each.removeprefix("the snapshot of peak at event ") for each in found.ignored] == [
        "9 of main stands on an event that the journal does not have",
        "2 of main was altered",
        "1 of main stands on another event than the journal's",
    ]


@in_a_loop
async def test_a_snapshot_of_an_older_schema_is_of_no_use_and_goes_with_the_next_one(store: Store) -> None:
    older = Folding("peak", 1, Peak(), step, tuple, read)
    await mark(store, Decimal(3))
    async with store.work("main") as work:
        await keep(work, older, await folded(work, older))
        await work.events.append([Draft(EquityMarked(Decimal(4), None), BEGIN)])
        found = await folded(work, PEAK)
        assert found.ignored == ("the snapshot of peak at event 1 of main is of schema 1, not 2",)
        await keep(work, PEAK, found)
        assert [each.schema for each in await work.snapshots.newest_first("peak")] == [2]


@in_a_loop
async def test_the_newest_few_snapshots_are_kept(store: Store) -> None:
    for number in range(KEPT + 2):
        await mark(store, Decimal(number))
        await kept(store)
    async with store.view("main") as work:
        assert [each.seq for each in await work.snapshots.newest_first("peak")] == [5, 4, 3]


@in_a_loop
async def test_a_fold_whose_beginning_was_retired_needs_a_snapshot_and_says_so(store: Store) -> None:
    await mark(store, Decimal(3), Decimal(1))
    await kept(store)
    async with store.work("main") as work:
        head = await work.events.head()
        begun = {"first_seq": head.seq, "first_hash": head.hash}
        await work.events._transaction.change(HEADS, begun, equal("account", "main"))
        assert (await folded(work, PEAK)).state == Peak(Decimal(3), Decimal(2), 2)
        other = Folding("other", 1, Peak(), step, tuple, read)
        with pytest.raises(CryptoflowError, match="other of main cannot be told: events up to 2 were retired"):
            await folded(work, other)
