"""The broker and the rehearsal venue agree on every order, fill and balance, to the last digit."""

import asyncio
from decimal import Decimal

import pytest

from cryptoflow.domain.orders import OrderState as S
from cryptoflow.domain.trading.reports import Balance, Cut, Joined, Refused, Report, Unsure
from cryptoflow.execution.brokers.ccxt_broker import CcxtBroker
from cryptoflow.venue.counter import Counter
from cryptoflow.venue.dialects.dialect import Reply
from cryptoflow.venue.faults.script import Fault
from tests.execution.brokers.rehearsed import Room, bracket, limit, market, rehearsed, stop
from tests.execution.brokers.scripted import breakers, client
from tests.venue.markets import OPENING


def states(reports: list[Report]) -> list[S]:
    """The states of reports."""
    return [each.state for each in reports]


def ended(room: Room, order: str) -> bool:
    """Whether the stream has told the end of an order."""
    return bool(room.reports(order)) and room.reports(order)[-1].state in (S.FILLED, S.CANCELLED, S.EXPIRED)


def test_a_market_order_is_filled_and_told_the_same_in_four_places() -> None:
    async def scene(room: Room) -> None:
        answer = await room.broker.submit(market("BUY", "buy", "0.12345"))
        await room.hears(lambda _: ended(room, "BUY"))
        asked = await room.broker.fetch_order("BTC/USDT", "BUY")
        deals = await room.broker.fetch_deals("BTC/USDT", OPENING)
        streamed = room.reports("BUY")
        assert asked is not None
        assert states(streamed)[0] is S.ACKNOWLEDGED
        assert answer.state is asked.state is streamed[-1].state is S.FILLED
        assert answer.filled == asked.filled == streamed[-1].filled == Decimal("0.12345")
        assert answer.cost == asked.cost == streamed[-1].cost
        told = [deal for report in streamed for deal in report.deals]
        assert list(answer.deals) == told == deals
        cost, fee = sum(deal.quantity * deal.price for deal in deals), sum(deal.fee for deal in deals)
        assert cost == answer.cost
        balances = await room.broker.fetch_balances()
        assert balances["BTC"] == Balance(Decimal("2.12345"), Decimal(0))
        assert balances["USDT"].free == 100_000 - cost - fee
        assert room.told()["USDT"] == (balances["USDT"].free, 0)

    rehearsed(scene)


def test_coins_are_sold_again_and_fees_may_be_paid_in_coins() -> None:
    async def scene(room: Room) -> None:
        bought = await room.broker.submit(market("BUY", "buy", "0.5"))
        (deal,) = bought.deals
        assert (deal.fee, deal.fee_currency) == (Decimal("0.0005"), "BTC")
        assert (await room.broker.fetch_balances())["BTC"].free == Decimal("2.4995")
        sold = await room.broker.submit(market("SELL", "sell", "2.4995"))
        assert sold.deals[0].fee_currency == "USDT"
        assert "BTC" not in await room.broker.fetch_balances()

    rehearsed(scene, fees_in="base")


def test_a_stop_rests_and_sells_once_it_is_triggered() -> None:
    async def scene(room: Room) -> None:
        resting = await room.broker.submit(stop("STOP", "0.1", "40007.5"))
        assert (resting.state, resting.trigger, resting.triggered_at) == (S.ACKNOWLEDGED, Decimal("40007.5"), None)
        assert [each.order for each in await room.broker.fetch_open()] == ["STOP"]
        await room.hears(lambda _: ended(room, "STOP"))
        last = room.reports("STOP")[-1]
        assert (last.state, last.type, last.filled) == (S.FILLED, "stop", Decimal("0.1"))
        assert last.triggered_at is not None
        assert await room.broker.fetch_open() == ()

    rehearsed(scene)


def test_one_leg_of_a_bracket_ends_the_other() -> None:
    async def scene(room: Room) -> None:
        reports = await room.broker.submit_bracket(bracket("0.1", "40007.5", "45000"))
        assert states(list(reports)) == [S.ACKNOWLEDGED, S.ACKNOWLEDGED]
        assert (reports[0].order, reports[1].order) == ("STOP", "TARGET")
        await room.hears(lambda _: ended(room, "STOP") and ended(room, "TARGET"))
        assert room.reports("STOP")[-1].state is S.FILLED
        assert room.reports("TARGET")[-1].state is S.EXPIRED

    rehearsed(scene)


def test_taking_one_leg_back_takes_both() -> None:
    async def scene(room: Room) -> None:
        await room.broker.submit_bracket(bracket("0.1", "20000", "60000"))
        assert (await room.broker.cancel("BTC/USDT", "STOP")).state is S.CANCELLED
        await room.hears(lambda _: ended(room, "STOP") and ended(room, "TARGET"))
        assert states(room.reports("TARGET")) == [S.ACKNOWLEDGED, S.CANCELLED]
        assert (await room.broker.cancel("BTC/USDT", "TARGET")).state is S.CANCELLED
        assert (await room.broker.fetch_balances())["BTC"] == Balance(Decimal(2), Decimal(0))

    rehearsed(scene)


