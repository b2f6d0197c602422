"""What has a breaker of its own: whatever we depend on, by its kind and its name."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from cryptoflow.domain.breakers.limits import Limits


class Kind(StrEnum):
    """Kinds of things that we depend on."""

    VENUE_REST = "venue_rest"
    VENUE_STREAM = "venue_stream"
    ORDER_PATH = "order_path"
    EXIT_PATH = "exit_path"
    DATABASE = "database"
    CACHE = "cache"
    WEBHOOK = "webhook"


OF_VENUES = frozenset({Kind.VENUE_REST, Kind.VENUE_STREAM, Kind.ORDER_PATH, Kind.EXIT_PATH})
"""These carry the name of a venue, and all of one venue count as one."""

ASIDE = frozenset({Kind.CACHE, Kind.WEBHOOK})
"""Everything works without these, more slowly: open, they stop their own calls and nothing else."""

LIMITS: Mapping[Kind, Limits] = {kind: Limits() for kind in Kind} | {Kind.EXIT_PATH: Limits(rest=5_000)}
"""Exits go before everything else: theirs is tried again while a position may still be unprotected (10 s)."""


class Component(NamedTuple):
    """One thing that we depend on, like the order path of a venue."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"

    @property
    def group(self) -> str:
        """Return what it counts as when open ones are counted.

        >>> Component(Kind.ORDER_PATH, "binance").group, Component(Kind.DATABASE, "journal").group
        ('venue/binance', 'database/journal')
        """
        return f"venue/{self.name}" if self.kind in OF_VENUES else str(self)
