"""A run begins and ends."""

from dataclasses import dataclass
from decimal import Decimal

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """A spec begins to decide for an account: with which code, on which data, with what money."""

    name = "run.started"
    run: str
    mode: str
    spec: str
    spec_hash: str
    code: str
    data: str
    seed: int
    capital: Decimal
    currency: str
    symbols: tuple[str, ...]

    @property
    def stream(self) -> str:
        """Return the run's own stream."""
        return f"run/{self.run}"


@dataclass(frozen=True, slots=True)
class RunEnded(Event):
    """A run is over: what the account is worth, and how much happened."""

    name = "run.ended"
    run: str
    equity: Decimal
    orders: int
    fills: int
    trades: int

    @property
    def stream(self) -> str:
        """Return the run's own stream."""
        return f"run/{self.run}"
