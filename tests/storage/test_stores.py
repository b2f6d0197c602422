"""What every store promises, in memory, on SQLite and on PostgreSQL alike."""

import asyncio
from asyncio import CancelledError
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cryptoflow.domain.events.accounts import PositionChanged, RiskMeasured, TradeClosed
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import (
    FillBooked,
    OrderAcknowledged,
    OrderCancelled,
    OrderSubmitted,
    OrderValidated,
)
from cryptoflow.domain.journal.chain import Chain
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.kept.curve import EquitySpan, Resolution, RiskSpan
from cryptoflow.domain.kept.message import message
from cryptoflow.domain.kept.order import Order
from cryptoflow.domain.kept.position import Position
from cryptoflow.domain.kept.run import Run
from cryptoflow.domain.kept.terms import MarketSnapshot
from cryptoflow.domain.kept.trade import Trade
from cryptoflow.domain.orders import OrderState
from cryptoflow.errors import ExitCode
from cryptoflow.storage.events.appending import Conflict, Fenced
from cryptoflow.storage.events.law import Unlawful
from cryptoflow.storage.events.reading import Wanted
from cryptoflow.storage.work.memory_store import MemoryStore
from cryptoflow.storage.work.transaction import Over
from cryptoflow.storage.work.unit import Store
from tests.storage.stores import everything, in_a_loop
from tests.storage.stories import BEGIN, MINUTE, SYMBOL, drafts, intent

HOUR = 60 * MINUTE
CLOSED = TradeClosed(
    "t1", SYMBOL, "trend", BEGIN, Decimal("0.1"), Decimal(1000), Decimal("1001.000000000000000001"), Decimal(100),
    Decimal("-0.1"), Decimal("0.2"), 3, "signal",
)  # fmt: skip
RUN = Run("r1", "main", "paper", "trend.yaml", "ab" * 32, "cd" * 32, BEGIN, None, "{}")


async def write(store: Store, told: Sequence[Event | Draft], **options: Any) -> None:
    """Append events in a unit of their own."""
    wrapped = [each if isinstance(each, Draft) else Draft(each, BEGIN) for each in told]
    async with store.work("main", token=options.pop("token", 0)) as work:
        await work.events.append(wrapped, **options)
        await work.commit()


@in_a_loop
async def test_what_is_committed_is_read_back_as_values(store: Store) -> None:
    measured = RiskMeasured(Decimal(1000), Decimal(100), 0.01, 7.5)
    async with store.work("main") as work:
        await work.events.append(
            [*drafts(0, 2), Draft(CLOSED, BEGIN + HOUR), Draft(measured, BEGIN), Draft(measured, BEGIN + MINUTE)]
        )
        await work.runs.add(RUN)
        await work.commit()
    async with store.view("main") as work:
        assert await work.orders.get("ORDER1") == Order(
            account="main", id="ORDER1", at=BEGIN + MINUTE, symbol=SYMBOL, strategy="trend", side="buy", leg="entry",
            type="market", quantity=Decimal("0.1"), price=Decimal(1000), stop=Decimal(98), notional=Decimal(100),
            cap=Decimal(100), correlation=None, correlation_limit=None, decided_at=BEGIN + MINUTE, attempt=1,
            state=OrderState.FILLED, filled=Decimal("0.1"), cost=Decimal(100), reason="signal",
            changed_at=BEGIN + MINUTE,
        )  # fmt: skip
        assert [each.trade for each in await work.fills.of("ORDER0")] == ["T0"]
        assert await work.positions.get(SYMBOL) == Position(
            "main", SYMBOL, "trend", Decimal("0.1"), Decimal(1000), Decimal(100), Decimal("0.1"), BEGIN, BEGIN + MINUTE
        )
        assert await work.trades.newest(1) == [
            Trade(
                "main", "t1", BEGIN + HOUR, SYMBOL, "trend", BEGIN, Decimal("0.1"), Decimal(1000),
                Decimal("1001.000000000000000001"), Decimal(100), Decimal("-0.1"), Decimal("0.2"), 3, "signal",
            )
        ]  # fmt: skip
        assert [each.verdict for each in await work.verdicts.of("ORDER0")] == ["approved"]
        assert await work.equity.spans(Resolution.DAY) == [
            EquitySpan("main", 1_699_920_000_000, Decimal(1000), Decimal("1000.125"), Decimal(1000),
                       Decimal("1000.125"), 2)
        ]  # fmt: skip
        (hour,) = await work.risk.spans(Resolution.HOUR)
        assert hour == RiskSpan("main", 1_699_999_200_000, Decimal(100), Decimal(200), 0.01, 7.5, 2)
        assert hour.mean_exposure == 100
        assert (await work.equity.last(), await work.equity.minutes(until=BEGIN)) != (None, [])
        assert await work.runs.of("main") == [RUN] == await work.runs.all()
        assert await work.orders.open() == [] == await work.orders.find(since=BEGIN + HOUR)
        assert [each.id for each in await work.orders.find(symbol=SYMBOL, until=BEGIN + MINUTE)] == ["ORDER0"]


