"""A whole spec: what to trade, how to decide, and how much may go wrong."""

from typing import Annotated, Literal

from pydantic import Field

from cryptoflow.spec.block import Block, Listed, Spec
from cryptoflow.spec.execution import Execution
from cryptoflow.spec.market import Market, Sources
from cryptoflow.spec.names import Name, PluginFile, PluginName, SpecFile
from cryptoflow.spec.notify import Notify
from cryptoflow.spec.risk import Risk
from cryptoflow.spec.strategy import Strategy
from cryptoflow.spec.sweep import Sweep
from cryptoflow.spec.values import Duration, Money, Period


class Pipeline(Spec):
    """What to trade, how to decide, and how much may go wrong."""

    cryptoflow: Literal[1] = Field(description="version of the spec's language", examples=["1"])
    name: Name = Field(description="what reports and runs call it", examples=["btc-trend"])
    extends: Annotated[tuple[SpecFile, ...], Listed] = Field(
        (), exclude=True, description="files to start from, in order; this file and later ones win"
    )
    seed: int = Field(0, ge=0, le=2**63 - 1, description="start of everything random in a run")
    period: Period | None = Field(None, description="days to backtest, both ends included")
    capital: Money = Field(Money("1000 USDT"), description="money at the start of a backtest or of paper trading")
    tier: Annotated[int, Field(ge=0, le=4)] | None = Field(
        None, description="highest tier whose features the spec may use; lowers what is allowed, never raises it"
    )
    account: Name = Field(Name("main"), description="the account, which owns journal, tier and keys")
    warmup: Annotated[int, Field(ge=0, le=10_000_000)] | None = Field(
        None, description="bars before the first decision; none: as many as the indicators need"
    )
    round_wait: Duration = Field(Duration("2s"), description="how long a round waits for late bars")
    discipline: Literal["on", "off"] = Field(
        "on", description="whether tiers, rules, tilt and kill switch hold; off is for research only"
    )
    plugins: Annotated[tuple[PluginFile, ...], Listed] = Field(
        (), description="files of the folder plugins/ beside the spec whose plugins may be used"
    )
    market: Market = Field(description="where and what to trade")
    sources: Sources = Field(Sources(), description="where prices come from")
    strategies: Annotated[tuple[Strategy, ...], Field(min_length=1)] = Field(description="who decides")
    sizing: Block = Field(
        Block(use=PluginName("risk_fraction")), description="plugin of kind sizer: how large an entry would be"
    )
    risk: Risk = Field(Risk(), description="how much may go wrong")
    execution: Execution = Field(Execution(), description="how decisions become orders, and what that costs")
    notify: tuple[Notify, ...] = Field((), description="whom to tell")
    sweep: Sweep | None = Field(None, description="what `sweep` and `walkforward` search")
