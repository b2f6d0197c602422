"""Which engines are compared, on which works, and why one may end differently."""

from typing import NamedTuple

OURS = ""
"""The environment CryptoFlow itself runs in: this one."""


class Engine(NamedTuple):
    """One engine in one way of using it.

    `call` is its function, `warm` how often a process runs it again; a slow one gets fewer bars unless all are asked
    for; `differs` says why its equity may not be ours, though its trades are.
    """

    name: str
    environment: str
    call: str
    works: tuple[str, ...]
    warm: int
    slow: bool = False
    differs: str = ""


ENGINES = (
    Engine("CryptoFlow, batch", OURS, "ours:batch", ("W1", "W4", "W3"), 9),
    Engine("CryptoFlow, event", OURS, "ours:event", ("W1",), 1, slow=True),
    Engine("vectorbt, Rust", "vectorbt", "vectorbt_:rust", ("W1", "W4"), 9),
    Engine("vectorbt, numba", "vectorbt", "vectorbt_:numba", ("W1", "W4"), 9),
    Engine("vectorbt, own functions in numba", "vectorbt", "vectorbt_wallet:numba", ("W3",), 1),
    Engine("backtesting.py", "backtesting", "backtesting_:event", ("W1",), 1),
    Engine("NautilusTrader, ticks at opens", "nautilus", "nautilus:opens", ("W1",), 1, slow=True),
    Engine(
        "NautilusTrader, bars alone",
        "nautilus",
        "nautilus:bars",
        ("W1",),
        1,
        slow=True,
        differs="nothing happens at a bar's open, so orders fill at the close of the bar that decided",
    ),
    Engine("backtrader", "backtrader", "backtrader_:event", ("W1",), 1, slow=True),
)
