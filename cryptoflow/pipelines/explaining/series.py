"""Where each series of prices comes from: in a backtest, and in paper and live trading."""

from collections.abc import Iterator
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.times import timeframe_name
from cryptoflow.pipelines.listed import foreseen, stand_in
from cryptoflow.pipelines.live_source import live_source
from cryptoflow.pipelines.resolved import Resolved


class Origin(NamedTuple):
    """A series, and who gives it."""

    series: str
    backtest: str
    live: str


def origins(resolved: Resolved) -> tuple[Origin, ...]:
    """Return the origin of every series that a spec reads; of a universe those of its own period, or of a stand-in."""
    return tuple(_origins(stand_in(foreseen(resolved))))


def _origins(resolved: Resolved) -> Iterator[Origin]:
    market = resolved.pipeline.market
    backtest = f"{resolved.history.plugin_name} {getattr(resolved.history, 'path', '')}".rstrip()
    for symbol in resolved.symbols:
        yield Origin(f"{symbol} {timeframe_name(market.timeframe)}", backtest, live_words(resolved))
        if market.detail is not None:
            yield Origin(f"{symbol} {timeframe_name(market.detail)}", backtest, "not read: the venue fills orders")


def live_words(resolved: Resolved) -> str:
    """Say what real decisions are made on."""
    venue, name = resolved.pipeline.market.venue, resolved.live.plugin_name
    try:
        live_source(resolved)
    except CryptoflowError:
        return f"refused: {name} listens to no market"
    return f"{name} of {venue}, after its past bars: stored ones, and what they lack by REST"
