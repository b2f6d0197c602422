"""An unmodified ccxt client trades at the venue over real sockets, on a clock that jumps."""

import asyncio
from decimal import Decimal
from typing import Any

import ccxt
import pytest

from cryptoflow.venue.server import RehearsalVenue
from tests.venue.customers import (
    BARS,
    BOB,
    HOUSE,
    OPEN,
    RICH,
    SYMBOL,
    balances,
    bracket,
    client,
    named,
    order,
    traded,
)
from tests.venue.markets import MINUTE, OPENING


def test_a_purchase_and_a_sale_move_the_balances_to_the_last_digit() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any, Any]:
        bought = await alice.create_order(SYMBOL, "market", "buy", 0.12345)
        between = await balances(alice)
        return bought, between, (await alice.create_order(SYMBOL, "market", "sell", 0.1), await balances(alice))

    bought, between, (sold, after) = traded(main)
    cost = Decimal(bought["info"]["cummulativeQuoteQty"])
    assert cost == Decimal("0.12345") * Decimal(str(OPEN))
    paid = cost + (cost / 1_000).quantize(Decimal("1E-8"), "ROUND_DOWN")
    assert between == {"BTC": (Decimal("2.12345"), 0), "USDT": (100_000 - paid, 0)}
    got = Decimal(sold["info"]["cummulativeQuoteQty"])
    fee = sum(Decimal(fill["commission"]) for fill in sold["info"]["fills"])
    assert after == {"BTC": (Decimal("2.02345"), 0), "USDT": (100_000 - paid + got - fee, 0)}


def test_where_fees_are_taken_in_coins_a_purchase_brings_fewer() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any]:
        return await alice.create_order(SYMBOL, "market", "buy", 0.1), await balances(alice)

    bought, after = traded(main, house=HOUSE._replace(fees_in="base"))
    assert after["BTC"] == (Decimal("2.0999"), 0)
    assert after["USDT"] == (100_000 - Decimal(bought["info"]["cummulativeQuoteQty"]), 0)
    assert bought["fee"] == {"currency": "BTC", "cost": 0.0001}


def test_a_purchase_for_an_amount_buys_as_many_lots_as_it_pays_with_their_fee() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> Any:
        return (await alice.create_order(SYMBOL, "market", "buy", None, None, {"cost": 1_000}))["info"]

    told = traded(main)
    quantity, price = Decimal(told["executedQty"]), Decimal(str(OPEN))
    lot = Decimal("0.00001")
    assert quantity * price * Decimal("1.001") <= 1_000 < (quantity + lot) * price * Decimal("1.001")
    assert quantity % lot == 0


def test_a_stop_is_told_at_the_moment_at_which_the_market_gets_there() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any, int]:
        hearing = asyncio.create_task(alice.watch_my_trades(SYMBOL))
        await asyncio.sleep(1)
        stop = {"stopLossPrice": round(OPEN - 2.5, 2), "clientOrderId": "stop"}
        await alice.create_order(SYMBOL, "market", "sell", 0.1, None, stop)
        trade = (await hearing)[-1]
        return trade, await named(alice, "stop"), alice.milliseconds()

    trade, order, heard_at = traded(main)
    bar = next(row for row, low in enumerate(BARS.low) if low <= OPEN - 2.5)
    assert trade["price"] == min(float(BARS.open[bar]), round(OPEN - 2.5, 2))
    assert BARS.open_at[bar] <= trade["timestamp"] < BARS.open_at[bar] + MINUTE
    assert 0 <= heard_at - trade["timestamp"] <= 5
    assert order["status"] == "closed"
    assert int(order["info"]["workingTime"]) == trade["timestamp"]


@pytest.mark.parametrize(("below", "above", "wins"), [(2.5, 30, "stop"), (30, 3, "target"), (2.5, 3, "stop")])
def test_of_a_stop_and_a_target_one_trades_and_the_other_expires_and_in_a_bar_of_both_it_is_the_stop_that_trades(
    below: float, above: float, wins: str
) -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any]:
        await bracket(alice, OPEN - below, OPEN + above)
        locked = (await balances(alice))["BTC"]
        await asyncio.sleep(3_600)
        orders = {name: (await named(alice, name))["info"]["status"] for name in ("stop", "target")}
        return locked, (orders, (await balances(alice))["BTC"])

    locked, (orders, after) = traded(main)
    assert locked == (Decimal("1.9"), Decimal("0.1"))
    other = {"stop": "target", "target": "stop"}[wins]
    assert orders == {wins: "FILLED", other: "EXPIRED"}
    assert after == (Decimal("1.9"), 0)


def test_a_bracket_is_taken_back_whole() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any]:
        await bracket(alice, OPEN - 30, OPEN + 30)
        await alice.private_delete_orderlist({"symbol": "BTCUSDT", "listClientOrderId": "both"})
        return [(await named(alice, name))["status"] for name in ("stop", "target")], await balances(alice)

    states, after = traded(main)
    assert states == ["canceled", "canceled"]
    assert after["BTC"] == (2, 0)


