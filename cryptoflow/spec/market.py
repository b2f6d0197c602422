"""Where and what to trade."""

from typing import Annotated, Literal

from pydantic import Field

from cryptoflow.spec.block import Block, Spec
from cryptoflow.spec.names import Name, PluginName
from cryptoflow.spec.values import Symbol, Timeframe


class Market(Spec):
    """Where and what to trade; spot markets, and buying only, are what there is yet."""

    venue: Name = Field(description="the exchange, by the name ccxt has for it", examples=["binance"])
    symbols: Annotated[tuple[Symbol, ...], Field(min_length=1)] = Field(
        description="what is traded; all symbols decide together", examples=["[BTC/USDT]"]
    )
    timeframe: Timeframe = Field(description="length of a bar; decisions fall at its close", examples=["1h"])
    detail: Timeframe | None = Field(
        None, description="length of the finer bars that fills are worked out on; none: those of `timeframe`"
    )
    filters: Literal["venue", "none"] = Field(
        "venue", description="whether the venue's lots, ticks and least order size hold"
    )


class Sources(Spec):
    """Where prices come from."""

    history: Block = Field(
        Block(use=PluginName("store")), description="plugin of kind source that backtests read their bars from"
    )
