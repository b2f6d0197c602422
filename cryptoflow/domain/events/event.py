"""A fact of an account: in the past tense, frozen, under a name that never changes its meaning."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Event:
    """What happened. `name` is for ever; `schema` rises by one when the fields change, with an upcaster beside it."""

    name: ClassVar[str]
    schema: ClassVar[int] = 1

    @property
    def stream(self) -> str:
        """Return what the event is about, like `order/AB12`: the events of one stream are counted by themselves."""
        return "account"
