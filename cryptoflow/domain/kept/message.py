"""A message that leaves the process: written with what it tells of, sent afterwards."""

from dataclasses import dataclass
from enum import StrEnum


class MessageState(StrEnum):
    """How far a message has come; a dead one is not tried again until somebody asks for it."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Message:
    """A text for a channel, under a key that is the same however often it is written or sent.

    `attempts` counts those that were begun. While one is under way the message is due again only when it must be
    taken for lost. `id` is 0 until the message is kept.
    """

    channel: str
    key: str
    payload: str
    made_at: int
    due_at: int
    state: MessageState = MessageState.WAITING
    attempts: int = 0
    error: str | None = None
    id: int = 0


def message(channel: str, key: str, payload: str, at: int) -> Message:
    """Return a message that is to be sent at once."""
    return Message(channel, key, payload, made_at=at, due_at=at)
