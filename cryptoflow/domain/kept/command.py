"""What an operator asks of the process that trades an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class CommandState(StrEnum):
    """How far a command has come."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Command:
    """A command and what became of it; `id` rises with each, `answer` says what was done or why it was refused."""

    id: int
    account: str
    name: str
    payload: Mapping[str, Any]
    by: str
    asked_at: int
    state: CommandState
    answered_at: int | None = None
    answer: str | None = None
