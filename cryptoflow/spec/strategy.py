"""A strategy as a pipeline uses it."""

from typing import Any, Literal

from pydantic import Field

from cryptoflow.spec.block import Spec
from cryptoflow.spec.names import Name, PluginName, SpecFile, Variable
from cryptoflow.spec.values import Share

State = Literal["dead", "normal", "volatile", "panic", "maintenance"]


class Strategy(Spec):
    """Who decides: a strategy from a file or a plugin, its parameters, and its part of the money."""

    id: Name = Field(description="what orders, reports and `--set` call it", examples=["trend"])
    file: SpecFile | None = Field(None, description="the strategy's file, relative to the one that names it")
    use: PluginName | None = Field(None, description="a strategy that ships with the package, or a plugin's")
    with_: dict[Variable, Any] = Field(
        {}, alias="with", description="values of the strategy's parameters; its defaults hold for the others"
    )
    allocation: Share | None = Field(
        None, description="share of equity it may use; those without one divide what the others leave"
    )
    rest_in: tuple[State, ...] = Field((), description="market states in which it makes no new entry")
