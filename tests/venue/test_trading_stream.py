"""An account's own stream tells everything that happens to it, in order; a cut is heard, and it comes back."""

import asyncio
from contextlib import suppress
from decimal import Decimal
from typing import Any

import aiohttp
import ccxt
import pytest

from cryptoflow.venue.faults.script import Fault
from cryptoflow.venue.server import RehearsalVenue
from tests.venue.customers import ALICE, OPEN, SYMBOL, balances, bracket, order, traded
from tests.venue.markets import MINUTE, OPENING, minutes

Told = tuple[str, str, str]


async def listening(customer: Any, heard: list[Told]) -> None:
    """Write down which order is told to be in which state, for ever."""
    while True:
        for each in await customer.watch_orders(SYMBOL):
            heard.append((each["clientOrderId"], each["info"]["x"], each["info"]["X"]))


async def heard(customer: Any, *acts: Any, seconds: float = 1.0) -> list[Told]:
    """What is told of orders while something is done, and for a while after."""
    found: list[Told] = []
    task = asyncio.create_task(listening(customer, found))
    await asyncio.sleep(1)
    for act in acts:
        await act()
    await asyncio.sleep(seconds)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    return found


def test_every_state_is_told_once_and_in_order() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> list[Told]:
        return await heard(
            alice,
            lambda: alice.create_order(*order("market", "buy", 0.1, None, clientOrderId="bought")),
            lambda: alice.create_order(*order(clientOrderId="low")),
            lambda: alice.cancel_order(None, SYMBOL, {"clientOrderId": "low"}),
            lambda: alice.create_order(*order("limit", "buy", 2, OPEN + 10, timeInForce="FOK", clientOrderId="whole")),
        )

    assert traded(main) == [
        ("bought", "NEW", "NEW"),
        ("bought", "TRADE", "FILLED"),
        ("low", "NEW", "NEW"),
        ("low", "CANCELED", "CANCELED"),
        ("whole", "NEW", "NEW"),
        ("whole", "EXPIRED", "EXPIRED"),
    ]


def test_each_part_of_a_large_order_is_told() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[list[Told], Any]:
        large = order("limit", "buy", 1.2, round(OPEN + 2, 2), clientOrderId="large")
        told = await heard(alice, lambda: alice.create_order(*large), seconds=3_600)
        return told, await alice.fetch_my_trades(SYMBOL)

    told, trades = traded(main)
    assert told[0] == ("large", "NEW", "NEW")
    assert {each[1:] for each in told[1:-1]} == {("TRADE", "PARTIALLY_FILLED")}
    assert told[-1] == ("large", "TRADE", "FILLED")
    assert len(trades) == len(told) - 1 > 2
    assert sum(Decimal(each["info"]["qty"]) for each in trades) == Decimal("1.2")


def test_of_a_bracket_the_end_of_the_other_is_told_before_the_fill() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> list[Told]:
        return await heard(alice, lambda: bracket(alice, OPEN - 2.5, OPEN + 30), seconds=3_600)

    told = traded(main)
    assert told == [
        ("target", "NEW", "NEW"),
        ("stop", "NEW", "NEW"),
        ("target", "EXPIRED", "EXPIRED"),
        ("stop", "TRADE", "FILLED"),
    ]


def test_a_stop_with_a_limit_is_told_when_it_is_placed_and_when_it_is_triggered() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> list[Told]:
        stop = order("limit", "sell", 0.1, OPEN - 20, stopLossPrice=round(OPEN - 2.5, 2), clientOrderId="stop")
        return await heard(alice, lambda: alice.create_order(*stop), seconds=3_600)

    assert traded(main) == [("stop", "NEW", "NEW"), ("stop", "NEW", "NEW"), ("stop", "TRADE", "FILLED")]


def test_balances_are_told_as_they_are() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> tuple[Any, Any]:
        hearing = asyncio.create_task(alice.watch_balance())
        await asyncio.sleep(1)
        await alice.create_order(*order())
        return (await hearing)["USDT"], (await balances(alice))["USDT"]

    told, asked = traded(main)
    assert (told["free"], told["used"]) == tuple(map(float, asked))


