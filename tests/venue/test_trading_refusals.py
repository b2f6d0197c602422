"""What the venue turns away, and which error an unmodified ccxt client makes of it."""

from typing import Any

import ccxt
import pytest

from cryptoflow.venue.faults.script import Fault
from cryptoflow.venue.server import RehearsalVenue
from tests.venue.customers import ALICE, OPEN, SYMBOL, balances, bracket, client, named, order, traded
from tests.venue.markets import in_no_time, venue

REFUSED = {
    "too little money": (order("market", "buy", 50, None), ccxt.InsufficientFunds, "insufficient balance"),
    "too few coins": (order("limit", "sell", 3, 50_000.0), ccxt.InsufficientFunds, "insufficient balance"),
    "a duplicate": (order(clientOrderId="known"), ccxt.InvalidOrder, "Duplicate order sent"),
    "a stop the market is beyond": (
        order("market", "sell", 0.1, None, stopLossPrice=50_000),
        ccxt.OrderImmediatelyFillable,
        "trigger immediately",
    ),
    "a maker that would take": (order(price=50_000.0, postOnly=True), ccxt.OrderImmediatelyFillable, "match and take"),
    "too little notional": (order(amount=0.0002), ccxt.BadRequest, "NOTIONAL"),
    "too much": (order(amount=10_000_000), ccxt.InvalidOrder, "LOT_SIZE"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_the_error_that_ccxt_has_for_it(what: str) -> None:
    asked, kind, told = REFUSED[what]

    async def main(alice: Any, _: RehearsalVenue) -> Any:
        await alice.create_order(*order(clientOrderId="known"))
        before = await balances(alice)
        with pytest.raises(kind, match=told) as refused:
            await alice.create_order(*asked)
        assert await balances(alice) == before
        return refused.type

    assert traded(main) is kind


def test_prices_and_quantities_between_the_steps_are_refused() -> None:
    wrongs = {
        "PRICE_FILTER": {"price": "30000.001"},
        "LOT_SIZE": {"quantity": "0.100001"},
        "-1111": {"price": "30000.0000000001"},
    }

    async def main(alice: Any, _: RehearsalVenue) -> None:
        for told, wrong in wrongs.items():
            asked = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
            with pytest.raises(ccxt.BaseError, match=told):
                await alice.private_post_order(asked | {"quantity": "0.1", "price": "30000"} | wrong)

    traded(main)


def test_orders_that_nobody_knows_are_not_found() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> None:
        with pytest.raises(ccxt.OrderNotFound, match="-2013"):
            await named(alice, "nobody")
        with pytest.raises(ccxt.OrderNotFound, match="-2011"):
            await alice.cancel_order(None, SYMBOL, {"clientOrderId": "nobody"})

    traded(main)


def test_a_stop_above_the_market_and_a_target_below_it_are_no_bracket() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> None:
        with pytest.raises(ccxt.ExchangeError, match="relationship of the prices"):
            await bracket(alice, OPEN + 30, OPEN + 60)
        assert await alice.fetch_open_orders(SYMBOL) == []

    traded(main)


def test_a_wrong_secret_an_unknown_key_and_a_late_request_are_turned_away() -> None:
    async def main(alice: Any, place: RehearsalVenue) -> None:
        strangers = {
            "-1022": client(place.url, ALICE._replace(secret="another")),
            "-2015": client(place.url, ALICE._replace(key="nobody")),
        }
        for code, stranger in strangers.items():
            with pytest.raises(ccxt.AuthenticationError, match=code):
                await stranger.fetch_balance()
            await stranger.close()
        alice.options["timeDifference"] = 20_000
        with pytest.raises(ccxt.InvalidNonce, match="-1021"):
            await alice.fetch_balance()

    traded(main)


def test_a_clock_that_is_ahead_turns_requests_away_until_the_customer_has_asked_for_it() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> Any:
        with pytest.raises(ccxt.InvalidNonce, match="-1021"):
            await alice.create_order(*order())
        await alice.load_time_difference()
        return (await alice.create_order(*order()))["status"]

    assert traded(main, Fault("skew", amount=60_000)) == "open"


def test_the_limits_are_told_and_orders_too_many_are_held_off() -> None:
    async def main(alice: Any, place: RehearsalVenue) -> dict[str, str]:
        await alice.create_order(*order())
        told = dict(alice.last_response_headers)
        with pytest.raises(ccxt.DDoSProtection, match="-1015"):
            for _ in range(100):
                await alice.create_order(*order(amount=0.001))
        return told

    told = traded(main)
    assert (told["X-MBX-ORDER-COUNT-10S"], told["X-MBX-ORDER-COUNT-1D"]) == ("1", "1")
    assert int(told["X-MBX-USED-WEIGHT-1M"]) > 20


def test_a_venue_without_customers_knows_no_orders() -> None:
    async def main() -> None:
        async with venue() as place:
            alice = client(place.url)
            with pytest.raises(ccxt.ExchangeNotAvailable, match="404"):
                await alice.fetch_balance()
            await alice.close()

    in_no_time(main)
