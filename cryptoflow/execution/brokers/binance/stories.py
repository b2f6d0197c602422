"""What Binance tells an account as it happens: https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream."""

from collections.abc import Mapping
from typing import Any

from cryptoflow.domain.trading.reports import Balance, Balances, Cut, Deal, Report, Said
from cryptoflow.execution.brokers.binance.answers import triggered
from cryptoflow.execution.brokers.binance.words import ENDED_SHORT, SIDES, STATES, above_zero, number, type_of
from cryptoflow.execution.brokers.dialect import SymbolOf


def is_about_account(message: Any) -> bool:
    """Say whether a message tells of the account: answers to requests carry their number instead.

    >>> is_about_account({"subscriptionId": 0, "event": {"e": "balanceUpdate"}}), is_about_account({"id": "1"})
    (True, False)
    """
    return isinstance(message, dict) and "event" in message


def heard(message: Any, symbol_of: SymbolOf) -> Said | None:
    """Return what a message says of orders and balances, None where it says nothing of them.

    A deposit is told twice: as what came, which is passed over, and as the balance that there is then.
    """
    event = message["event"]
    match event["e"]:
        case "executionReport":
            return report(event, symbol_of)
        case "outboundAccountPosition":
            return Balances(
                event["u"], {each["a"]: Balance(number(each["f"]), number(each["l"])) for each in event["B"]}
            )
        case "eventStreamTerminated":
            return Cut("the venue has ended the stream of the account")
    return None


def report(told: Mapping[str, Any], symbol_of: SymbolOf) -> Report:
    """Return how an order stands, with the fill that changed it."""
    name, symbol, state = order_in(told), symbol_of(told["s"]), STATES[told["X"]]
    return Report(
        order=name,
        symbol=symbol,
        state=state,
        filled=number(told["z"]),
        cost=number(told["Z"]),
        at=told["T"],
        venue_id=str(told["i"]),
        deals=(deal(told, name, symbol),) if told["x"] == "TRADE" else (),
        triggered_at=triggered(told["o"], int(told.get("W", -1))),
        reason=reason(told) if state in ENDED_SHORT else "",
        side=SIDES[told["S"]],
        type=type_of(told["o"]),
        quantity=above_zero(told["q"]),
        limit=above_zero(told["p"]),
        trigger=above_zero(told["P"]),
    )


def order_in(told: Mapping[str, Any]) -> str:
    """Return the client id of the order; where a cancel ended it, `c` is the cancel's and `C` the order's.

    >>> order_in({"c": "ours", "C": ""}), order_in({"c": "of the cancel", "C": "ours"})
    ('ours', 'ours')
    """
    return str(told.get("C") or told["c"])


def deal(told: Mapping[str, Any], name: str, symbol: str) -> Deal:
    """Return the fill that a message tells of."""
    return Deal(
        id=str(told["t"]),
        order=name,
        symbol=symbol,
        side=SIDES[told["S"]],
        quantity=number(told["l"]),
        price=number(told["L"]),
        fee=number(told["n"]),
        fee_currency=told["N"] or "",
        at=told["T"],
        maker=told["m"],
    )


def reason(told: Mapping[str, Any]) -> str:
    """Return the venue's word for why an order ended: that of its rejection, else how it stands.

    >>> reason({"r": "NONE", "X": "CANCELED"}), reason({"r": "INSUFFICIENT_BALANCES", "X": "REJECTED"})
    ('CANCELED', 'INSUFFICIENT_BALANCES')
    """
    return str(told["X"] if told.get("r", "NONE") in ("NONE", "") else told["r"])