def test_a_bar_that_is_over_is_told_before_what_is_filled_after_it() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> list[str]:
        told: list[str] = []

        async def bars() -> None:
            while True:
                told.append(f"bar {(await alice.watch_ohlcv(SYMBOL, '1m'))[-1][0]}")

        async def fills() -> None:
            for each in await alice.watch_my_trades(SYMBOL):
                told.append(f"fill {each['timestamp']}")

        tasks = [asyncio.create_task(bars()), asyncio.create_task(fills())]
        await asyncio.sleep(1)
        await alice.create_order(*order("market", "sell", 0.1, None, stopLossPrice=round(OPEN - 2.5, 2)))
        await tasks[1]
        tasks[0].cancel()
        with suppress(asyncio.CancelledError):
            await tasks[0]
        return told

    told = traded(main)
    at = int(told[-1].removeprefix("fill "))
    assert told[-1].startswith("fill")
    assert at // MINUTE * MINUTE - MINUTE <= int(told[-2].removeprefix("bar ")) <= at


def test_a_cut_ends_the_stream_of_an_account_and_it_can_be_joined_again() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> Any:
        with pytest.raises(ccxt.NetworkError):
            await alice.watch_orders(SYMBOL)
        cut_at = alice.milliseconds()
        again = asyncio.create_task(alice.watch_orders(SYMBOL))
        await asyncio.sleep(1)
        await alice.create_order(*order(clientOrderId="after"))
        return cut_at, (await again)[-1]["clientOrderId"]

    cut_at, told = traded(main, Fault("disconnect", at=(30_000,)))
    assert cut_at == pytest.approx(OPENING + 30_000, abs=5)
    assert told == "after"


def test_nobody_joins_the_stream_of_an_account_without_its_secret() -> None:
    async def main(alice: Any, place: RehearsalVenue) -> Any:
        params = {"apiKey": ALICE.key, "timestamp": alice.milliseconds(), "signature": "made up"}
        asked = {"id": "1", "method": "userDataStream.subscribe.signature", "params": params}
        async with aiohttp.ClientSession(place.url) as session, session.ws_connect("/ws-api/v3") as socket:
            await socket.send_json(asked)
            return await socket.receive_json()

    told = traded(main)
    assert (told["status"], told["error"]["code"]) == (400, -1022)


def test_an_account_is_served_while_nobody_listens_to_the_market() -> None:
    low = minutes(SYMBOL, seed=0).between(OPENING, OPENING + 60 * MINUTE).low.min()

    async def main(alice: Any, _: RehearsalVenue) -> str:
        await alice.create_order(*order("market", "sell", 0.1, None, stopLossPrice=float(low), clientOrderId="low"))
        await asyncio.sleep(3_600)
        return str((await alice.fetch_order(None, SYMBOL, {"clientOrderId": "low"}))["status"])

    assert traded(main) == "closed"


def test_after_a_day_the_stream_of_an_account_is_closed() -> None:
    async def main(alice: Any, _: RehearsalVenue) -> int:
        with pytest.raises(ccxt.NetworkError, match="1001"):
            await alice.watch_orders(SYMBOL)
        return int(alice.milliseconds() - OPENING)

    assert traded(main) == pytest.approx(86_400_000, abs=30_000)


def test_a_message_of_an_account_that_is_lost_or_doubled_is_written_down_without_its_key() -> None:
    async def main(alice: Any, place: RehearsalVenue) -> tuple[list[Told], list[str]]:
        told = await heard(alice, lambda: alice.create_order(*order(clientOrderId="low")))
        return told, [entry.target for entry in place.faults.log.entries]

    told, log = traded(main, Fault("duplicate", channel="account"))
    assert told == [("low", "NEW", "NEW")] * 2
    assert log == ["account 1#1", "account 1#2"]
