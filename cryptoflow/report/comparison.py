"""Two runs side by side, as plain values: what went in differently, and what came out."""

from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """One input that two runs do not share; a text is empty where a run has no such input."""

    what: str
    """The part it belongs to: spec, plugin, data, period, engine, limit, market, code or version."""

    key: str
    one: str
    other: str

    def __str__(self) -> str:
        return f"{self.what} {self.key}: {self.one or '–'} → {self.other or '–'}".replace(" :", ":")


class Outcome(NamedTuple):
    """One number that came out of both runs; NaN where it is undefined."""

    name: str
    one: float
    other: float

    @property
    def difference(self) -> float:
        """How much larger the second is."""
        return self.other - self.one

    def plain(self) -> dict[str, Any]:
        """Return the pair as JSON takes it."""
        pair = {"one": self.one, "other": self.other, "difference": self.difference}
        return {"name": self.name, **{key: value if isfinite(value) else None for key, value in pair.items()}}


class Comparison(NamedTuple):
    """What `runs compare` shows."""

    one: str
    other: str
    currency: str
    inputs: tuple[Difference, ...]
    metrics: tuple[Outcome, ...]
    guards: tuple[Outcome, ...]

    def plain(self) -> dict[str, Any]:
        """Return the comparison as JSON takes it."""
        return {
            "one": self.one,
            "other": self.other,
            "inputs": [difference._asdict() for difference in self.inputs],
            "metrics": [outcome.plain() for outcome in self.metrics],
            "guards": [outcome.plain() for outcome in self.guards],
        }


def outcomes(
    names: Sequence[str], one: Mapping[str, float | None], other: Mapping[str, float | None]
) -> tuple[Outcome, ...]:
    """Pair the numbers of two runs by name.

    >>> outcomes(["sharpe"], {"sharpe": 1.0}, {"sharpe": 1.5})[0].difference
    0.5
    """
    return tuple(Outcome(name, _number(one.get(name)), _number(other.get(name))) for name in names)


def _number(value: float | None) -> float:
    return nan if value is None else float(value)