@in_a_loop
async def test_the_journal_is_numbered_chained_and_read_by_what_is_wanted(store: Store) -> None:
    await write(store, drafts(0, 3))
    await write(store, drafts(3, 2))
    async with store.view("main") as work:
        told = [each async for each in work.events.read()]
        head = await work.events.head()
        orders = [each async for each in work.events.read(Wanted("main", names=("order.*", "fill.booked"), after=8))]
        of_one = [each async for each in work.events.read(Wanted("main", stream="order/ORDER2"))]
        late = [each async for each in work.events.read(Wanted("main", since=BEGIN + 4 * MINUTE))]
    chain = Chain("main")
    assert chain.follow(told) is None and chain.ends_at(head) is None
    assert [each.seq for each in told] == list(range(1, 41))
    assert len(orders) == 4 * 6 and [each.version for each in of_one] == [1, 2, 3, 4, 5, 6] and len(late) == 8
    assert told[0].event == drafts(0)[0].event


@pytest.mark.parametrize("leaving", ["returning", "failing", "cancelled"])
@in_a_loop
async def test_leaving_without_a_commit_changes_nothing(store: Store, leaving: str) -> None:
    written = asyncio.Event()

    async def half() -> None:
        async with store.work("main") as work:
            await work.events.append(drafts(0))
            await work.outbox.add(message("hook", "k", "{}", BEGIN))
            await work.commands.ask("pause", {}, "op", BEGIN)
            await work.runs.add(RUN)
            written.set()
            if leaving == "cancelled":
                await asyncio.sleep(3600)
            if leaving == "failing":
                raise ZeroDivisionError

    task = asyncio.create_task(half())
    await written.wait()
    if leaving == "cancelled":
        task.cancel()
    (told,) = await asyncio.gather(task, return_exceptions=True)
    assert type(told) is {"returning": type(None), "failing": ZeroDivisionError, "cancelled": CancelledError}[leaving]
    assert (await everything(store))["events"] == []
    async with store.work("main") as work:
        assert await work.outbox.get("k") is None
        assert await work.commands.unanswered() == [] == await work.runs.all()


@in_a_loop
async def test_a_unit_that_is_cancelled_at_any_moment_is_there_as_a_whole_or_not_at_all(store: Store) -> None:
    async def unit(number: int) -> None:
        async with store.work("main") as work:
            await work.events.append(drafts(number))
            await work.outbox.add(message("hook", f"ORDER{number}", "{}", BEGIN))
            await work.commit()

    cancelled = []
    for number in range(12):
        cancelled.append(task := asyncio.create_task(unit(number)))
        await asyncio.sleep(number / 1000)
        task.cancel()
        await asyncio.wait([task])
    await unit(12)  # nobody holds a lock, although somebody holds the tracebacks
    found = await everything(store)
    assert Chain("main").follow(found["events"]) is None
    whole = {order.id for order in found["orders"]}
    assert len(found["events"]) == 8 * len(whole) and "ORDER12" in whole
    async with store.view("main") as work:
        told = {f"ORDER{n}" for n in range(13) if await work.outbox.get(f"ORDER{n}") is not None}
    assert told == whole == {fill.order for fill in found["fills"]}


