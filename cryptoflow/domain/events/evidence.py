"""What an account can show beside its trades: probes that passed, time on paper, and who tried to override."""

from dataclasses import dataclass

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class ProbeEvent(Event):
    """What a probe has found of a spec and the code that decides for it, and how much it has tried.

    It was asked for `asked` draws on the days `period`, with `bars` of a symbol; `own` is the spec's period, if any.
    """

    schema = 2
    probe: str
    spec: str
    spec_hash: str
    code: str
    data: str
    draws: int
    asked: int
    period: str
    bars: int
    own: str

    @property
    def stream(self) -> str:
        """Return the stream of all evidence."""
        return "evidence"


@dataclass(frozen=True, slots=True)
class ProbePassed(ProbeEvent):
    """Nothing moved that may not."""

    name = "probe.passed"


@dataclass(frozen=True, slots=True)
class ProbeFailed(ProbeEvent):
    """Something moved; this holds until a pass reaches as far."""

    name = "probe.failed"


@dataclass(frozen=True, slots=True)
class PaperMeasured(Event):
    """What a paper account's journal, read up to its event `seq`, has to show for a spec."""

    name = "paper.measured"
    paper: str
    spec_hash: str
    trips: int
    hours: float
    seq: int
    hash: str

    @property
    def stream(self) -> str:
        """Return the stream of all evidence."""
        return "evidence"


@dataclass(frozen=True, slots=True)
class OverrideAttempted(Event):
    """A person tried to override what the account's discipline says, in vain or not.

    It is the one event of that: tilt (T8, the wait after one) and the gates `overrides` and `no_override` all hear it.
    `what` is what was to be overridden.
    """

    name = "override.attempted"
    what: str
    granted: bool

    @property
    def stream(self) -> str:
        """Return the stream of overrides."""
        return "override"
