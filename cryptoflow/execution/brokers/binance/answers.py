"""What Binance answers about orders, fills and balances, exact to the digit."""

from collections.abc import Mapping
from typing import Any

from cryptoflow.domain.trading.reports import Balance, Deal, Report
from cryptoflow.execution.brokers.binance.words import ENDED_SHORT, SIDES, STATES, above_zero, number, type_of
from cryptoflow.execution.brokers.dialect import SymbolOf


def reports_in(answer: Any, symbol_of: SymbolOf) -> tuple[Report, ...]:
    """Return how each order in an answer stands: about one, about a list of two, or about many."""
    if isinstance(answer, list):
        return tuple(report(each, symbol_of) for each in answer)
    if "orderReports" in answer:
        return tuple(report(each, symbol_of) for each in answer["orderReports"])
    return (report(answer, symbol_of),)


def report(told: Mapping[str, Any], symbol_of: SymbolOf) -> Report:
    """Return how an order stands; the answer to a cancel names the order beside the cancel's own id."""
    name, symbol, side = order_in(told), symbol_of(told["symbol"]), SIDES[told["side"]]
    state, at = STATES[told["status"]], moment_in(told)
    return Report(
        order=name,
        symbol=symbol,
        state=state,
        filled=number(told["executedQty"]),
        cost=number(told["cummulativeQuoteQty"]),
        at=at,
        venue_id=str(told["orderId"]),
        deals=tuple(fill(each, name, symbol, side, at) for each in told.get("fills", ())),
        triggered_at=triggered(told["type"], int(told.get("workingTime", -1))),
        reason=told["status"] if state in ENDED_SHORT else "",
        side=side,
        type=type_of(told["type"]),
        quantity=above_zero(told["origQty"]),
        limit=above_zero(told["price"]),
        trigger=above_zero(told.get("stopPrice", "0")),
    )


def order_in(told: Mapping[str, Any]) -> str:
    """Return the client id of the order that an answer is about.

    >>> order_in({"clientOrderId": "of the cancel", "origClientOrderId": "ours"})
    'ours'
    """
    return str(told.get("origClientOrderId") or told["clientOrderId"])


def moment_in(told: Mapping[str, Any]) -> int:
    """Return when something last happened to an order."""
    return int(next(told[name] for name in ("transactTime", "updateTime", "time") if name in told))


def triggered(kind: str, working: int) -> int | None:
    """Return when a stop was triggered: since then it works.

    >>> triggered("STOP_LOSS", 1700000000000), triggered("STOP_LOSS", -1), triggered("LIMIT", 1700000000000)
    (1700000000000, None, None)
    """
    return working if working > 0 and kind.startswith(("STOP_LOSS", "TAKE_PROFIT")) else None


def fill(told: Mapping[str, Any], name: str, symbol: str, side: str, at: int) -> Deal:
    """Return a fill that came with the answer to an order: what fills at once takes."""
    return Deal(
        id=str(told["tradeId"]),
        order=name,
        symbol=symbol,
        side=side,
        quantity=number(told["qty"]),
        price=number(told["price"]),
        fee=number(told["commission"]),
        fee_currency=told["commissionAsset"],
        at=at,
        maker=False,
    )


def deals_in(answer: Any, symbol_of: SymbolOf) -> tuple[Deal, ...]:
    """Return fills, the oldest first; they name their order by the venue's own id only."""
    found = (
        Deal(
            id=str(each["id"]),
            order=str(each["orderId"]),
            symbol=symbol_of(each["symbol"]),
            side="buy" if each["isBuyer"] else "sell",
            quantity=number(each["qty"]),
            price=number(each["price"]),
            fee=number(each["commission"]),
            fee_currency=each["commissionAsset"],
            at=int(each["time"]),
            maker=bool(each["isMaker"]),
        )
        for each in answer
    )
    return tuple(sorted(found, key=lambda deal: int(deal.id)))


def balances_in(answer: Any) -> dict[str, Balance]:
    """Return what the account has, without currencies of which it has nothing.

    >>> balances_in({"balances": [{"asset": "BTC", "free": "0.5", "locked": "0"},
    ...                           {"asset": "ETH", "free": "0.0", "locked": "0.0"}]})
    {'BTC': Balance(free=Decimal('0.5'), locked=Decimal('0'))}
    """
    found = {each["asset"]: Balance(number(each["free"]), number(each["locked"])) for each in answer["balances"]}
    return {currency: balance for currency, balance in found.items() if balance.free or balance.locked}
