"""What a venue's dialect has to say: where, how to subscribe, how to read, what to ask for. No I/O in it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from cryptoflow.market.rest.allowance import Allowance
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.said import Item, Page


class Question(NamedTuple):
    """A GET: its path, what stands after the question mark, and what it takes of the venue's allowance."""

    path: str
    params: Mapping[str, str]
    cost: float


class Read(NamedTuple):
    """What a message says about a stream; without one it answers a subscription, or nothing of ours."""

    stream: Stream | None
    items: Sequence[Item]
    answers: bool = False


class Dialect(Protocol):
    """A venue's way of speaking, made for the streams that are listened to."""

    venue: str
    rest: str
    """Where questions go, unless another address is set."""
    wss: str
    """Where streams come from; of another address only its path is taken."""
    most: int
    """Streams on one connection."""
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

    def subscribe(self, streams: Sequence[Stream], number: int) -> Sequence[bytes]:
        """Return messages that subscribe, each of which the venue answers; they are numbered from `number`."""

    def unsubscribe(self, stream: Stream, number: int) -> bytes:
        """Return the message that ends a subscription."""

    def read(self, message: bytes, heard_at: int) -> Read:
        """Return what a message says; one that is broken raises msgspec.DecodeError."""

    def ask(self, stream: Stream, after: int) -> Question:
        """Return what to ask for what came after a number."""

    def answer(self, stream: Stream, body: bytes, venue_now: int, heard_at: int) -> Page:
        """Return what the answer holds; a bar still under way at `venue_now` is left out."""

    def time(self, body: bytes) -> int:
        """Return the moment that the answer to `clock` tells."""
