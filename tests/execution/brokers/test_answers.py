"""What may have become an order is unsure, what did not is refused by its kind, and nothing is sent twice."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.domain.trading.reports import Deal, Refused, Report, Unsure
from tests.execution.brokers.scripted import START, Says, Scene, played

BUY = Intent("OURS", "BTC/USDT", "buy", "market", quantity=Decimal("0.5"))
STOP = Intent("STOP", "BTC/USDT", "sell", "stop", quantity=Decimal("0.5"), trigger=Decimal("41000.50"), guards=True)
TARGET = Intent("TARGET", "BTC/USDT", "sell", "limit", quantity=Decimal("0.5"), limit=Decimal(50000), post_only=True)

FILLED = {
    "symbol": "BTCUSDT",
    "orderId": 28,
    "orderListId": -1,
    "clientOrderId": "OURS",
    "transactTime": START + 5,
    "price": "0.00000000",
    "origQty": "0.50000000",
    "executedQty": "0.50000000",
    "cummulativeQuoteQty": "21600.12345678",
    "status": "FILLED",
    "timeInForce": "GTC",
    "type": "MARKET",
    "side": "BUY",
    "workingTime": START + 5,
    "fills": [
        {"price": "43200.1", "qty": "0.3", "commission": "0.00030000", "commissionAsset": "BTC", "tradeId": 56},
        {"price": "43200.46728390", "qty": "0.2", "commission": "0.0002", "commissionAsset": "BTC", "tradeId": 57},
    ],
}


def refusal(code: int, words: str, status: int = 400) -> Says:
    """A venue's no."""
    return Says({"code": code, "msg": words}, status)


def submitted(*answers: Says, intent: Intent = BUY) -> tuple[Report | Exception, Scene]:
    """What comes of an order that is answered like this, and the scene after it."""
    kept: list[Scene] = []

    async def scene(opened: Scene) -> Report | Exception:
        kept.append(opened)
        opened.venue.says("POST", "order", *answers)
        try:
            return await opened.broker.submit(intent)
        except (Refused, Unsure) as error:
            return error

    return played(scene), kept[0]


def test_an_order_is_sent_as_text_under_our_id_and_its_fills_are_told_to_the_digit() -> None:
    report, scene = submitted(Says(FILLED))
    (asked,) = scene.venue.requests("order")
    sent = {name: asked.params[name] for name in ("symbol", "side", "type", "quantity", "newClientOrderId")}
    assert sent == {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.5", "newClientOrderId": "OURS"}
    assert isinstance(report, Report)
    assert (report.order, report.state, report.venue_id) == ("OURS", OrderState.FILLED, "28")
    assert (report.filled, report.cost) == (Decimal("0.5"), Decimal("21600.12345678"))
    assert report.deals[1] == Deal(
        "57", "OURS", "BTC/USDT", "buy", Decimal("0.2"), Decimal("43200.46728390"), Decimal("0.0002"), "BTC", START + 5,
        maker=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal(-2010, "Account has insufficient balance for requested action."), "funds", "-2010"),
        (refusal(-2010, "Duplicate order sent."), "duplicate", "-2010"),
        (refusal(-2010, "Stop price would trigger immediately."), "trigger", "-2010"),
        (refusal(-2010, "Order would trigger immediately."), "trigger", "-2010"),
        (refusal(-2010, "Order would immediately match and take."), "other", "-2010"),
        (refusal(-2010, "Market is closed."), "other", "-2010"),
        (refusal(-1013, "Filter failure: LOT_SIZE"), "filter", "-1013"),
        (refusal(-1013, "Filter failure: NOTIONAL"), "filter", "-1013"),
        (refusal(-1111, "Parameter 'quantity' has too much precision."), "filter", "-1111"),
        (refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401), "permission", "-2015"),
        (refusal(-1022, "Signature for this request is not valid."), "permission", "-1022"),
        (refusal(-1021, "Timestamp for this request is outside of the recvWindow."), "other", "-1021"),
        (refusal(-1003, "Too many requests.", 429), "other", "429"),
        (refusal(-1003, "Way too many requests; IP banned until 1704067300000.", 418), "other", "418"),
        (refusal(-1121, "Invalid symbol."), "other", "-1121"),
    ],
)
def test_what_the_venue_did_not_take_is_refused_by_its_kind(answer: Says, kind: str, code: str) -> None:
    error, scene = submitted(answer)
    assert isinstance(error, Refused), error
    assert (error.kind, error.code) == (kind, code)
    assert error.told == answer.body["msg"] or error.told.endswith(answer.body["msg"])
    assert len(scene.venue.requests("order")) == 1


