"""What an account of a certain size may do."""

from typing import Annotated, Literal

from pydantic import Field

from cryptoflow.spec.block import Block, Spec
from cryptoflow.spec.names import Name, SpecFile
from cryptoflow.spec.risk import Steps
from cryptoflow.spec.values import Band, Duration, Money, Share

Feature = Literal[
    "market",
    "protective_exit",
    "target",
    "limit",
    "ioc",
    "fok",
    "post_only",
    "slicing",
    "smart_route",
    "many_symbols",
    "kelly",
    "python",
    "stop_limit",
    "twap",
    "vwap",
    "opposite",
    "both_sides",
    "cross_venue",
    "leverage",
]

Some = Annotated[int, Field(ge=1, le=1000)]


class TierLimits(Spec):
    """The most an account of a tier may have at stake."""

    positions: Some = Field(description="number of open positions", examples=["1"])
    strategies: Some = Field(description="number of strategies", examples=["1"])
    symbols: Some | None = Field(None, description="number of symbols; none: as many as the venue has")
    order: Money = Field(description="amount of one order", examples=["100 USDT"])
    position: Share = Field(description="share of equity in one position", examples=["5%"])
    daily_loss: Money = Field(description="amount that may be lost in a day", examples=["25 USDT"])
    leverage: Annotated[int, Field(ge=1, le=3)] = Field(1, description="positions as a multiple of equity")


class Protection(Spec):
    """How an account comes into a tier from below, and how long it waits after it was sent down from there."""

    phases: Steps = Field(
        (Share("25%"), Share("40%"), Share("60%"), Share("80%")),
        description="share of its size that an entry keeps in each phase after a promotion to the tier",
    )
    each: Duration = Field(Duration("12h"), gt=0, description="how long a phase is")
    wait: Duration = Field(Duration("30d"), gt=0, description="how long after a demotion there is no promotion")

    def pace(self) -> tuple[float, ...]:
        """Return how long a phase is, in milliseconds, and the share of each."""
        return (float(int(self.each)), *map(float, self.phases))


class TierFile(Spec):
    """What an account of a certain size may do, and how it gets there and back."""

    cryptoflow: Literal[1] = Field(description="version of the spec's language", examples=["1"])
    tier: Annotated[int, Field(ge=0, le=4)] = Field(description="number of the tier", examples=["1"])
    name: Name = Field(description="what the tier is called", examples=["sniper"])
    equity: Band = Field(description="equity of accounts of this tier, the end excluded")
    unlocks: tuple[Feature, ...] = Field((), description="order types and features that real money may use")
    limits: TierLimits | None = Field(None, description="the most at stake; none: no real money")
    promotion: tuple[Block, ...] = Field((), description="plugins of kind gate: all must be met to get here")
    demotion: tuple[Block, ...] = Field((), description="plugins of kind gate: any sends one tier down")
    protection: Protection = Field(Protection(), description="how size returns after a promotion to the tier")
    setup: tuple[str, ...] = Field((), description="set-up that is advised; never checked before an order")
    pipeline: SpecFile | None = Field(None, description="spec that runs when none is named")
