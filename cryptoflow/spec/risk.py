"""How much may go wrong."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cryptoflow.domain.steps import BadSetting
from cryptoflow.domain.tilt.records import TiltLimits
from cryptoflow.spec.block import Block, Spec
from cryptoflow.spec.values import Duration, MisreadError, Share, Written


class MissingStop(Written):
    """What happens to an entry without a stop: `reject` refuses it, `attach 2%` gives it one.

    `.share` is the distance of the stop that is attached, 0 for none.
    """

    noun, example, pattern = "a policy for entries without a stop", "attach 2%", r"reject|attach ([0-9.]+ ?%)"
    share: float

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        distance = cls._groups(text, "write `attach 2%` or `reject`")[0]
        share = float(Share(distance)) if distance else 0.0
        if distance and share == 0:
            raise MisreadError(text, "a stop is at some distance", "write `attach 2%` or `reject`")
        return None, {"share": share}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MissingStop) and self.share == other.share

    def __hash__(self) -> int:
        return hash(self.share)


class AfterKill(Written):
    """What a simulated run does after its kill switch: goes on after a while (`24h`), or `stop`.

    `.pause` is in milliseconds, None to stop.
    """

    noun, example, pattern = "a pause, or stop,", "24h", rf"stop|(?:{Duration.pattern})"
    pause: int | None

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        return None, {"pause": None if text == "stop" else int(Duration(text))}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AfterKill) and self.pause == other.pause

    def __hash__(self) -> int:
        return hash(self.pause)


class StopLoss(Spec):
    """What is asked of the stop of every entry; where it stands is the strategy's own business."""

    missing: MissingStop = Field(
        MissingStop("attach 2%"), description="what happens to an entry without a stop: attach one, or reject"
    )
    max_distance: Share = Field(
        Share("15%"), gt=0, description="share of the entry price that a stop may be away from it"
    )


Steps = Annotated[tuple[Annotated[Share, Field(gt=0, lt=1)], ...], Field(min_length=4, max_length=4)]
"""Shares of its size that an entry keeps, one after the other, until it keeps all of it."""


class Resume(Spec):
    """How trading comes back after the kill switch."""

    steps: Annotated[tuple[Annotated[Share, Field(gt=0, le=0.75)], ...], Field(min_length=3, max_length=10)] = Field(
        (Share("25%"), Share("50%"), Share("75%")),
        description="share of its size that an entry keeps in each step after a release",
    )
    each: Duration = Field(Duration("24h"), ge=86_400_000, description="how long a step is")

    @model_validator(mode="after")
    def _no_sooner(self) -> Self:
        """Refuse a step that keeps more than the step of the default at its place."""
        usual = type(self).model_fields["steps"].default
        for position, (mine, most) in enumerate(zip(self.steps, usual, strict=False), 1):
            if mine > most:
                what = f"step {position} keeps {mine}, but at most {most} comes back by then"
                raise BadSetting("steps", what, f"write it like [{', '.join(map(str, usual))}], or smaller")
        return self

    def pace(self) -> tuple[float, ...]:
        """Return how long a step is, in milliseconds, and the share of each."""
        return (float(int(self.each)), *map(float, self.steps))


class FlashDrop(Spec):
    """What counts as a price that falls at once, and how long entries of the symbol pause then."""

    share: Share = Field(Share("10%"), gt=0, le=0.1, description="share of the price that is gone within a minute")
    pause: Duration = Field(Duration("5m"), ge=300_000, description="how long entries of the symbol pause")


class Caution(Spec):
    """The first level of tilt: a warning, and a while before the next entry by hand."""

    at: float = Field(2.0, gt=0, le=2, description="live indicators, times the sensitivity, from which it is due")
    lasts: Duration = Field(Duration("5m"), ge=300_000, description="how long it lasts the first time")


class Restricted(Spec):
    """The second level of tilt: entries are smaller."""

    at: float = Field(4.0, gt=0, le=4, description="live indicators, times the sensitivity, from which it is due")
    lasts: Duration = Field(Duration("30m"), ge=1_800_000, description="how long it lasts the first time")
    size: Share = Field(Share("50%"), gt=0, le=0.5, description="share of its size that an entry keeps")


class Locked(Spec):
    """The third level of tilt: nothing is entered."""

    at: float = Field(6.0, gt=0, le=6, description="live indicators, times the sensitivity, from which it is due")
    lasts: Duration = Field(Duration("24h"), ge=86_400_000, description="how long it lasts the first time")


class Sensitivity(Spec):
    """How many times indicators count near to the equity that the next tier begins with."""

    near: float = Field(1.5, ge=1.5, le=100, description="from 90 % of that equity on")
    nearer: float = Field(2.0, ge=2, le=100, description="from 95 % of it on")
    nearest: float = Field(3.0, ge=3, le=100, description="from 98 % of it on")


class Tilt(Spec):
    """What an account out of its usual ways comes to; each number may only be stricter than its default."""

    caution: Caution = Field(Caution(), description="the first level")
    restricted: Restricted = Field(Restricted(), description="the second level")
    locked: Locked = Field(Locked(), description="the third level")
    sensitivity: Sensitivity = Field(Sensitivity(), description="how much more counts near the next tier")
    repeated: float = Field(1.5, ge=1.5, le=100, description="times as long with each repeat within a week")
    longest: Duration = Field(Duration("7d"), ge=604_800_000, description="how long a level lasts at most")

    def limits(self) -> TiltLimits:
        """Return them as the decision reads them."""
        return TiltLimits(
            caution=self.caution.at,
            restricted=self.restricted.at,
            locked=self.locked.at,
            caution_for=int(self.caution.lasts),
            restricted_for=int(self.restricted.lasts),
            locked_for=int(self.locked.lasts),
            repeated=self.repeated,
            longest=int(self.longest),
            keeps=float(self.restricted.size),
            near=self.sensitivity.near,
            nearer=self.sensitivity.nearer,
            nearest=self.sensitivity.nearest,
        )


class Risk(Spec):
    """How much may go wrong: limits on every entry, on top of those of the account's tier."""

    preset: Literal["tier", "strict", "aggressive"] = Field(
        "tier", description="the set of limits to start from: the tier's own, tighter, or looser"
    )
    stop_loss: StopLoss = Field(StopLoss(), description="what is asked of stops")
    rules: tuple[Block, ...] = Field((), description="further plugins of kind rule; the strictest answer binds")
    after_kill: AfterKill = Field(
        AfterKill("24h"), description="pause before a simulated run trades on after a kill; or stop"
    )
    resume: Resume = Field(Resume(), description="how size returns after a kill")
    flash_drop: FlashDrop = Field(FlashDrop(), description="when entries are taken back, as a price falls at once")
    tilt: Tilt = Field(Tilt(), description="what an account out of its usual ways comes to")
    warn_at: Share = Field(
        Share("80%"), gt=0, le=0.8, description="share of a limit that leads to the kill switch from which on is warned"
    )
    emergency: Literal["standard", "aggressive"] = Field(
        "standard", description="how positions are closed in an emergency: with limit orders first, or at market"
    )
