"""How much may go wrong."""

from collections.abc import Mapping
from typing import Literal

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
    emergency: Literal["standard", "aggressive"] = Field(
        "standard", description="how positions are closed in an emergency: with limit orders first, or at market"
    )
