"""What the account's discipline does: the kill switch, and the moves in the tier table."""

from dataclasses import dataclass

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class KillEvent(Event):
    """Something about the kill switch."""

    @property
    def stream(self) -> str:
        """Return the stream of the kill switch."""
        return "kill"


@dataclass(frozen=True, slots=True)
class KillTripped(KillEvent):
    """The switch has tripped: what was looked at, and what is allowed of it. Told before anything is done about it."""

    name = "kill.tripped"
    cause: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class KillReleased(KillEvent):
    """Trading goes on, in steps; `cause` is that of the trip that this ends."""

    name = "kill.released"
    cause: str


@dataclass(frozen=True, slots=True)
class RiskEvent(Event):
    """Something about a limit of the account."""

    @property
    def stream(self) -> str:
        """Return the stream of the curve."""
        return "risk"


@dataclass(frozen=True, slots=True)
class RiskWarned(RiskEvent):
    """Four fifths of a limit of the account are used up: `cause` is what would trip the kill switch."""

    name = "risk.warned"
    cause: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class RiskLimitReached(RiskEvent):
    """A day, a week or a month (`span`) has cost its limit: nothing is entered `until` it ends.

    The limit is the strictest of tier, preset and spec, which the journal does not know otherwise.
    """

    name = "risk.limit_reached"
    span: str
    value: float
    limit: float
    until: int


@dataclass(frozen=True, slots=True)
class TierEvent(Event):
    """A move in the tier table, or what ends one."""

    @property
    def stream(self) -> str:
        """Return the stream of the tier."""
        return "tier"


@dataclass(frozen=True, slots=True)
class TierBegan(TierEvent):
    """A run goes by a table of tiers: `table` is its digest, `code` that of all code that decides for the spec.

    `tier` is where a simulated account begins, `ceiling` the highest that the run may come to, `since` the first moment
    at which anything may be decided, `after_kill` how long a simulated operator takes (none: a person has to act).
    """

    name = "tier.began"
    table: str
    code: str
    tier: int
    ceiling: int
    since: int
    after_kill: int | None


@dataclass(frozen=True, slots=True)
class TierPromoted(TierEvent):
    """The account has come up to a tier."""

    name = "tier.promoted"
    tier: int


@dataclass(frozen=True, slots=True)
class TierDemoted(TierEvent):
    """The account has gone down to a tier, or stays in the lowest; which gate sent it, on what evidence."""

    name = "tier.demoted"
    tier: int
    gate: str
    value: float
    limit: float


@dataclass(frozen=True, slots=True)
class TierAcknowledged(TierEvent):
    """The demotion is acknowledged: entries are allowed again, as the tier allows them."""

    name = "tier.acknowledged"
    tier: int
