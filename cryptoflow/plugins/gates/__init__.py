"""Gates: what a tier asks of whoever comes up to it, and what sends down from it."""

from typing import Annotated

from pydantic import AfterValidator

from cryptoflow.domain.calendar import DAY
from cryptoflow.spec.values import Duration


def _a_day(time: Duration) -> Duration:
    if time != DAY:
        raise ValueError("what a person does is counted over 24h")
    return time


Day = Annotated[Duration, AfterValidator(_a_day)]
"""A time that is written down for its reader and has one value."""