def test_an_order_is_taken_back_under_our_id() -> None:
    async def scene(room: Room) -> None:
        await room.broker.submit(limit("LOW", "buy", "0.1", "20000"))
        assert (await room.broker.fetch_balances())["USDT"].locked > 0
        report = await room.broker.cancel("BTC/USDT", "LOW")
        assert (report.order, report.state, report.reason) == ("LOW", S.CANCELLED, "CANCELED")
        await room.hears(lambda _: ended(room, "LOW"))
        assert states(room.reports("LOW")) == [S.ACKNOWLEDGED, S.CANCELLED]

    rehearsed(scene)


def test_what_the_venue_never_had_is_none_and_cannot_be_taken_back() -> None:
    async def scene(room: Room) -> None:
        assert await room.broker.fetch_order("BTC/USDT", "NOBODY") is None
        with pytest.raises(Refused) as refused:
            await room.broker.cancel("BTC/USDT", "NOBODY")
        assert (refused.value.kind, refused.value.code) == ("unknown_order", "-2011")

    rehearsed(scene)


def test_what_the_venue_refuses_is_refused_by_its_kind() -> None:
    async def scene(room: Room) -> None:
        await room.broker.submit(limit("LOW", "buy", "0.1", "20000"))
        for intent, kind in (
            (market("RICH", "buy", "9"), "funds"),
            (limit("SMALL", "buy", "0.0001", "20000"), "filter"),
            (limit("LOW", "buy", "0.1", "20000"), "duplicate"),
            (stop("HIGH", "0.1", "60000"), "trigger"),
        ):
            with pytest.raises(Refused) as refused:
                await room.broker.submit(intent)
            assert refused.value.kind == kind, refused.value

    rehearsed(scene)


def test_an_order_without_an_answer_is_unsure_and_found_by_its_id_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    async def held_back(_: Counter, reply: Reply) -> Reply:
        await asyncio.sleep(12)
        return reply

    monkeypatch.setattr(Counter, "handed", held_back)  # the venue's one place for that

    async def scene(room: Room) -> None:
        with pytest.raises(Unsure):
            await room.broker.submit(market("LATE", "buy", "0.1"))
        found = await room.broker.fetch_order("BTC/USDT", "LATE")
        assert found is not None
        assert found.state is S.FILLED
        assert states(room.reports("LATE")) == [S.ACKNOWLEDGED, S.FILLED]

    rehearsed(scene)


def test_a_stream_that_is_cut_says_so_and_comes_back_by_itself() -> None:
    async def scene(room: Room) -> None:
        await room.hears(lambda said: len(said) == 3)
        joined, cut, again = room.said
        assert (joined, again) == (Joined(), Joined())
        assert isinstance(cut, Cut)
        assert cut.reason
        await room.broker.submit(market("AFTER", "buy", "0.1"))
        await room.hears(lambda _: ended(room, "AFTER"))
        assert states(room.reports("AFTER")) == [S.ACKNOWLEDGED, S.FILLED]

    rehearsed(scene, Fault("disconnect", at=(60_000,)))


def test_what_happened_during_a_cut_is_asked_for() -> None:
    gone = Fault("refused", at=(60_000,), lasts=20_000)

    async def scene(room: Room) -> None:
        await room.broker.submit(market("BEFORE", "buy", "0.1"))
        await room.hears(lambda said: said[-1] == Joined() and len(said) > 1)
        kinds = [type(each) for each in room.said if isinstance(each, Cut | Joined)]
        assert kinds == [Joined, Cut, Joined]
        assert room.venue.market.now() >= OPENING + 80_000
        (deal,) = await room.broker.fetch_deals("BTC/USDT", OPENING)
        assert deal.order == "BEFORE"

    rehearsed(scene, gone)


def test_a_new_broker_learns_the_ids_of_fills_that_it_did_not_see() -> None:
    async def scene(room: Room) -> None:
        for name in ("ONE", "TWO"):
            await room.broker.submit(market(name, "buy", "0.1"))
        other = CcxtBroker(room.broker.exchange, breakers([]))
        assert [deal.order for deal in await other.fetch_deals("BTC/USDT", OPENING)] == ["ONE", "TWO"]

    rehearsed(scene)


def test_a_key_that_does_not_fit_is_refused_before_anything_is_heard() -> None:
    async def scene(room: Room) -> None:
        exchange = client(room.venue.url, "key", "another secret")
        try:
            await exchange.load_markets()
            with pytest.raises(Refused) as refused:
                await anext(CcxtBroker(exchange, breakers([])).said())
            assert refused.value.kind == "permission"
        finally:
            await exchange.close()

    rehearsed(scene)
