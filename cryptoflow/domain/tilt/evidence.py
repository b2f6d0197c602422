"""What the gates of the tier table read of tilt."""

from typing import Any

from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.domain.tilt.records import Tilt
from cryptoflow.domain.tilt.signs import MONTH, raised_since, score_of

SCORE_LOOKED_AT = 50.0
"""The score from which gates are asked at once; they may be in files, but none asks for less than half."""


def score(tilt: Tilt, signs: Any, at: int) -> float:
    """Return the score of an account at a moment."""
    return score_of(signs, at) if tilt.live_until >= at else 0.0


def show_tilt(tilt: Tilt, signs: Any, found: Evidence, at: int) -> None:
    """Write down the score, and how often each level was due in a month: light, medium and severe."""
    found.tilt = score(tilt, signs, at)
    found.tilt_light = raised_since(tilt, signs, 1, at - MONTH)
    found.tilt_medium = raised_since(tilt, signs, 2, at - MONTH)
    found.tilt_severe = raised_since(tilt, signs, 3, at - MONTH)
