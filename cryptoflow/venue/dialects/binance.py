"""Binance spot, the market and the door to its accounts: https://developers.binance.com/docs/binance-spot-api-docs."""

import json
from collections.abc import Mapping

from cryptoflow.venue.dialects import binance_rest as rest
from cryptoflow.venue.dialects import binance_stream as stream
from cryptoflow.venue.dialects.binance_teller import BinanceTeller
from cryptoflow.venue.dialects.dialect import Asking, Call, Heard, Moment, Query, Refusal, Reply
from cryptoflow.venue.dialects.teller import Teller
from cryptoflow.venue.limits import Limits
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.topic import Event, Topic

TROUBLE = (
    (500, '{"code":-1000,"msg":"An unknown error occurred while processing the request."}'),
    (502, "<html><body>Bad Gateway</body></html>"),
    (503, '{"code":-1008,"msg":"The server is overloaded."}'),
    (504, '{"code":-1007,"msg":"No answer from the backend; the state of the request is unknown."}'),
)


class Binance:
    """The words of Binance's spot market."""

    name = "binance"
    streams: tuple[str, ...] = ("/ws", "/ws/{names:.*}", "/stream", "/stream/ws", "/stream/ws/{number:.*}")
    messages_per_second = 5
    topics_per_connection = 1024
    ping_every = 20.0
    lifetime = 86_400.0
    calls: Mapping[str, Call] = rest.CALLS
    teller: Teller | None = BinanceTeller()

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def say(self, topic: Topic, event: Event, at: int, listing: Listing) -> str:
        """Return the message that tells of an event."""
        return stream.said(topic, event, at, listing)

    def opening(self, path: str, query: Query, moment: Moment) -> tuple[bool, tuple[Topic, ...]]:
        """Return whether messages are wrapped in their topic's name, and the topics a connection begins with."""
        wrapped = path == "/stream"
        names = query.get("streams", "") if wrapped else path.removeprefix("/ws") if path.startswith("/ws") else ""
        found = (stream.topic(name, moment.market) for name in names.strip("/").split("/") if name)
        return wrapped, tuple(topic for topic in found if topic)

    def asked(self, heard: Heard, moment: Moment) -> Asking:
        """Return what a listener's message is about."""
        return stream.asked(heard, moment.market, self.topics_per_connection)

    def welcome(self, topic: Topic, moment: Moment) -> str | None:
        """Return nothing: here a stream begins with what happens next."""
        return None

    def taken(self, reply: str, used: int) -> Reply:
        """Return an answer with the weight that is used."""
        return Reply(200, reply, {"X-MBX-USED-WEIGHT": str(used), "X-MBX-USED-WEIGHT-1M": str(used)})

    def refused(self, refusal: Refusal, shown: int) -> Reply:
        """Return the response to a request that cannot be answered."""
        if refusal.status == 404:
            return Reply(404, "<html><body>404 Not found</body></html>")
        told = {"code": refusal.code, "msg": refusal.message}
        return Reply(refusal.status, json.dumps(told if refusal.data is None else told | {"data": refusal.data}))

    def held_off(self, kind: str, wait: int, shown: int) -> Reply:
        """Return 429, or 418 to whoever is banned, with when to come again."""
        seconds = -(-wait // 1_000)
        if kind == "banned":
            what = f"Way too many requests; IP banned until {shown + wait}."
            return Reply(418, json.dumps({"code": -1003, "msg": what}), {"Retry-After": str(seconds)})
        what = f"Too much request weight used; current limit is {self.limits.weight} per minute."
        return Reply(429, json.dumps({"code": -1003, "msg": what}), {"Retry-After": str(seconds)})

    def failed(self, luck: int, shown: int) -> Reply:
        """Return one of the responses of a venue that has trouble of its own."""
        return Reply(*TROUBLE[luck % len(TROUBLE)])
