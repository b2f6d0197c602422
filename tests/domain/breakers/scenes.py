"""A breaker whose time a test moves, and everything it tells."""

from cryptoflow.domain.breakers.breaker import Breaker, Guard
from cryptoflow.domain.breakers.components import Component, Kind
from cryptoflow.domain.breakers.limits import Limits
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.breakers.states import BreakerState
from cryptoflow.domain.events.event import Event

START = 1_700_000_000_000
ORDERS = Component(Kind.ORDER_PATH, "binance")


class Scene:
    """One breaker, from a moment at which nothing has happened to it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.now = START
        self.told: list[Event] = []
        self.breaker = Breaker(ORDERS, limits or Limits(), lambda: self.now, lambda event, _: self.told.append(event))

    @property
    def names(self) -> list[str]:
        """The names of all that was told."""
        return [event.name for event in self.told]

    def begin(self) -> Guard:
        """Begin a call that does not end yet."""
        return self.breaker.guard().__enter__()

    def end(self, call: Guard, ok: bool) -> None:
        """End a call that was begun."""
        if ok:
            call.ok()
        call.__exit__(None, None, None)

    def succeed(self, times: int = 1) -> None:
        """Make calls that go well."""
        for _ in range(times):
            with self.breaker.guard() as call:
                call.ok()

    def fail(self, times: int = 1) -> None:
        """Make calls that do not."""
        for _ in range(times):
            with self.breaker.guard():
                pass

    def calls(self, outcomes: str) -> None:
        """Make calls as they are written: `+` goes well, `-` does not."""
        for each in outcomes:
            self.succeed() if each == "+" else self.fail()

    def rejected(self) -> bool:
        """Say whether a call would not be made; if it would, it goes well."""
        try:
            self.succeed()
        except Rejected:
            return True
        return False

    def wait(self, milliseconds: int) -> None:
        """Let time pass."""
        self.now += milliseconds

    def bring_to(self, state: BreakerState) -> None:
        """Bring a fresh breaker into a state."""
        if state is not BreakerState.CLOSED:
            self.fail(5)
        if state is BreakerState.HALF_OPEN:
            self.wait(30_000)
        assert self.breaker.state is state
