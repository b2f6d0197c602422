"""What happens to an account's calm: what its operator did, the levels that followed, and the way back from them."""

from dataclasses import dataclass
from decimal import Decimal

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class TiltEvent(Event):
    """Something about tilt."""

    @property
    def stream(self) -> str:
        """Return the stream of tilt."""
        return "tilt"


@dataclass(frozen=True, slots=True)
class TiltObserved(TiltEvent):
    """The operator did something: `what` is an order, trade, cancel, edit or restart.

    An order is of so much `notional`; a trade has come out with `profit`, and `stopped` says whether its stop ended it;
    an edit of a `setting` `raised` a limit or did not. Who tried to override is told by an event of its own.
    """

    name = "tilt.observed"
    what: str
    symbol: str
    notional: Decimal | None
    profit: Decimal | None
    stopped: bool
    setting: str
    raised: bool


@dataclass(frozen=True, slots=True)
class TiltCoupled(TiltEvent):
    """Two positions that went their own ways as they were opened go together now: the correlations of their days."""

    name = "tilt.coupled"
    one: str
    other: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class TiltRaised(TiltEvent):
    """A level begins, and lasts until then: the score, what is live, and the number of that times the sensitivity."""

    name = "tilt.raised"
    level: str
    score: float
    weight: float
    live: tuple[str, ...]
    until: int


@dataclass(frozen=True, slots=True)
class TiltEnded(TiltEvent):
    """A level is over."""

    name = "tilt.ended"
    level: str


@dataclass(frozen=True, slots=True)
class TiltReflected(TiltEvent):
    """A reflection was given by an operator: the answers to the prompts. That of a simulated operator has none."""

    name = "tilt.reflected"
    operator: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TiltResized(TiltEvent):
    """From now on entries keep this share of their size, on the way back from a lock-out."""

    name = "tilt.resized"
    share: float
