"""Ten years of minutes of twenty symbols in one backtest: how long it takes, and how much memory at most.

`python -m benchmarks.memory [YEARS [SYMBOLS]]` runs the command in a process of its own and exits 1 above 4 GiB.
"""

import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import yaml

from benchmarks.specs import CROSS

LIMIT = 4 * 2**30
LAST = 2023
YEARS, SYMBOLS = 10, 20
COINS = (
    *("BTC", "ETH", "BNB", "SOL", "LTC", "AVAX", "LINK", "DOT", "XRP", "ADA"),
    *("DOGE", "ATOM", "UNI", "TRX", "XLM", "ETC", "FIL", "NEAR", "APT", "ARB"),
)


class Peak(NamedTuple):
    """A finished command: its seconds, the most memory it held (bytes), and its exit code."""

    seconds: float
    memory: int
    code: int


def project(folder: Path, years: int = YEARS, symbols: int = SYMBOLS) -> Path:
    """Write a spec that trades the cross of EMA 12 and 26 on minutes of many symbols, each with its part of equity."""
    spec = {
        "cryptoflow": 1,
        "name": "decade",
        "capital": "1000000 USDT",
        "discipline": "off",
        "period": f"{LAST + 1 - years}-01-01..{LAST}-12-31",
        "market": {
            "venue": "binance",
            "symbols": [f"{coin}/USDT" for coin in COINS[:symbols]],
            "timeframe": "1m",
            "filters": "none",
        },
        "sources": {"history": {"use": "synthetic"}},
        "strategies": [{"id": "cross", "file": "cross.yaml"}],
        "sizing": {"use": "fraction", "share": f"{100 // (symbols + 1)}%"},
        "execution": {"costs": {"fees": {"maker": "0.001%", "taker": "0.001%"}, "slippage": {"use": "none"}}},
        "risk": {"stop_loss": {"missing": "reject"}},
    }
    (folder / "cross.yaml").write_text(yaml.safe_dump(CROSS))
    (folder / "decade.yaml").write_text(yaml.safe_dump(spec))
    return folder / "decade.yaml"


def peak(command: list[str], folder: Path) -> Peak:
    """Run a command to its end in a folder; what it says on standard output is left out."""
    began = perf_counter()
    with Path(os.devnull).open("wb") as nowhere:
        child = os.posix_spawn(
            command[0],
            command,
            {**os.environ, "CRYPTOFLOW_HOME": str(folder / "state")},
            file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)],
        )
    _, status, used = os.wait4(child, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    return Peak(perf_counter() - began, used.ru_maxrss * unit, os.waitstatus_to_exitcode(status))


def decade(years: int = YEARS, symbols: int = SYMBOLS) -> Peak:
    """Run the backtest of so many years and symbols."""
    flow = str(Path(sys.executable).with_name("cryptoflow"))
    with tempfile.TemporaryDirectory() as folder:
        spec = project(Path(folder), years, symbols)
        return peak([flow, "backtest", str(spec), "--json"], Path(folder))


def main() -> int:
    """Print one line, and say whether it is good."""
    years, symbols = (*map(int, sys.argv[1:]), *(YEARS, SYMBOLS)[len(sys.argv) - 1 :])
    found = decade(years, symbols)
    print(
        f"{years} years of minutes × {symbols} symbols: {found.seconds:.0f} s, {found.memory / 2**30:.2f} GiB at most"
    )
    return 1 if found.code or found.memory > LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