@in_a_loop
async def test_of_two_units_that_know_the_same_one_loses_and_leaves_nothing(store: Store) -> None:
    known = {"order/ORDER0": 0}
    told = await asyncio.gather(*(write(store, drafts(0), expected=known) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each) for each in told if each) == [Conflict]
    assert len((await everything(store))["events"]) == 8


@in_a_loop
async def test_a_process_that_has_lost_its_lease_neither_writes_nor_takes_commands(store: Store) -> None:
    await write(store, drafts(0), token=7)
    async with store.work("main", token=6) as work:
        await work.commands.ask("kill", {}, "op", BEGIN)
        with pytest.raises(Fenced, match="holds token 6, the journal has seen 7"):
            await work.commands.take()
    with pytest.raises(Fenced):
        await write(store, drafts(1), token=6)
    assert len((await everything(store))["events"]) == 8


@in_a_loop
async def test_nothing_follows_a_commit_and_a_view_changes_nothing(store: Store) -> None:
    async with store.work("main") as work:
        await work.commit()
        with pytest.raises(Over, match="is over"):
            await work.events.append(drafts(0))
    with pytest.raises(Over, match="is over"):
        await work.orders.find()
    async with store.view("main") as work:
        for changing in (work.events.append(drafts(0)), work.runs.add(RUN), work.commands.take(), work.commit()):
            with pytest.raises(Over, match="only reads"):
                await changing


UNLAWFUL = {
    "without a stop": (intent(1, stop=None), "order ORDER1 would enter without a stop"),
    "without a cap": (intent(1, cap=None), "order ORDER1 would enter without a cap"),
    "above its cap": (intent(1, notional="100.00000001"), "order ORDER1 is worth 100.00000001; its cap is 100"),
    "at its correlation limit": (
        replace(intent(1), correlation=0.7, correlation_limit=0.7),
        "order ORDER1 correlates by 0.7 with what is held; its limit is 0.7",
    ),
    "of no leg": (replace(intent(1), leg="hedge"), "order ORDER1 is neither entry, add nor exit, but 'hedge'"),
    "meant twice": (intent(0), "order ORDER0 was meant before"),
    "moved where it may not": (OrderSubmitted("ORDER0", ""), "order ORDER0 does not move from filled to submitted"),
}


@in_a_loop
async def test_an_unlawful_intent_or_move_is_refused_in_words_with_all_that_came_with_it(store: Store) -> None:
    await write(store, drafts(0))
    before = await everything(store)
    for what, (odd, words) in UNLAWFUL.items():
        with pytest.raises(Unlawful) as refused:
            await write(store, [*drafts(5), odd])
        assert refused.value.code is ExitCode.REFUSED, what
        assert refused.value.problems[0].what == words
    assert await everything(store) == before


@in_a_loop
async def test_exits_need_no_stop_and_rounding_is_no_breach(store: Store) -> None:
    leaving = replace(intent(1), leg="exit", stop=None, cap=None)
    close = replace(intent(2, notional="100.000000001"), correlation=0.699999, correlation_limit=0.7)
    await write(store, [leaving, close])
    orders = (await everything(store))["orders"]
    assert [(order.id, order.notional, order.correlation) for order in orders] == [
        ("ORDER1", 100, None), ("ORDER2", 100, 0.699999),
    ]  # fmt: skip


@in_a_loop
async def test_facts_are_never_refused(store: Store) -> None:
    await write(store, [intent(0), OrderValidated("ORDER0", ""), OrderCancelled("ORDER0", "by hand")])
    late = FillBooked(
        "ORDER0", "binance", "T0", SYMBOL, "trend", "buy", "entry", Decimal(5), Decimal(1000), Decimal(0), "USDT",
        Decimal(5), Decimal(5000), "",
    )  # fmt: skip
    by_hand = replace(late, order="SOMEBODYS", trade="T1")
    short = PositionChanged(SYMBOL, "trend", Decimal(-3), Decimal(1000), Decimal(-3000), Decimal(0), BEGIN)
    await write(store, [late, by_hand, short, OrderAcknowledged("SOMEBODYS", "")])
    found = await everything(store)
    assert [fill.order for fill in found["fills"]] == ["ORDER0", "SOMEBODYS"]
    (order,) = found["orders"]
    assert (order.state, order.filled, order.left) == (OrderState.CANCELLED, 5, Decimal("-4.9"))
    assert found["held"][0].quantity == -3


