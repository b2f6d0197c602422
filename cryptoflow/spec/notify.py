"""Whom to tell."""

from typing import Annotated

from pydantic import Field

from cryptoflow.spec.block import Block, Listed
from cryptoflow.spec.values import Written


class EventName(Written, str):
    """The name of an event, like `order.filled`, or of all of a family, like `order.*`."""

    noun, example, pattern = "the name of an event", "order.filled", r"[a-z_]+(?:\.(?:[a-z_]+|\*))+"

    @classmethod
    def _parse(cls, text: str) -> tuple[str, dict[str, object]]:
        cls._groups(text)
        return text, {}


class Notify(Block):
    """A plugin of kind notifier, and the events it hears of."""

    events: Annotated[tuple[EventName, ...], Listed] = Field(
        (), description="names of the events to tell; none: those a person has to act on"
    )