@pytest.mark.parametrize(
    "answer",
    [
        refusal(-1000, "An unknown error occurred while processing the request.", 500),
        refusal(-1001, "Internal error; unable to process your request. Please try again."),
        refusal(-1006, "An unexpected response was received. Execution status unknown."),
        refusal(-1007, "Timeout waiting for response from backend server. Execution status unknown.", 504),
        refusal(-1008, "Server is currently overloaded with other requests.", 503),
        Says("<html>Bad Gateway</html>", 502),
        Says("", 504),
        Says("<html>Forbidden</html>", 403),
        Says("<html>Welcome</html>"),
        Says({"symbol": "BTCUSDT", "orderId": 28}),
        Says(FILLED | {"clientOrderId": "another"}),
        Says(FILLED | {"executedQty": 0.5}),
        Says('{"symbol": "BTCUS'),
        Says(FILLED, after=11.0),
        Says(FILLED, status=0),
    ],
)
def test_what_says_nothing_of_an_order_leaves_it_unsure_and_is_not_sent_again(answer: Says) -> None:
    error, scene = submitted(answer)
    assert isinstance(error, Unsure), error
    assert len(scene.venue.requests("order")) == 1


@pytest.mark.parametrize(
    ("intent", "what"),
    [
        (BUY._replace(quantity=Decimal("0.500001")), "quantity 0.500001"),
        (STOP._replace(trigger=Decimal("41000.505")), "trigger 41000.505"),
        (TARGET._replace(limit=Decimal("50000.001")), "limit 50000.001"),
    ],
)
def test_what_is_no_whole_lot_or_tick_is_refused_here_and_not_rounded(intent: Intent, what: str) -> None:
    error, scene = submitted(Says(FILLED), intent=intent)
    assert isinstance(error, Refused)
    assert error.kind == "filter"
    assert what in error.told
    assert scene.venue.requests("order") == []


@pytest.mark.parametrize(
    ("intent", "sent"),
    [
        (Intent("A", "BTC/USDT", "buy", "market", spend=Decimal("99.12345678")), {"quoteOrderQty": "99.12345678"}),
        (
            Intent("A", "BTC/USDT", "buy", "limit", quantity=Decimal(1), limit=Decimal("0.10"), time_in_force="ioc"),
            {"type": "LIMIT", "price": "0.1", "timeInForce": "IOC"},
        ),
        (TARGET, {"type": "LIMIT_MAKER", "price": "50000"}),
        (STOP, {"type": "STOP_LOSS", "stopPrice": "41000.5", "side": "SELL"}),
        (
            STOP._replace(type="stop_limit", limit=Decimal("40999.99")),
            {"type": "STOP_LOSS_LIMIT", "stopPrice": "41000.5", "price": "40999.99", "timeInForce": "GTC"},
        ),
    ],
)
def test_each_type_of_order_is_sent_with_what_it_needs_and_nothing_else(intent: Intent, sent: dict[str, str]) -> None:
    _, scene = submitted(Says(FILLED), intent=intent)
    (asked,) = scene.venue.requests("order")
    common = {"symbol", "side", "type", "newClientOrderId", "newOrderRespType", "quantity"}
    signed = {"timestamp", "recvWindow", "signature"}
    assert {name: asked.params[name] for name in sent} == sent
    assert set(asked.params) - common - signed == set(sent) - common


def listed(kind: str, name: str, status: str = "NEW", **more: Any) -> dict[str, Any]:
    """A half of a bracket, as the venue tells of it."""
    own = {"type": kind, "clientOrderId": name, "status": status, "executedQty": "0.0", "cummulativeQuoteQty": "0.0"}
    return FILLED | own | {"side": "SELL", "fills": [], "workingTime": -1} | more


def test_a_bracket_is_sent_as_one_list_under_three_ids_of_ours() -> None:
    async def scene(opened: Scene) -> tuple[Report, Report]:
        legs = [listed("STOP_LOSS", "STOP", stopPrice="41000.50"), listed("LIMIT_MAKER", "TARGET", price="50000.00")]
        opened.venue.says("POST", "orderList/oco", Says({"orderListId": 1, "orderReports": legs}))
        reports = await opened.broker.submit_bracket(Bracket("LIST", STOP, TARGET))
        (asked,) = opened.venue.requests("orderList/oco")
        assert {name: value for name, value in asked.params.items() if name.startswith(("above", "below", "list"))} == {
            "listClientOrderId": "LIST",
            "aboveType": "LIMIT_MAKER",
            "aboveClientOrderId": "TARGET",
            "abovePrice": "50000",
            "belowType": "STOP_LOSS",
            "belowClientOrderId": "STOP",
            "belowStopPrice": "41000.5",
        }
        return reports

    stop, target = played(scene)
    assert (stop.order, stop.type, stop.trigger, stop.triggered_at) == ("STOP", "stop", Decimal("41000.50"), None)
    assert (target.order, target.type, target.limit) == ("TARGET", "limit", Decimal(50000))


