"""An account's stream tells everything once, in order and to the digit, or says that it was cut."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from decimal import Decimal
from typing import Any

import pytest

from cryptoflow.domain.orders import OrderState as S
from cryptoflow.domain.trading.reports import Balance, Balances, Cut, Deal, Joined, Report, Said
from cryptoflow.execution.brokers.abilities import abilities_of, missing
from cryptoflow.execution.brokers.mailbox import Mailbox
from tests.execution.brokers.scripted import START, Scene, played

NEW: dict[str, Any] = {
    "e": "executionReport",
    "E": START + 1,
    "s": "BTCUSDT",
    "c": "OURS",
    "S": "SELL",
    "o": "STOP_LOSS",
    "f": "GTC",
    "q": "0.50000000",
    "p": "0.00000000",
    "P": "41000.50000000",
    "C": "",
    "x": "NEW",
    "X": "NEW",
    "r": "NONE",
    "i": 28,
    "l": "0.00000000",
    "z": "0.00000000",
    "L": "0.00000000",
    "n": "0",
    "N": None,
    "T": START,
    "t": -1,
    "w": False,
    "m": False,
    "Z": "0.00000000",
}
TRADE = NEW | {"x": "TRADE", "W": START + 5, "w": True, "t": 56, "T": START + 6, "n": "8.2", "N": "USDT"}
HALF = TRADE | {
    "X": "PARTIALLY_FILLED",
    "l": "0.2",
    "z": "0.2",
    "L": "41000.12345678",
    "n": "8.2",
    "Z": "8200.024691356",
}
CANCELLED = HALF | {"x": "CANCELED", "X": "CANCELED", "c": "of the cancel", "C": "OURS", "t": -1, "T": START + 9}
FUNDS = {"e": "outboundAccountPosition", "E": START + 7, "u": START + 6, "B": [{"a": "BTC", "f": "0.3", "l": "0.2"}]}
ELSEWHERE = {"e": "balanceUpdate", "E": START, "a": "BTC", "d": "1.0", "T": START}


def heard(
    frames: list[Any], many: int, deaf: bool = False, before: Callable[[Scene], None] = lambda _: None
) -> tuple[list[Said], list[float]]:
    """The first things that are said, and when the stream was joined."""

    async def scene(opened: Scene) -> tuple[list[Said], list[float]]:
        opened.venue.frames, opened.venue.deaf = frames, deaf
        before(opened)
        found: list[Said] = []
        async with aclosing(opened.broker.said()) as stream:
            async for each in stream:
                found.append(each)
                if len(found) == many:
                    break
        return found, opened.venue.listened

    return played(scene)


def test_each_state_is_told_once_in_order_with_its_fill_to_the_digit() -> None:
    said, _ = heard([NEW, HALF, FUNDS, CANCELLED], 5)
    joined, new, half, funds, cancelled = said
    assert joined == Joined()
    assert isinstance(new, Report)
    assert (new.order, new.state, new.deals, new.triggered_at) == ("OURS", S.ACKNOWLEDGED, (), None)
    assert (new.type, new.side, new.quantity, new.trigger) == ("stop", "sell", Decimal("0.5"), Decimal("41000.5"))
    assert isinstance(half, Report)
    assert (half.state, half.cost, half.triggered_at) == (S.PARTIALLY_FILLED, Decimal("8200.024691356"), START + 5)
    price, fee = Decimal("41000.12345678"), Decimal("8.2")
    assert half.deals == (
        Deal("56", "OURS", "BTC/USDT", "sell", Decimal("0.2"), price, fee, "USDT", START + 6, maker=False),
    )
    assert funds == Balances(START + 6, {"BTC": Balance(Decimal("0.3"), Decimal("0.2"))})
    assert isinstance(cancelled, Report)
    assert (cancelled.order, cancelled.state, cancelled.reason) == ("OURS", S.CANCELLED, "CANCELED")
    assert (cancelled.filled, cancelled.deals) == (Decimal("0.2"), ())


@pytest.mark.parametrize(
    "frame",
    [
        NEW | {"X": "A_WORD_OF_TOMORROW"},
        NEW | {"z": 0.5},
        {name: value for name, value in NEW.items() if name != "Z"},
        "{this is no JSON}",
        '["neither an event", "nor an answer"]',
        {"e": "eventStreamTerminated", "E": START},
    ],
)
def test_what_cannot_be_read_is_a_cut_and_not_a_silence(frame: Any) -> None:
    said, _ = heard([NEW, frame, HALF], 4)
    assert [type(each) for each in said] == [Joined, Report, Cut, Joined]


def test_what_is_about_something_else_is_passed_over() -> None:
    said, _ = heard([ELSEWHERE, NEW], 2)
    assert isinstance(said[1], Report)


def test_a_venue_that_is_only_half_there_is_noticed_and_joined_again() -> None:
    said, joined = heard([], 3, deaf=True)
    assert [type(each) for each in said] == [Joined, Cut, Joined]
    assert 10 <= joined[1] - joined[0] < 25


def test_a_stream_that_is_not_there_is_tried_again_after_1_2_4_and_8_seconds() -> None:
    waits: list[float] = []

    async def waited(seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(seconds)

    async def scene(opened: Scene) -> None:
        door = opened.broker.exchange.urls["api"]["ws"]["ws-api"]
        right = door["spot"]
        door["spot"] = right.replace("ws-api", "gone")
        opened.broker._stream._wait = waited
        async with aclosing(opened.broker.said()) as stream:
            first = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(12)
            door["spot"] = right
            assert await first == Joined()

    played(scene)
    assert waits[:4] == [pytest.approx(seconds, rel=0.3) for seconds in (1, 2, 4, 8)]


def test_more_than_anybody_reads_is_a_cut_after_what_came_before() -> None:
    async def scene(_: Scene) -> None:
        mailbox = Mailbox(most=2)
        for _ in range(4):
            mailbox.put(Joined())
        assert [await mailbox.read() for _ in range(3)] == [Joined(), Joined(), Cut("2 messages waited to be read")]

    played(scene)


def test_what_a_spec_needs_and_a_market_lacks_is_named() -> None:
    async def scene(opened: Scene) -> tuple[str, ...]:
        has = abilities_of(opened.broker.exchange, "BTC/USDT")
        assert not missing(frozenset({"stop", "bracket", "post_only", "ioc", "fok", "spend"}), has)
        opened.broker.exchange.market("BTC/USDT")["info"]["ocoAllowed"] = False
        return missing(frozenset({"stop", "bracket"}), abilities_of(opened.broker.exchange, "BTC/USDT"))

    assert played(scene) == ("bracket",)
