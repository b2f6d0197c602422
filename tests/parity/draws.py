"""Specs and series drawn at random, believable enough that most of them trade."""

from pathlib import Path
from typing import Any

import numpy as np
import yaml
from hypothesis import strategies as st

from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.spec.document import Opener, on_disk

MINUTE = 60_000
START = 1_704_067_200_000
SPEC = Path(__file__).with_name("drawn.yaml")
"""What drawn specs are called: they lie beside the plugins they may use, though never on the disk."""

SYMBOLS = ("BTC/USDT", "ETH/USDT", "SOL/USDT")

PERIODS = st.integers(2, 12)
SERIES = st.recursive(
    st.sampled_from(("close", "open", "high", "low")),
    lambda inner: st.one_of(
        st.builds(
            lambda name, x, n: f"{name}({x}, {n})", st.sampled_from(("ema", "sma", "highest", "lowest")), inner, PERIODS
        ),
        st.builds(lambda x, n: f"({x})[{n}]", inner, st.integers(1, 4)),
        st.builds(lambda x, y: f"(({x} + {y}) / 2)", inner, inner),
        st.builds(lambda x: f'tf("15m", {x})', st.sampled_from(("close", "sma(close, 3)", "high"))),
        st.builds(lambda x: f'of("BTC/USDT", {x})', st.sampled_from(("close", "ema(close, 4)"))),
    ),
    max_leaves=4,
)
FLAGS = st.one_of(
    st.builds(lambda a, b: f"crosses_above({a}, {b})", SERIES, SERIES),
    st.builds(lambda a, b: f"crosses_below({a}, {b})", SERIES, SERIES),
    st.builds(lambda a, b, op: f"{a} {op} {b}", SERIES, SERIES, st.sampled_from(("<", ">", "<="))),
    st.builds(lambda n, level: f"rsi(close, {n}) < {level}", PERIODS, st.integers(20, 80)),
    st.builds(lambda n: f'every("{n}m")', st.sampled_from((5, 15, 30))),
    st.builds(lambda n, k: f"rank(close / sma(close, {n})) <= {k}", PERIODS, st.integers(1, 2)),
)
OFTEN = st.builds(lambda n: f'every("{n}m")', st.sampled_from((5, 10, 15)))
"""What fires for certain: of two drawn series the first is often never above the other."""


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a strategy file."""
    said: dict[str, Any] = {"cryptoflow": 1, "strategy": "drawn", "enter_long": draw(FLAGS)}
    both = st.booleans()
    said["enter_long"] += f" or {draw(st.one_of(FLAGS, OFTEN, OFTEN))}"
    leaves = draw(st.sampled_from(("exit_long", "max_bars", "both", "both")))
    if leaves != "max_bars":
        said["exit_long"] = f"{draw(FLAGS)} or {draw(OFTEN)}" if leaves == "exit_long" else draw(FLAGS)
    if leaves != "exit_long":
        said["max_bars"] = draw(st.integers(3, 20))
    if draw(both):
        said["stop_loss"] = draw(st.sampled_from(("1%", "0.5%", "2 * atr(5)")))
    if draw(both):
        said["take_profit"] = draw(st.sampled_from(("1%", "0.4%", "3 * atr(5)")))
    if draw(both):
        said["trailing_stop"] = draw(st.sampled_from(("1%", "2 * atr(5)")))
    if draw(both):
        said["score"] = draw(SERIES)
    if draw(both):
        said["cooldown"] = draw(st.sampled_from(("1m", "10m")))
    if draw(both):
        said |= {"add_when": draw(FLAGS), "max_adds": draw(st.integers(1, 3))}
    if draw(st.integers(0, 3)) == 0:
        said["size"] = draw(st.sampled_from(("0.2", "if_else(close > open, 0.2, 0.5)")))
    return said


@st.composite
def scripts(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the settings of the strategy in Python."""
    return {
        "use": "drawn_script",
        "with": {
            "period": draw(PERIODS),
            "wait": draw(st.integers(0, 6)),
            "part": draw(st.sampled_from(("30%", "50%", "100%"))),
            "gain": draw(st.sampled_from(("0.05%", "0.3%"))),
            "size": draw(st.sampled_from((0.0, 0.3))),
            "stop": draw(st.sampled_from((0.0, 1.5, 3.0))),
        },
    }


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a pipeline without its strategies' files."""
    symbols = SYMBOLS[: draw(st.integers(1, 3))]
    strategies = draw(st.integers(1, 2))
    entry: dict[str, Any] = {
        "order": draw(st.sampled_from(("market", "market", "market", "limit", "stop", "stop_limit")))
    }
    if entry["order"] != "market":
        entry |= {
            "offset": draw(st.sampled_from(("0 bps", "5 bps", "5 bps", "20 bps"))),
            "expires": draw(st.sampled_from(("60s", "300s", "1h", "1h"))),
        }
    if entry["order"] == "limit":
        entry |= {"time_in_force": draw(st.sampled_from(("gtc", "gtc", "ioc", "fok")))}
        if entry["time_in_force"] == "gtc":
            entry["post_only"] = draw(st.booleans())
    sizing = draw(
        st.sampled_from(
            (
                {"use": "fraction", "share": "20%"},
                {"use": "fixed", "amount": "300 USDT"},
                {"use": "risk_fraction", "risk": "0.5%"},
                {"use": "all_in"},
                {"use": "volatility_target", "target": "60%", "bars": 10},
                {"use": "kelly", "trades": 2, "first": "10%", "floor": "4%", "fraction": "50%"},
            )
        )
    )
    costs = draw(st.sampled_from(("none", {"slippage": {"use": "spread_impact"}}, {"slippage": {"use": "fixed_bps"}})))
    if costs != "none":
        costs = {**costs, "fee_in": draw(st.sampled_from(("quote", "base")))}
    timeframe = draw(st.sampled_from(("1m", "1m", "1m", "5m")))
    detail = {"detail": "1m"} if timeframe == "5m" else {}
    asked = [{"file": f"s{place}.yaml"} for place in range(strategies)]
    if draw(st.integers(0, 3)) == 0:
        asked[-1] = draw(scripts())
    return {
        "cryptoflow": 1,
        "name": "drawn",
        "capital": draw(st.sampled_from(("2500 USDT", "20000 USDT", "100000 USDT"))),
        "discipline": draw(st.sampled_from(("on", "off"))),
        "market": {
            "venue": "binance",
            "symbols": list(symbols),
            "timeframe": timeframe,
            **detail,
            "filters": draw(st.sampled_from(("venue", "none"))),
        },
        "plugins": ["drawn.py"],
        "strategies": [{"id": f"s{place}", **one} for place, one in enumerate(asked)],
        "sizing": sizing,
        "execution": {"entry": entry, "costs": costs, "latency": draw(st.sampled_from(("0s", "1m")))},
    }


