"""What the guard of a closed breaker adds to a call, beside a `with` that does nothing."""

from collections.abc import Iterator
from contextlib import nullcontext

from benchmarks.figures import Aim, Work, side_by_side
from cryptoflow.clock import MachineClock
from cryptoflow.domain.breakers.breaker import Breaker
from cryptoflow.domain.breakers.components import Component, Kind
from cryptoflow.domain.breakers.limits import Limits
from cryptoflow.domain.breakers.states import BreakerState

CALLS = 200_000


def breaker() -> Iterator[Work]:
    """Time calls that succeed, in a guard on the machine's clock."""
    closed = Breaker(Component(Kind.ORDER_PATH, "binance"), Limits(), MachineClock().now, lambda *_: None)

    def guarded() -> None:
        for _ in range(CALLS):
            with closed.guard() as call:
                call.ok()

    def bare() -> None:
        for _ in range(CALLS):
            with nullcontext():
                pass

    guarded()
    assert closed.metrics[1:] == (BreakerState.CLOSED, CALLS, 0, 0, 0)
    yield side_by_side(
        "breaker guard, closed", guarded, bare, "with nullcontext()", CALLS, "call", Aim(1e-6, "unit"), rounds=15
    )
