"""All breakers of a process, and what they say together: whether to enter, and whether everything fails at once."""

from collections.abc import Callable, Mapping
from threading import Lock

from cryptoflow.domain.breakers.breaker import Breaker, BreakerMetrics, Tell
from cryptoflow.domain.breakers.components import ASIDE, LIMITS, Component, Kind
from cryptoflow.domain.breakers.limits import CascadeLimits, Limits
from cryptoflow.domain.breakers.states import BreakerState
from cryptoflow.domain.events.breakers import BreakerEvent


class Breakers:
    """The breakers of one process, each made when it is first asked for.

    A breaker is known here from then on, and counts: ask for all that an account depends on when it starts.
    """

    def __init__(
        self,
        clock: Callable[[], int],
        tell: Tell,
        limits: Mapping[Kind, Limits] = LIMITS,
        cascade: CascadeLimits | None = None,
    ) -> None:
        self._clock, self._tell, self._limits = clock, tell, limits
        self._cascade = cascade or CascadeLimits()
        self._breakers: dict[Component, Breaker] = {}
        self._cascading = False
        self._lock = Lock()

    def breaker(self, kind: Kind, name: str) -> Breaker:
        """Return the breaker of a component."""
        component = Component(kind, name)
        found = self._breakers.get(component)
        if found is not None:
            return found
        with self._lock:
            if component not in self._breakers:
                self._breakers[component] = Breaker(component, self._limits[kind], self._clock, self._heard)
                self._judge()
            return self._breakers[component]

    def orders(self, venue: str, leaving: bool) -> Breaker:
        """Return the only breaker that an order of a venue goes through: exits have one of their own."""
        return self.breaker(Kind.EXIT_PATH if leaving else Kind.ORDER_PATH, venue)

    def refusing(self) -> tuple[Component, ...]:
        """Return what keeps entries from being made now; nothing of this keeps an exit."""
        return tuple(sorted(each for each in self._open() if each.kind not in ASIDE))

    @property
    def cascading(self) -> bool:
        """Whether so much is open at once that everything counts as failed."""
        self._open()
        return self._cascading

    @property
    def counts(self) -> tuple[int, int]:
        """How many are open, of how many that count: all of one venue are one. A cascade is judged by them."""
        self._open()
        with self._lock:
            return self._counted()

    def metrics(self) -> tuple[BreakerMetrics, ...]:
        """Return what each has counted."""
        return tuple(breaker.metrics for breaker in [*self._breakers.values()])

    def _open(self) -> list[Component]:
        """Return what is open now, having let those go that have rested."""
        return [breaker.component for breaker in [*self._breakers.values()] if breaker.state is BreakerState.OPEN]

    def _heard(self, event: BreakerEvent, at: int) -> None:
        with self._lock:
            self._judge()
        self._tell(event, at)

    def _judge(self) -> None:
        opened, of = self._counted()
        self._cascading = self._cascade.stands(opened, of, before=self._cascading)

    def _counted(self) -> tuple[int, int]:
        counted = [breaker for breaker in self._breakers.values() if breaker.component.kind not in ASIDE]
        groups = {breaker.component.group for breaker in counted}
        opened = {breaker.component.group for breaker in counted if breaker.standing is BreakerState.OPEN}
        return len(opened), len(groups)
