"""What a venue allowed and charged for a symbol on a day."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """A day's filters and fees of a symbol as a venue told them at `at`; `digest` is that of `terms`, their JSON."""

    venue: str
    symbol: str
    day: str
    at: int
    terms: str
    digest: str
