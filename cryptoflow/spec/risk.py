"""How much may go wrong."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

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

    steps: Annotated[tuple[Annotated[Share, Field(gt=0, lt=1)], ...], Field(min_length=1, max_length=10)] = Field(
        (Share("25%"), Share("50%"), Share("75%")),
        description="share of its size that an entry keeps in each step after a release",
    )
    each: Duration = Field(Duration("24h"), gt=0, description="how long a step is")

    def pace(self) -> tuple[float, ...]:
        """Return how long a step is, in milliseconds, and the share of each."""
        return (float(int(self.each)), *map(float, self.steps))


class FlashDrop(Spec):
    """What counts as a price that falls at once, and how long entries of the symbol pause then."""

    share: Share = Field(Share("10%"), gt=0, le=0.1, description="share of the price that is gone within a minute")
    pause: Duration = Field(Duration("5m"), ge=300_000, description="how long entries of the symbol pause")


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
    emergency: Literal["standard", "aggressive"] = Field(
        "standard", description="how positions are closed in an emergency: with limit orders first, or at market"
    )
