"""A project with one plugin file: twelve days of hour bars, and a strategy in Python or an indicator `leak`."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

LEAKS = Path(__file__).with_name("leaks")
SPEC = """\
cryptoflow: 1
name: leaky
plugins: [guest.py]
capital: 2500 USDT
market: {{venue: binance, symbols: [BTC/USDT], timeframe: 1h}}
period: 2024-01-03..2024-01-12
warmup: 20
sources: {{history: {{use: csv, path: "../data/{{symbol}}.csv"}}}}
strategies: [{{id: seer, {strategy}}}]
sizing: {{use: fraction, share: 4%}}
"""
STRATEGY = """\
cryptoflow: 1
strategy: seer
enter_long: crosses_above(leak(close), 0)
exit_long: crosses_below(leak(close), 0)
stop_loss: 5%
"""
INDICATOR = '''
from math import nan
from typing import NamedTuple
from cryptoflow.plugins.kinds import Indicator
from cryptoflow.plugins.registry import indicator
{known}


class State(NamedTuple):
    value: float = nan
    last: float = nan


def step(state, x):
    return State({value}, x)


@indicator("leak")
class Leak(Indicator):
    """The last move."""

    inputs = ("x",)
    State = State
    step = staticmethod(step)
'''
"""A plugin file with an indicator whose step says `value`, and what else its module holds."""

SCRIPT = '''
from typing import NamedTuple
from cryptoflow.domain.records import Bar, Held, Signal
from cryptoflow.plugins.kinds import Lookback, Strategy
from cryptoflow.plugins.registry import strategy
{known}


class State(NamedTuple):
    bars: int = 0


@strategy("seer")
class Seer(Strategy):
    """Buy above an average."""

    let = {{"mean": "sma(close, period)"}}
    State = State
    period: Lookback = 8

    @staticmethod
    def decide(state: State, bar: Bar, held: Held, signal: Signal, mean: float, period: int) -> State:
        signal.enter = 1 if {enter} else 0
        signal.leave = 1 if held.lots > 0.0 and bar.close < mean else 0
        signal.stop_distance = 0.05 * bar.close
        return State({bars})
'''
"""A plugin file with a strategy that enters when `enter`, remembers `bars`, and what else its module holds."""

WAITING = {"enter": "state.bars >= 5", "bars": "0 if bar.close < mean else state.bars + 1"}
"""Remembers since when the price is above its average, which it forgets when it falls below."""

DAILY = {"enter": "state.bars - 24 * int(state.bars / 24.0) == 0", "bars": "state.bars + 1"}
"""Counts the bars since its first one, which it never forgets."""


def asking(enter: str = "bar.close > mean", bars: str = "0", known: str = "") -> str:
    """Return a plugin file with the strategy."""
    return SCRIPT.format(enter=enter, bars=bars, known=known)


def indicating(value: str = "x - state.last", known: str = "") -> str:
    """Return a plugin file with the indicator."""
    return INDICATOR.format(known=known, value=value)


def leak(name: str) -> str:
    """Return the plugin file of a planted leak."""
    return LEAKS.joinpath(f"{name}.py").read_text()


def leaky(folder: Path, guest: str) -> Path:
    """Write the project with a plugin file, whose strategy or indicator decides, and return its spec."""
    for name in ("configs/strategies", "configs/plugins", "data"):
        (folder / name).mkdir(parents=True)
    spec = folder / "configs" / "leaky.yaml"
    spec.write_text(SPEC.format(strategy="use: seer" if '@strategy("seer")' in guest else "file: strategies/seer.yaml"))
    (folder / "configs" / "strategies" / "seer.yaml").write_text(STRATEGY)
    (folder / "configs" / "plugins" / "guest.py").write_text(guest)
    (folder / "data" / "BTCUSDT.csv").write_text("\n".join(rows()) + "\n")
    return spec


def rows() -> list[str]:
    """A head, then twelve days of hours that wander; no close comes twice."""
    chance, start = Random(11), datetime(2024, 1, 1, tzinfo=UTC)
    lines, price, known = ["time,open,high,low,close,volume"], 40_000.0, set()
    for hour in range(12 * 24):
        close = round(price * (1 + chance.gauss(0, 0.004)), 2)
        while close in known:
            close = round(close + 0.01, 2)
        known.add(close)
        at = (start + timedelta(hours=hour)).isoformat()
        high, low = max(price, close) + 20, min(price, close) - 20
        lines.append(f"{at},{price:.2f},{high:.2f},{low:.2f},{close:.2f},{chance.randint(40, 90)}")
        price = close
    return lines
