"""Where and what to trade."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from cryptoflow.spec.block import BLOCK, LIST, Block, Spec
from cryptoflow.spec.money import Currency
from cryptoflow.spec.names import Name, PluginName
from cryptoflow.spec.values import Symbol, Timeframe


class Universe(Spec):
    """Symbols that a rule chooses: the most traded ones, as they were known on the day before a run begins."""

    use: Literal["universe"] = Field(description="the rule; there is one", examples=["universe"])
    top: Annotated[int, Field(ge=1, le=500)] = Field(description="how many symbols", examples=["10"])
    quote: Currency | None = Field(None, description="what they are paid with; none: the currency of the capital")
    by: Literal["volume"] = Field("volume", description="what puts one before another: what was traded in 24 hours")
    exclude: tuple[Symbol, ...] = Field((), description="symbols that are never chosen")


Listed = tuple[Symbol, ...]
"""Symbols that are named one by one."""

ListOrBlock = Discriminator(lambda value: BLOCK if isinstance(value, dict | Universe) else LIST)


class Market(Spec):
    """Where and what to trade; spot markets, and buying only, are what there is yet."""

    venue: Name = Field(description="the exchange, by the name ccxt has for it", examples=["binance"])
    symbols: Annotated[
        Annotated[Listed, Field(min_length=1), Tag(LIST)] | Annotated[Universe, Tag(BLOCK)], ListOrBlock
    ] = Field(description="what is traded, or how that is chosen; all symbols decide together", examples=["[BTC/USDT]"])
    timeframe: Timeframe = Field(description="length of a bar; decisions fall at its close", examples=["1h"])
    detail: Timeframe | None = Field(
        None, description="length of the finer bars that fills are worked out on; none: those of `timeframe`"
    )
    filters: Literal["venue", "none"] = Field(
        "venue", description="whether the venue's lots, ticks and least order size hold"
    )

    @property
    def listed(self) -> Listed:
        """The symbols that are named one by one; none while a universe has not chosen any."""
        return self.symbols if isinstance(self.symbols, tuple) else ()


class Sources(Spec):
    """Where prices come from."""

    history: Block = Field(
        Block(use=PluginName("store")), description="plugin of kind source that backtests read their bars from"
    )
    live: Block = Field(
        Block(use=PluginName("stream")), description="plugin of kind source that paper and live trading listen to"
    )