def test_a_limit_locks_what_it_may_cost_until_it_is_taken_back() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any, Any]:
        await alice.create_order(SYMBOL, "limit", "buy", 0.1, 30_000, {"clientOrderId": "low"})
        resting = [each["clientOrderId"] for each in await alice.fetch_open_orders(SYMBOL)]
        locked = await balances(alice)
        cancelled = await alice.cancel_order(None, SYMBOL, {"clientOrderId": "low"})
        return (resting, locked), cancelled["status"], await balances(alice)

    (resting, locked), status, after = traded(main)
    assert resting == ["low"]
    assert locked["USDT"] == (100_000 - Decimal(3_003), Decimal(3_003))
    assert status == "canceled"
    assert after["USDT"] == (100_000, 0)


def test_a_stop_is_replaced_by_a_sale_in_one_step() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any]:
        stop = {"stopLossPrice": round(OPEN - 30, 2), "clientOrderId": "stop"}
        await alice.create_order(SYMBOL, "market", "sell", 2, None, stop)
        asked = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "2"}
        how = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrigClientOrderId": "stop"}
        told = await alice.private_post_order_cancelreplace(asked | how)
        return told, (await balances(alice))["BTC"]

    told, after = traded(main)
    assert (told["cancelResult"], told["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert told["newOrderResponse"]["status"] == "FILLED"
    assert after == (0, 0)


async def replaced(customer: Any, name: str, quantity: str, mode: str) -> str:
    """Sell so much in place of an order, and return what is said where that fails."""
    asked = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": quantity}
    with pytest.raises(ccxt.BaseError) as refused:
        await customer.private_post_order_cancelreplace(
            asked | {"cancelReplaceMode": mode, "cancelOrigClientOrderId": name}
        )
    return str(refused.value)


def test_a_replacement_says_which_half_of_it_has_failed() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[list[str], list[str], Any]:
        await alice.create_order(*order(clientOrderId="low"))
        told = [
            await replaced(alice, "nobody", "1", "STOP_ON_FAILURE"),
            await replaced(alice, "low", "5", "STOP_ON_FAILURE"),
        ]
        resting = [each["clientOrderId"] for each in await alice.fetch_open_orders(SYMBOL)]
        return told, resting, await balances(alice)

    (nothing, half), resting, after = traded(main)
    assert "-2022" in nothing
    assert "NOT_ATTEMPTED" in nothing
    assert "-2021" in half
    assert '"cancelResult": "SUCCESS"' in half
    assert resting == []
    assert after == {"BTC": (2, 0), "USDT": (100_000, 0)}


def test_fills_can_be_asked_for_from_a_moment_on() -> None:
    async def main(alice: Any, place: RehearsalVenue) -> list[int]:
        counts = []
        for _ in range(3):
            await alice.create_order(*order("market", "buy", 0.01, None))
            await asyncio.sleep(60)
        for since in (OPENING, OPENING + MINUTE, OPENING + 10 * MINUTE):
            counts.append(len(await alice.fetch_my_trades(SYMBOL, since)))
        return counts

    assert traded(main) == [3, 2, 0]


def test_all_orders_of_a_symbol_are_taken_back_at_once() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> list[str]:
        await bracket(alice, OPEN - 30, OPEN + 30)
        await alice.create_order(SYMBOL, "limit", "buy", 0.1, 30_000)
        await alice.cancel_all_orders(SYMBOL)
        assert await alice.fetch_open_orders(SYMBOL) == []
        return [each["status"] for each in await alice.fetch_orders(SYMBOL)]

    assert traded(main) == ["canceled"] * 3


def test_two_customers_do_not_see_each_other() -> None:
    async def main(alice: Any, place: RehearsalVenue) -> None:
        bob = client(place.url, BOB)
        await bob.load_markets()
        hearing = asyncio.create_task(bob.watch_orders(SYMBOL))
        await asyncio.sleep(1)
        await alice.create_order(*order(clientOrderId="hers"))
        await alice.create_order(SYMBOL, "market", "buy", 0.1)
        with pytest.raises(ccxt.OrderNotFound):
            await named(bob, "hers")
        assert await bob.fetch_open_orders(SYMBOL) == await bob.fetch_my_trades(SYMBOL) == []
        assert await balances(bob) == {name: (amount, Decimal(0)) for name, amount in RICH.items()}
        assert not hearing.done()
        await bob.create_order(*order(clientOrderId="hers"))
        assert [each["clientOrderId"] for each in await hearing] == ["hers"]
        await bob.close()

    traded(main)


def test_an_order_can_be_tried_without_being_placed() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> None:
        await alice.create_order(*order(test=True))
        assert await alice.fetch_open_orders(SYMBOL) == []

    traded(main)