def test_a_question_is_asked_again_until_it_is_answered() -> None:
    async def scene(opened: Scene) -> list[float]:
        opened.venue.says("GET", "order", Says("", 502), refusal(-1003, "Too many requests.", 429), Says(FILLED))
        found = await opened.broker.fetch_order("BTC/USDT", "OURS")
        assert found is not None
        assert found.state is OrderState.FILLED
        return [each.at for each in opened.venue.requests("order")]

    first, second, third = played(scene)
    assert second - first == pytest.approx(1, abs=0.25)
    assert third - second == pytest.approx(2, abs=0.45)


def test_a_question_without_an_answer_is_unsure_and_an_unknown_order_is_none() -> None:
    async def scene(opened: Scene) -> None:
        opened.venue.says("GET", "account", Says("", 502))
        with pytest.raises(Unsure):
            await opened.broker.fetch_balances()
        await asyncio.sleep(30)  # in which the breaker of all questions has had its rest
        opened.venue.says("GET", "order", refusal(-2013, "Order does not exist."))
        assert await opened.broker.fetch_order("BTC/USDT", "OURS") is None
        assert len(opened.venue.requests("order")) == 1

    played(scene)


def test_a_clock_that_runs_wrong_is_set_before_the_next_request() -> None:
    async def scene(opened: Scene) -> list[str]:
        opened.venue.says("GET", "order", refusal(-1021, "Timestamp for this request was ahead."), Says(FILLED))
        await opened.broker.fetch_order("BTC/USDT", "OURS")
        return [each.path for each in opened.venue.asked]

    assert played(scene) == ["order", "time", "order"]


def test_an_order_that_ended_before_its_cancel_is_told_as_it_ended() -> None:
    async def scene(opened: Scene) -> None:
        opened.venue.says("DELETE", "order", refusal(-2011, "Unknown order sent."))
        opened.venue.says("GET", "order", Says(FILLED), refusal(-2013, "Order does not exist."))
        assert (await opened.broker.cancel("BTC/USDT", "OURS")).state is OrderState.FILLED
        with pytest.raises(Refused, match="Unknown order sent"):
            await opened.broker.cancel("BTC/USDT", "OURS")

    played(scene)


def test_a_cancelled_order_is_named_by_our_id_beside_the_id_of_its_cancel() -> None:
    async def scene(opened: Scene) -> Report:
        ended = listed("LIMIT", "of the cancel", "CANCELED", origClientOrderId="OURS")
        opened.venue.says("DELETE", "order", Says(ended))
        return await opened.broker.cancel("BTC/USDT", "OURS")

    report = played(scene)
    assert (report.order, report.state, report.reason) == ("OURS", OrderState.CANCELLED, "CANCELED")


def test_fills_are_read_page_by_page_and_named_by_the_ids_of_their_orders() -> None:
    def row(number: int, order: int) -> dict[str, Any]:
        own = {"symbol": "BTCUSDT", "id": number, "orderId": order, "price": "1.5", "qty": "2", "commission": "0.1"}
        return own | {"commissionAsset": "USDT", "time": START + number, "isBuyer": False, "isMaker": True}

    async def scene(opened: Scene) -> list[tuple[str, str]]:
        pages = ([row(2, 28), row(1, 27)], [row(3, 29)], [])
        opened.venue.says("GET", "myTrades", *map(Says, pages))
        known = [FILLED | {"orderId": number, "clientOrderId": f"OF{number}"} for number in (28, 29)]
        opened.venue.says("GET", "allOrders", Says(known))
        found = await opened.broker.fetch_deals("BTC/USDT", START)
        asked = [each.params.get("fromId") or each.params["startTime"] for each in opened.venue.requests("myTrades")]
        assert asked == [str(START), "3", "4"]
        return [(deal.id, deal.order) for deal in found]

    assert played(scene) == [("1", "27"), ("2", "OF28"), ("3", "OF29")]


def test_entries_that_are_not_answered_shut_their_own_breaker_and_leave_that_of_exits_open() -> None:
    async def scene(opened: Scene) -> None:
        opened.venue.says("POST", "order", Says("", 502))
        for _ in range(5):
            with pytest.raises(Unsure):
                await opened.broker.submit(BUY)
        with pytest.raises(Refused, match="too many calls failed"):
            await opened.broker.submit(BUY)
        assert len(opened.venue.requests("order")) == 5
        with pytest.raises(Unsure):
            await opened.broker.submit(STOP)
        assert len(opened.venue.requests("order")) == 6

    played(scene)


def test_refusals_leave_the_breaker_closed() -> None:
    async def scene(opened: Scene) -> None:
        opened.venue.says("POST", "order", refusal(-2010, "Account has insufficient balance for requested action."))
        for _ in range(20):
            with pytest.raises(Refused):
                await opened.broker.submit(BUY)
        assert opened.told == []

    played(scene)
