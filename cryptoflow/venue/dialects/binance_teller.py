"""Binance spot, for customers: https://developers.binance.com/docs/binance-spot-api-docs."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from cryptoflow.venue.dialects.binance_admission import admitted
from cryptoflow.venue.dialects.binance_errands import ERRANDS
from cryptoflow.venue.dialects.binance_refusals import refusal_of
from cryptoflow.venue.dialects.binance_reports import reports, wrapped
from cryptoflow.venue.dialects.dialect import Refusal, Reply
from cryptoflow.venue.dialects.teller import Errand, Letter, Said
from cryptoflow.venue.trading.account import Account
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.happening import Happening
from cryptoflow.venue.trading.unacceptable import Unacceptable


class BinanceTeller:
    """The words of Binance for accounts, their orders and their funds."""

    errands: Mapping[tuple[str, str], Errand] = ERRANDS
    streams: tuple[str, ...] = ("/ws-api/v3",)

    def letter(self, headers: Mapping[str, str], asked: str, body: str) -> Letter:
        """Return a request from its headers, and its query and body as they were sent: the signature is last."""
        query = dict(parse_qsl(asked, keep_blank_values=True) + parse_qsl(body, keep_blank_values=True))
        return Letter(headers.get("X-MBX-APIKEY", ""), query, (asked + body).rpartition("&signature=")[0])

    def admitted(self, letter: Letter, floor: Floor, shown: int) -> Account:
        """Return whose request it is; raise a refusal where that is in doubt."""
        return admitted(letter.key, letter.query, letter.text, floor.accounts, shown)

    def done(self, text: str, used: int, placed: tuple[int, int]) -> Reply:
        """Return an answer with the weight that is used, and how many orders were placed."""
        weight = {"X-MBX-USED-WEIGHT": str(used), "X-MBX-USED-WEIGHT-1M": str(used)}
        counts = {"X-MBX-ORDER-COUNT-10S": str(placed[0]), "X-MBX-ORDER-COUNT-1D": str(placed[1])}
        return Reply(200, text, weight | counts)

    def refusal(self, error: Unacceptable) -> Refusal:
        """Return how it is said that something is not done."""
        return refusal_of(error)

    def too_many(self, most: int) -> Reply:
        """Return the response to an order more than the account may place for now."""
        told = {"code": -1015, "msg": f"Too many new orders; current limit is {most} orders per 10 SECOND."}
        return Reply(429, json.dumps(told), {"Retry-After": "10"})

    def asked(self, message: Any, floor: Floor, shown: int) -> Said:
        """Return what a listener's message is about: to subscribe by signature, or to leave."""
        asked: Any = message if isinstance(message, dict) else {}
        number, method, params = asked.get("id"), asked.get("method"), asked.get("params") or {}
        if method == "ping":
            return Said(_answer(number, {}))
        if method == "time":
            return Said(_answer(number, {"serverTime": shown}))
        if method == "userDataStream.unsubscribe":
            return Said(_answer(number, {}), leave=True)
        if method != "userDataStream.subscribe.signature" or not isinstance(params, dict):
            return Said(_refused(number, Refusal(-1000, f"Unknown method: {method}")))
        query = {str(name): str(value) for name, value in params.items()}
        text = "&".join(f"{name}={query[name]}" for name in sorted(query) if name != "signature")
        try:
            account = self.admitted(Letter(query.get("apiKey", ""), query, text), floor, shown)
        except Refusal as refusal:
            return Said(_refused(number, refusal))
        return Said(_answer(number, {"subscriptionId": 0}), join=account)

    def said(self, happening: Happening, floor: Floor, skew: int) -> tuple[str, ...]:
        """Return the messages that tell an account what has happened."""
        return tuple(wrapped(event) for event in reports(happening, floor, skew))


def _answer(number: object, result: dict[str, Any]) -> str:
    return json.dumps({"id": number, "status": 200, "result": result})


def _refused(number: object, refusal: Refusal) -> str:
    error = {"code": refusal.code, "msg": refusal.message}
    return json.dumps({"id": number, "status": refusal.status, "error": error})
