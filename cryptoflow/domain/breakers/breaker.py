"""One breaker: it watches how calls end, and when too many fail keeps the next ones from being made."""

from collections import deque
from collections.abc import Callable
from threading import Lock
from types import TracebackType
from typing import NamedTuple

from cryptoflow.domain.breakers.components import Component
from cryptoflow.domain.breakers.limits import Limits
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.breakers.states import CHANGES, BreakerState, Change
from cryptoflow.domain.breakers.window import Window
from cryptoflow.domain.events.breakers import (
    BreakerClosed,
    BreakerEvent,
    BreakerHalfOpened,
    BreakerOpened,
    BreakerRejected,
)

Tell = Callable[[BreakerEvent, int], None]
"""Takes an event and its moment. Whoever caused it waits meanwhile, so it hands on; it may ask breakers anything."""


CLOSED, OPEN, HALF_OPEN = BreakerState
"""By names of this module: a guard of a closed breaker looks at them in every call."""


class BreakerMetrics(NamedTuple):
    """What a breaker has counted since its process began, and where it stands."""

    component: Component
    state: BreakerState
    calls: int
    failures: int
    rejected: int
    opened: int


class Breaker:
    """The breaker of one component; threads and tasks may share it, for nothing here ever waits.

    `clock` returns epoch milliseconds. `standing` is the state when somebody last looked, `state` the one now, and
    `period` counts the changes: what began in one period decides nothing in another.
    """

    def __init__(self, component: Component, limits: Limits, clock: Callable[[], int], tell: Tell) -> None:
        self.component, self.limits = component, limits
        self._clock, self._tell = clock, tell
        self._lock = Lock()
        self.standing = CLOSED
        self._window = Window(limits.window)
        self._calls = self._failures = self._rejected = self._opened = 0
        self._since, self._lost_at, self.period = clock(), 0, 0
        self._in_a_row = self._turned_away = 0
        self._under_way = self._probed = self._probed_in_vain = 0
        self._untold: deque[tuple[BreakerEvent, int]] = deque()

    def guard(self) -> "Guard":
        """Return what a call is made in: `with breaker.guard() as call: …; call.ok()`."""
        return Guard(self)

    @property
    def state(self) -> BreakerState:
        """Where it stands now; rest that is over ends here, so that nobody waits for a call that waits for him."""
        if self.standing is OPEN:
            with self._lock:
                self._wake(self._clock())
            self._hand_on()
        return self.standing

    @property
    def metrics(self) -> BreakerMetrics:
        """What it has counted."""
        state = self.state
        return BreakerMetrics(self.component, state, self._calls, self._failures, self._rejected, self._opened)

    def admit(self) -> int:
        """Let a call through that found the breaker not closed and return its period, or raise `Rejected`."""
        with self._lock:
            state = self._wake(self._clock())
            full = state is HALF_OPEN and self._under_way >= self.limits.probes
            if full or state is OPEN:
                self._rejected += 1
                self._turned_away += 1
                raise Rejected(self.component, state)
            self._under_way += 1
            period = self.period
        self._hand_on()
        return period

    def settle(self, period: int, failed: bool) -> None:
        """Note how a call ended; one that began in another period is counted, and decides nothing any more."""
        now, lock = self._clock(), self._lock
        lock.acquire()  # in half the time that `with` takes: closed breakers are asked in every call
        try:
            self._calls += 1
            if failed:
                self._failures += 1
            if period == self.period:
                self._in_a_row = self._in_a_row + 1 if failed else 0
                if self.standing is CLOSED:
                    self._window.count(now, failed)
                    if self._window.failures and self._too_many():
                        self._move(Change.TRIPPED, now, self._window.calls, self._window.failures)
                else:
                    self._probe(failed, now)
        finally:
            lock.release()
        if self._untold:
            self._hand_on()

    def _too_many(self) -> bool:
        window, limits = self._window, self.limits
        return self._in_a_row >= limits.in_a_row or (
            window.calls >= limits.min_calls and window.failures / window.calls > limits.rate
        )

    def _probe(self, failed: bool, now: int) -> None:
        self._under_way -= 1
        self._probed += 1
        self._probed_in_vain += failed
        if self._probed_in_vain >= self.limits.failures:
            self._move(Change.RELAPSED, now, self._probed, self._probed_in_vain)
        elif self._probed - self._probed_in_vain >= self.limits.successes:
            self._move(Change.RECOVERED, now)

    def _wake(self, now: int) -> BreakerState:
        """End the rest when it is over; a clock that was set back lets it begin anew, and not last for hours."""
        if self.standing is OPEN:
            self._since = min(self._since, now)
            if now - self._since >= self.limits.rest:
                self._move(Change.RESTED, now)
        return self.standing

    def _move(self, change: Change, now: int, calls: int = 0, failures: int = 0) -> None:
        """Go where the table says, and note what is to be told."""
        before, since, turned_away, in_a_row = self.standing, self._since, self._turned_away, self._in_a_row
        self.standing, self._since = CHANGES[before, change], now
        self.period += 1  # nothing of the period before counts in this one
        self._in_a_row = self._turned_away = 0
        self._under_way = self._probed = self._probed_in_vain = 0
        self._window.clear()
        component = str(self.component)
        if turned_away:
            self._untold.append((BreakerRejected(component, before.value, turned_away, since), now))
        if self.standing is OPEN:
            self._opened += 1
            if before is CLOSED:
                self._lost_at = now
            until = now + self.limits.rest
            self._untold.append((BreakerOpened(component, change.value, calls, failures, in_a_row, until), now))
        elif self.standing is HALF_OPEN:
            self._untold.append((BreakerHalfOpened(component, since), now))
        else:
            self._untold.append((BreakerClosed(component, self._lost_at), now))

    def _hand_on(self) -> None:
        """Tell what is to be told, holding nothing meanwhile; what somebody else is telling is not told twice."""
        while True:
            try:
                event, at = self._untold.popleft()
            except IndexError:
                return
            self._tell(event, at)


class Guard:
    """What one call is made in: says how it ended, in the caller's words or, without any, that it failed.

    An answer that refuses us is an answer: say `ok()` before raising what it means.
    """

    __slots__ = ("_breaker", "_failed", "_period")

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def ok(self) -> None:
        """Say that the component answered."""
        self._failed = False

    def failed(self) -> None:
        """Say that it did not, though nothing was raised."""
        self._failed = True

    def __enter__(self) -> "Guard":
        self._failed, breaker = True, self._breaker
        self._period = breaker.period  # before how it stands: a call that is late belongs to no later period
        if breaker.standing is not CLOSED:
            self._period = breaker.admit()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._breaker.settle(self._period, self._failed)
