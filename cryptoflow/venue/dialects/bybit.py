"""Bybit v5 spot, market side: https://bybit-exchange.github.io/docs/v5/intro."""

from collections.abc import Mapping

from cryptoflow.venue.dialects import bybit_rest as rest
from cryptoflow.venue.dialects import bybit_stream as stream
from cryptoflow.venue.dialects.bybit_words import envelope
from cryptoflow.venue.dialects.dialect import Asking, Call, Heard, Moment, Query, Refusal, Reply
from cryptoflow.venue.dialects.teller import Teller
from cryptoflow.venue.limits import Limits
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.topic import Event, Topic

TROUBLE = (500, 502, 503, 504)
SERVER_ERROR, TOO_MANY = 10_016, 10_006


class Bybit:
    """The words of Bybit's spot market."""

    name = "bybit"
    streams: tuple[str, ...] = ("/v5/public/spot",)
    messages_per_second = 100
    topics_per_connection = 500
    ping_every = 20.0
    lifetime = 86_400.0
    calls: Mapping[str, Call] = rest.CALLS
    teller: Teller | None = None

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits(weight=600, span=5_000, patience=10, ban=600_000)

    def say(self, topic: Topic, event: Event, at: int, listing: Listing) -> str:
        """Return the message that tells of an event."""
        return stream.said(topic, event, at, listing)

    def opening(self, path: str, query: Query, moment: Moment) -> tuple[bool, tuple[Topic, ...]]:
        """Return that messages are never wrapped here, and that a connection begins with nothing."""
        return False, ()

    def asked(self, heard: Heard, moment: Moment) -> Asking:
        """Return what a listener's message is about."""
        return stream.asked(heard, moment.market, self.topics_per_connection)

    def welcome(self, topic: Topic, moment: Moment) -> str | None:
        """Return what is said first on a topic."""
        return stream.welcome(topic, moment)

    def taken(self, reply: str, used: int) -> Reply:
        """Return an answer with how much of the limit is left."""
        left = max(0, self.limits.weight - used)
        return Reply(200, reply, {"X-Bapi-Limit": str(self.limits.weight), "X-Bapi-Limit-Status": str(left)})

    def refused(self, refusal: Refusal, shown: int) -> Reply:
        """Return the response to a request that cannot be answered: success, with a code inside."""
        if refusal.status == 404:
            return Reply(404, "<html><body>404 Not Found</body></html>")
        return Reply(refusal.status, envelope("{}", shown, refusal.code, refusal.message))

    def held_off(self, kind: str, wait: int, shown: int) -> Reply:
        """Return too many visits, or 403 to an address that is banned, with when to come again."""
        headers = {"X-Bapi-Limit-Status": "0", "X-Bapi-Limit-Reset-Timestamp": str(shown + wait)}
        if kind == "banned":
            return Reply(403, envelope("{}", shown, TOO_MANY, "access too frequent"), headers)
        return Reply(200, envelope("{}", shown, TOO_MANY, "Too many visits. Exceeded the API Rate Limit."), headers)

    def failed(self, luck: int, shown: int) -> Reply:
        """Return one of the responses of a venue that has trouble of its own."""
        return Reply(TROUBLE[luck % len(TROUBLE)], envelope("{}", shown, SERVER_ERROR, "Server error."))
