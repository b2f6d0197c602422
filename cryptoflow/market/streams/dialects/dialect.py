"""What a venue's dialect has to say: where, how to subscribe, how to read, what to ask for. No I/O in it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple, Protocol

from msgspec import Meta

from cryptoflow.market.rest.allowance import Allowance
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.said import Item, Page

Verb = Literal["subscribe", "unsubscribe"]

Price = Annotated[float, Meta(gt=0, le=1e15)]
"""What a price may be; a message with any other cannot be read."""

Best = Annotated[float, Meta(ge=0, le=1e15)]
"""What a best price may be: 0 where a side of the book is empty."""

Quantity = Annotated[float, Meta(ge=0, le=1e18)]
"""What a quantity or a volume may be."""


class Question(NamedTuple):
    """A GET: its path, what stands after the question mark, and what it takes of the venue's allowance."""

    path: str
    params: Mapping[str, str]
    cost: float


class Read(NamedTuple):
    """What a message says about a stream; without one it answers the request of a number, or nothing of ours.

    `refused` is why a request is not granted; `leaving` says that the venue is about to close the connection.
    """

    stream: Stream | None
    items: Sequence[Item]
    answers: int | None = None
    refused: str = ""
    leaving: bool = False


class Dialect(Protocol):
    """A venue's way of speaking, made for the streams that are listened to."""

    venue: str
    rest: str
    """Where questions go, unless another address is set."""
    wss: str
    """Where streams come from; of another address only its path is taken."""
    most: int
    """Streams on one connection."""
    together: int
    """Streams in one subscription."""
    numbered: bool
    """Whether ticks have numbers that rise by one."""
    told: bool
    """Whether a book begins with a snapshot in its stream, so that subscribing anew brings one."""
    ping: bytes
    """What to send now and then to be kept; empty where the protocol's own ping is enough."""
    allowance: Allowance
    """How much may be asked, shared with everyone on this machine who asks this venue."""
    clock: Question
    """What tells the venue's time."""
    listing: Question
    """What tells which symbols it has."""
    timeframes: tuple[str, ...]
    """The names of the timeframes that it has bars of."""

    def request(self, verb: Verb, streams: Sequence[Stream], number: int) -> bytes:
        """Return a message that begins or ends subscriptions, which the venue answers by its number."""

    def read(self, message: bytes, heard_at: int) -> Read:
        """Return what a message says; one that is broken raises msgspec.DecodeError."""

    def ask(self, stream: Stream, after: int) -> Question:
        """Return what to ask for what came after a number."""

    def answer(self, stream: Stream, body: bytes, venue_now: int, heard_at: int) -> Page:
        """Return what the answer holds; bars are `sure` by a moment that has passed."""

    def listed(self, body: bytes) -> Sequence[str]:
        """Return the symbols in the answer to `listing`."""

    def time(self, body: bytes) -> int:
        """Return the moment that the answer to `clock` tells."""