@in_a_loop
async def test_databases_say_what_memory_says(store: Store) -> None:
    memory = MemoryStore()
    for each in (store, memory):
        await write(each, drafts(0, 35))
        await write(each, drafts(35, 35))
    assert await everything(store) == await everything(memory)


@in_a_loop
async def test_accounts_do_not_see_each_other(store: Store) -> None:
    await write(store, drafts(0))
    async with store.work("other") as work:
        await work.events.append(drafts(0)[:3])
        await work.commands.ask("pause", {}, "op", BEGIN)
        await work.commit()
    assert len((await everything(store, "other"))["events"]) == 3
    async with store.work("main") as work:
        assert await work.commands.take() is None
        assert (await work.orders.get("ORDER0")).state is OrderState.FILLED


@in_a_loop
async def test_terms_of_a_day_that_a_run_relied_on_are_not_replaced(store: Store) -> None:
    first = MarketSnapshot("binance", SYMBOL, "2024-01-01", BEGIN, '{"lot":"0.001"}', "aa")
    later = replace(first, day="2024-01-02", at=BEGIN + HOUR, digest="bb")
    async with store.shared() as work:
        for each in (first, later, replace(first, at=BEGIN + 1)):
            await work.markets.add(each)
        with pytest.raises(Conflict, match="binance had other terms for BTC/USDT on 2024-01-01 already"):
            await work.markets.add(replace(first, digest="cc"))
        await work.commit()
    async with store.shared() as work:
        assert await work.markets.get("binance", SYMBOL, "2024-01-01") == first
        assert await work.markets.newest("binance", SYMBOL, BEGIN + 2 * HOUR) == later
        assert await work.markets.newest("binance", SYMBOL, BEGIN - 1) is None


@in_a_loop
async def test_a_run_of_the_same_contents_takes_the_place_of_the_one_before(store: Store) -> None:
    async with store.shared() as work:
        await work.runs.add(RUN)
        await work.runs.add(replace(RUN, ended_at=BEGIN + HOUR))
        await work.commit()
    async with store.shared() as work:
        assert await work.runs.get("r1") == replace(RUN, ended_at=BEGIN + HOUR)
        assert await work.runs.get("r2") is None


@in_a_loop
async def test_what_was_booked_once_is_not_booked_again_at_another_moment(store: Store) -> None:
    life = drafts(0)
    (fill,) = [each for each in life if isinstance(each.event, FillBooked)]
    await write(store, life)
    for again in ([fill._replace(at=fill.at + 1)], [fill]):
        with pytest.raises(Conflict, match="fill T0 of binance is booked in main already"):
            await write(store, again)
    other = replace(fill.event, venue="kraken")
    await write(store, [other])
    with pytest.raises(Conflict, match="fill T9 of kraken"):
        await write(store, [replace(other, trade="T9"), replace(other, trade="T9")])
    assert len((await everything(store))["fills"]) == 2


@in_a_loop
async def test_a_round_trip_is_booked_once(store: Store) -> None:
    await write(store, [CLOSED])
    other = replace(CLOSED, trade="t2")
    for name, again in (
        ("t1", [CLOSED]),
        ("t1", [Draft(CLOSED, BEGIN + HOUR)]),
        ("t1", [replace(CLOSED, profit=Decimal(7))]),
        ("t2", [other, other]),
    ):
        with pytest.raises(Conflict, match=f"trade {name} is booked in main already"):
            await write(store, again)
    await write(store, [other])
    assert [each.id for each in (await everything(store))["trades"]] == ["t1", "t2"]
    async with store.work("other") as work:
        await work.events.append([Draft(CLOSED, BEGIN)])
        await work.commit()
