"""What a spec asks for and a backtest does not simulate, so that nobody counts on it."""

from collections.abc import Iterator

from cryptoflow.domain.discipline.drops import is_fine
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.tree import Path

SENTENCES: dict[Path, str] = {
    ("execution", "algo"): "every order is sent whole",
    ("execution", "route"): "every order goes to the one venue",
    ("execution", "naked_limit"): "a stop stands from the fill on",
    ("risk", "emergency"): "no emergency closes positions",
    ("round_wait",): "every bar is there when its round begins",
    ("notify",): "nobody is told of a backtest",
    ("sweep",): "a backtest runs one set of parameters",
}
"""Keys by path, each with what happens instead."""

LATENCY, FLASH_DROP, REST_IN = ("execution", "latency"), ("risk", "flash_drop"), "rest_in"


def unsimulated(resolved: Resolved) -> Iterator[str]:
    """Say of each such key that was written what happens instead, and of resting entries when they rest in vain."""
    for path, instead in SENTENCES.items():
        if is_set(resolved, path):
            yield f"not simulated: {'.'.join(map(str, path))} ({instead})"
    market = resolved.pipeline.market
    timeframe = market.detail or market.timeframe
    if is_set(resolved, LATENCY) and int(resolved.pipeline.execution.latency) % int(timeframe):
        yield f"not simulated: execution.latency below a bar (fills begin with the open of a bar of {timeframe})"
    if is_set(resolved, FLASH_DROP) and not shows_drops(resolved):
        yield f"not simulated: risk.flash_drop (bars of {timeframe} do not show how fast a price falls)"
    for position, strategy in enumerate(resolved.strategies):
        if is_set(resolved, ("strategies", position, REST_IN)):
            yield f"not simulated: strategies.{strategy.id}.{REST_IN} (it enters in every state of the market)"
    entry = resolved.pipeline.execution.entry
    if entry.order != "market" and 0 < int(entry.expires) < int(timeframe):
        yield (
            f"execution.entry.expires {entry.expires} is shorter than a bar of {timeframe}: "
            "a resting entry meets one open only"
        )


def shows_drops(resolved: Resolved) -> bool:
    """Say whether the bars that a spec asks for are fine enough to show how fast a price falls."""
    market, pause = resolved.pipeline.market, int(resolved.pipeline.risk.flash_drop.pause)
    return is_fine(int(market.timeframe), int(market.detail or market.timeframe), pause)


def is_set(resolved: Resolved, path: Path) -> bool:
    """Say whether a value was written, and one that asks for something."""
    written = resolved.origin(path)
    return written is not None and written.value not in (None, (), {})
