"""What happens to circuit breakers: they open, are tried, close; and how many calls they kept from being made.

Rejected calls are told once, when the time in which they were rejected ends: one event each would fill the journal
exactly when there is trouble, and say nothing that their number does not.
"""

from dataclasses import dataclass

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class BreakerEvent(Event):
    """Something about the breaker of a component, like `order_path/binance`."""

    component: str

    @property
    def stream(self) -> str:
        """Return the breaker's own stream."""
        return f"breaker/{self.component}"


@dataclass(frozen=True, slots=True)
class BreakerOpened(BreakerEvent):
    """No call is made until `until`: of `calls` that counted `failures` failed, the last `in_a_row` without a success.

    `change` says what opened it: `tripped` while it was closed, `relapsed` while it was tried.
    """

    name = "breaker.opened"
    change: str
    calls: int
    failures: int
    in_a_row: int
    until: int


@dataclass(frozen=True, slots=True)
class BreakerHalfOpened(BreakerEvent):
    """A few calls are made again to see how it is; it had opened at `since`."""

    name = "breaker.half_opened"
    since: int


@dataclass(frozen=True, slots=True)
class BreakerClosed(BreakerEvent):
    """All calls are made again; it had not been closed since `since`."""

    name = "breaker.closed"
    since: int


@dataclass(frozen=True, slots=True)
class BreakerRejected(BreakerEvent):
    """So many calls were not made while it was in `state`, from `since` until now."""

    name = "breaker.rejected"
    state: str
    calls: int
    since: int
