"""A strategy as data: parameters, definitions, and when to enter and leave."""

from collections.abc import Mapping
from math import nan
from typing import Annotated, Any, Literal

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema

from cryptoflow.spec.block import Listed, Spec
from cryptoflow.spec.names import Expression, Name, Variable
from cryptoflow.spec.values import Duration, Gain, MisreadError, Range, Share, Written
from cryptoflow.spec.written import NUMBER, named


def read_number(value: Any) -> float:
    """Return a parameter's value: a number, or a share like `2%`; either prints back as written."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().endswith("%"):
        return Gain(value)
    raise MisreadError(named(value), "a parameter is a number or a share", "write it like 12 or 2%")


Number = Annotated[
    float,
    PlainValidator(read_number),
    PlainSerializer(lambda value: str(value) if isinstance(value, Written) else value),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{NUMBER} ?%$"}]}),
]


class Distance(Expression):
    """How far from the entry price: a share of it (`4%`), or an expression in price units.

    `.share` is NaN for an expression.
    """

    noun, example = "a share or an expression", "4%"
    share: float

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        share = float(cls._share(text)) if text.endswith("%") else nan
        if share == 0:
            raise MisreadError(text, "a distance is more than 0%", "leave the key out to go without")
        return text, {"share": share}

    @classmethod
    def _share(cls, text: str) -> Share:
        return Share(text)


class Target(Distance):
    """How far to the target, which may be further away than the price itself."""

    @classmethod
    def _share(cls, text: str) -> Share:
        return Gain(text)


class Param(Spec):
    """A number that a pipeline may set."""

    default: Number = Field(description="its value unless a pipeline says otherwise", examples=["12"])
    range: Range | None = Field(None, description="values it may have, both ends included")


class StrategyFile(Spec):
    """When to enter and leave, and how an entry is protected; expressions read closed bars only."""

    cryptoflow: Literal[1] = Field(description="version of the spec's language", examples=["1"])
    strategy: Name = Field(description="what it is called", examples=["ema_cross"])
    params: dict[Variable, Param] = Field({}, description="numbers that a pipeline may set")
    require: Annotated[tuple[Expression, ...], Listed] = Field(
        (), description="what must hold between parameters, like fast < slow"
    )
    let: dict[str, Expression] = Field({}, description="names for expressions that others use")
    enter_long: Expression | None = Field(None, description="flag: buy at the next open")
    exit_long: Expression | None = Field(None, description="flag: sell what was bought at the next open")
    enter_short: Expression | None = Field(None, description="flag: sell short at the next open")
    exit_short: Expression | None = Field(None, description="flag: buy back what was sold short")
    score: Expression | None = Field(None, description="series: among entries of one round the highest goes first")
    size: Expression | None = Field(
        None, description="series: share of the strategy's money to put in, instead of what `sizing` says"
    )
    stop_loss: Distance | None = Field(
        None, description="distance of the stop: share of the entry price, or price units"
    )
    stop_at: Expression | None = Field(None, description="level of the stop, in price units")
    take_profit: Target | None = Field(
        None, description="distance of the target: share of the entry price, or price units"
    )
    take_at: Expression | None = Field(None, description="level of the target, in price units")
    trailing_stop: Distance | None = Field(
        None, description="distance at which the stop follows the price: share of it, or price units"
    )
    max_bars: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="bars after which a position is closed"
    )
    cooldown: Duration | None = Field(None, description="pause after a position is closed, per symbol")
    add_when: Expression | None = Field(None, description="flag: add to the position at the next open")
    max_adds: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        None, description="number of times a position may be added to"
    )
