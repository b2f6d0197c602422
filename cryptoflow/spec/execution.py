"""How decisions become orders, and what that costs."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from cryptoflow.spec.block import BLOCK, WORD, Block, Spec, WordOrBlock
from cryptoflow.spec.names import PluginName
from cryptoflow.spec.values import Bps, Duration, Share


class Entry(Spec):
    """What kind of order an entry is."""

    order: Literal["market", "limit", "stop", "stop_limit"] = Field("market", description="type of the order")
    offset: Bps = Field(Bps("0 bps"), description="basis points of the price between signal and order price")
    time_in_force: Literal["gtc", "ioc", "fok"] = Field(
        "gtc", description="until cancelled, at once in part, or at once in full"
    )
    post_only: bool = Field(False, description="never take from the book")
    expires: Duration = Field(Duration("300s"), ge=1000, description="time after which a resting entry is withdrawn")


class Fees(Spec):
    """Fees as shares of what is traded, instead of the venue's own."""

    maker: Share = Field(description="share of the traded amount, for orders that rest first", examples=["0.1%"])
    taker: Share = Field(description="share of the traded amount, for orders that fill at once", examples=["0.1%"])


class Costs(Spec):
    """What trading costs in a simulation."""

    fees: Annotated[Annotated[Literal["venue"], Tag(WORD)] | Annotated[Fees, Tag(BLOCK)], WordOrBlock] = Field(
        "venue", description="the venue's fees, or rates of your own"
    )
    fee_in: Literal["quote", "base"] = Field(
        "quote", description="currency that the fee of a purchase is taken in; base leaves less of what was bought"
    )
    slippage: Block = Field(
        Block(use=PluginName("spread_impact")), description="plugin of kind slippage: what a fill loses"
    )


class Fills(Spec):
    """When a resting order fills in a simulation."""

    touch: bool = Field(False, description="whether a price that only touches a limit fills it")
    volume: Share = Field(Share("10%"), gt=0, description="share of a bar's volume that a limit may take")


class Execution(Spec):
    """How decisions become orders, and what that costs."""

    entry: Entry = Field(Entry(), description="what kind of order an entry is")
    algo: Block | None = Field(None, description="plugin of kind algo that slices large orders; none: one order")
    route: Block | None = Field(None, description="plugin of kind router that picks the venue; none: the one venue")
    costs: Annotated[Annotated[Literal["none"], Tag(WORD)] | Annotated[Costs, Tag(BLOCK)], WordOrBlock] = Field(
        Costs(), description="fees and slippage; `none` for a run at zero cost"
    )
    fills: Fills = Field(Fills(), description="when a resting order fills in a simulation")
    latency: Duration = Field(Duration("0s"), le=60_000, description="delay from the decision to the venue")
    naked_limit: Duration = Field(
        Duration("10s"), ge=1000, le=60_000, description="how long a position may be without a stop at the venue"
    )