def opener(spec: dict[str, Any], definitions: list[dict[str, Any]]) -> Opener:
    """Return what opens a drawn spec and its strategies as if they lay beside the plugins here."""
    files = {SPEC.with_name(f"s{place}.yaml"): said for place, said in enumerate(definitions)} | {SPEC: spec}

    def opened(file: Path) -> bytes:
        known = files.get(file.resolve())
        return on_disk(file) if known is None else yaml.safe_dump(known).encode()

    return opened


def market(plan: Plan, seed: int, bars: int = 300) -> tuple[list[Columns], list[Columns]]:
    """Return a drawn plan's bars, and the finer ones inside them where it asks for these."""
    times = plan.account.timeframe // plan.account.detail
    drawn = [series(seed + place, bars * times) for place in range(len(plan.symbols))]
    if times == 1:
        return drawn, []
    coarse = [grown(finer, plan.account.timeframe) for finer in drawn]
    return coarse, [thinned(finer, plan.account.timeframe) for finer in drawn]


def thinned(finer: Columns, duration: int) -> Columns:
    """Return finer bars without those inside every thirteenth of the longer bars."""
    here = finer.open_at // duration % 13 != 0
    return Columns(*(np.ascontiguousarray(column[here]) for column in finer))


def grown(finer: Columns, duration: int) -> Columns:
    """Return the bars that finer ones make up."""
    opens, first = np.unique(finer.open_at // duration, return_index=True)
    last = np.concatenate((first[1:], [len(finer.open_at)])) - 1
    high, low = np.maximum.reduceat(finer.high, first), np.minimum.reduceat(finer.low, first)
    volume = np.add.reduceat(finer.volume, first)
    return Columns(opens * duration, finer.open[first], high, low, finer.close[last], volume)


def series(seed: int, bars: int = 300) -> Columns:
    """Return bars with gaps, spikes, flat stretches, missing bars and bars without volume."""
    rng = np.random.default_rng(seed)
    calm = np.where(rng.random(bars) < 0.1, 0.0, 1.0)
    moves = rng.standard_normal(bars) * 0.003 * calm + np.where(
        rng.random(bars) < 0.02, rng.standard_normal(bars) * 0.02, 0
    )
    close = np.round(100 * np.exp(np.cumsum(moves)), 2)
    open_ = np.round(np.concatenate(([100.0], close[:-1])) * (1 + rng.standard_normal(bars) * 0.0005 * calm), 2)
    high = np.round(np.maximum(open_, close) * (1 + np.abs(rng.standard_normal(bars)) * 0.001 * calm), 2)
    low = np.round(np.minimum(open_, close) * (1 - np.abs(rng.standard_normal(bars)) * 0.001 * calm), 2)
    high, low = np.maximum(high, np.maximum(open_, close)), np.minimum(low, np.minimum(open_, close))
    volume = np.where(rng.random(bars) < 0.05, 0.0, np.exp(rng.standard_normal(bars)) * 200)
    here = rng.random(bars) > 0.03
    times = START + MINUTE * np.arange(bars, dtype=np.int64)
    columns = (times, open_, high, low, close, volume)
    return Columns(*(np.ascontiguousarray(column[here]) for column in columns))
