"""What the feed needs of a venue, however it is spoken to: someone who listens, and someone who can be asked again."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from cryptoflow.clock import Clock
from cryptoflow.market.rest.budget import HERE, Budgets
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.clocks import VenueClock
from cryptoflow.market.streams.said import Item, Page

LENGTH = 200
"""Characters of an error that are told."""


class Ear(Protocol):
    """Whom a reader tells what it hears: the feed."""

    def heard(self, stream: Stream, items: Sequence[Item], heard_at: int, size: int) -> None:
        """Take in what a message of so many bytes said about a stream; `heard_at` is in nanoseconds."""

    def found(self, stream: Stream, items: Sequence[Item]) -> None:
        """Take in what a reader has asked for itself: no sign that the stream is alive."""

    def puzzled(self, connection: int) -> None:
        """Count a message that no one can read."""

    def cut(self, connection: int, reason: str) -> None:
        """Learn that a connection is gone, or could not be made."""

    def joined(self, connection: int) -> None:
        """Learn that a connection is there and the venue has taken its subscriptions."""

    def refused(self, stream: Stream, reason: str) -> None:
        """Learn that the venue does not want to say this stream any more, while others go on."""

    def granted(self, stream: Stream) -> None:
        """Learn that the venue says a stream again that it had refused."""

    def is_full(self) -> bool:
        """Say whether the reader has to wait before it reads on."""

    async def room(self) -> None:
        """Wait until there is room again."""


class Reader(Protocol):
    """One connection to a venue, which listens to some streams for as long as it runs and comes back when cut."""

    number: int
    streams: Sequence[Stream]

    async def listen(self, ear: Ear) -> None:
        """Tell what is said, for ever; a refusal that no retry mends is raised as CryptoflowError."""

    async def again(self, stream: Stream) -> None:
        """Subscribe to a stream anew, which makes some venues tell their book from the beginning."""

    def drop(self, reason: str) -> None:
        """Give up the connection as it is, so that the reader makes a new one."""


class Past(Protocol):
    """What a venue has said before, for those who missed it. Retries until it is cancelled.

    `unanswered` counts the questions that went without an answer, `reason` is why the last of them did.
    """

    unanswered: int
    reason: str

    async def page(self, stream: Stream, after: int) -> Page:
        """Return what a stream said after a number (of a tick; for bars the open of one), or a snapshot of a book."""

    async def time(self) -> int:
        """Return what the venue's clock shows, in epoch milliseconds."""

    async def refuse_unlisted(self, symbols: Sequence[str]) -> None:
        """Raise CryptoflowError for a symbol that the venue does not list."""

    def is_held(self) -> bool:
        """Say whether questions wait until the venue wants to hear any."""


class Call(NamedTuple):
    """Whom to listen to, and to what; `url` is where the venue is, None its own address.

    `most` streams are on a connection, as many as the venue takes where it is None. Requests are counted in `budgets`.
    """

    venue: str
    streams: Sequence[Stream]
    url: str | None
    clock: Clock
    seed: int = 0
    most: int | None = None
    budgets: Budgets = HERE

    @property
    def heard(self) -> list[Stream]:
        """The streams that the venue itself is asked for."""
        return [stream for stream in self.streams if stream.kind is not Kind.BUILT]


class Voice(NamedTuple):
    """A venue as the feed needs it: whether it has `numbered` its ticks, and whether books are `told` whole first.

    `remarks` are what whoever listens should be told about how requests are counted.
    """

    readers: Sequence[Reader]
    past: Past
    clock: VenueClock
    numbered: bool
    told: bool
    remarks: list[str]


class Unanswered(Exception):
    """A question that the venue has not answered, and why."""


def words(error: Exception) -> str:
    """Return why a question was not answered, in few words.

    >>> words(TimeoutError()), words(Unanswered("/api/v3/time is answered with 502"))
    ('TimeoutError', '/api/v3/time is answered with 502')
    """
    told = " ".join(str(error).split())
    return told[:LENGTH] or type(error).__name__
