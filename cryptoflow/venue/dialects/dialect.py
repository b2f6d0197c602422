"""What a dialect does: it translates between a venue's words and the market, and keeps nothing."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cryptoflow.venue.limits import Limits
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.market import Market
from cryptoflow.venue.topic import Event, Topic

if TYPE_CHECKING:
    from cryptoflow.venue.dialects.teller import Teller

Query = Mapping[str, str]


class Refusal(Exception):
    """A request that cannot be answered, as the dialect says so, with `data` where it says more."""

    def __init__(self, code: int, message: str, status: int = 400, data: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.data = code, message, status, data


class Moment(NamedTuple):
    """The market as a request finds it: `now` is its own time, `shown` what the venue's clock shows."""

    market: Market
    now: int
    shown: int
    limits: Limits


class Call(NamedTuple):
    """What a path answers, as the text of JSON, and what asking costs."""

    answer: Callable[[Moment, Query], str]
    weight: Callable[[Query], int]


class Reply(NamedTuple):
    """A response as it goes out."""

    status: int
    text: str
    headers: Mapping[str, str] = {}


class Asking(NamedTuple):
    """What a listener wants by a message: topics to join and to leave, the answer, and what is said right after it."""

    answer: str | None = None
    join: tuple[Topic, ...] = ()
    leave: tuple[str, ...] = ()


class Heard(NamedTuple):
    """A listener's message with what it listens to already."""

    message: Any
    names: tuple[str, ...]


class Dialect(Protocol):
    """A venue's way to speak."""

    name: str
    limits: Limits
    calls: Mapping[str, Call]
    streams: tuple[str, ...]
    """Paths of WebSockets, as aiohttp writes routes."""
    teller: "Teller | None"
    """Who serves customers, None where the dialect is that of a market only."""
    messages_per_second: int
    topics_per_connection: int
    ping_every: float
    lifetime: float
    """Seconds after which a connection is closed."""

    def say(self, topic: Topic, event: Event, at: int, listing: Listing) -> str:
        """Return the message that tells of an event."""

    def opening(self, path: str, query: Query, moment: Moment) -> tuple[bool, tuple[Topic, ...]]:
        """Return whether messages are wrapped in their topic's name, and the topics a connection begins with."""

    def asked(self, heard: Heard, moment: Moment) -> Asking:
        """Return what a listener's message is about."""

    def welcome(self, topic: Topic, moment: Moment) -> str | None:
        """Return what is said first on a topic, before anything new."""

    def taken(self, reply: str, used: int) -> Reply:
        """Return an answer with the headers that tell what is used of the limit."""

    def refused(self, refusal: Refusal, shown: int) -> Reply:
        """Return the response to a request that cannot be answered."""

    def held_off(self, kind: str, wait: int, shown: int) -> Reply:
        """Return the response to a request too many, `limited` or `banned`, for so many milliseconds."""

    def failed(self, luck: int, shown: int) -> Reply:
        """Return one of the responses of a venue that has trouble of its own."""
