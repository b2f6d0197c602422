"""What a report shows, as plain values: whoever ran something fills it in, whoever draws it reads it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.domain.metrics import Metrics

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Times = Sequence[int] | npt.NDArray[np.int64]
    Numbers = Sequence[float] | npt.NDArray[np.float64]


class Prices(NamedTuple):
    """The bars of one symbol as they are drawn, each made of `per_bar` bars of the run, and when it was traded.

    `times` are when bars open, `bought` and `sold` the moments of fills, in epoch milliseconds.
    """

    symbol: str
    times: "Times"
    open: "Numbers"
    high: "Numbers"
    low: "Numbers"
    close: "Numbers"
    per_bar: int = 1
    bought: "Times" = ()
    sold: "Times" = ()


MOST_TRADES = 1_000
"""Trades that a page lists; the rest is in the run's folder."""


class TradeRow(NamedTuple):
    """A closed round trip; `profit` is after costs, `share` of what was put in, `side` 1 for long and -1 for short."""

    symbol: str
    strategy: str
    side: int
    opened_at: int
    closed_at: int
    quantity: float
    entry_price: float
    exit_price: float
    profit: float
    share: float
    fees: float
    bars: int
    reason: str


class CostRow(NamedTuple):
    """The same run at a multiple of its costs."""

    factor: float
    final_equity: float
    total_return: float
    sharpe: float
    max_drawdown: float
    trades: int


class Guard(NamedTuple):
    """How often something kept an order from being what the strategy wanted, and why; `last` is the last case of it."""

    what: str
    reason: str
    times: int
    last: str = ""


class Act(NamedTuple):
    """What the account's discipline did at a moment, why, and what the account was worth and its tier after it."""

    at: int
    what: str
    why: str
    equity: float
    tier: int


class GuardedDay(NamedTuple):
    """A day on which something guarded the account: acts of discipline, entries refused and reduced, by whom; what it
    was worth at the day's last close, and its tier.
    """

    at: int
    acts: str
    refused: str
    reduced: str
    equity: float
    tier: int


class DataFacts(NamedTuple):
    """What was read: its fingerprint, rows, first and last moment (epoch milliseconds, end exclusive), missing bars."""

    fingerprint: str
    rows: int
    start: int
    end: int
    gaps: int


class RunView(NamedTuple):
    """Everything a report shows of a run.

    `times` are when bars opened and `equity` what the account was worth at their close, in `currency`; `capital` is
    what it began with. `trades` are the first of `metrics.trades`, at most `MOST_TRADES`. `warnings` are sentences
    a reader must not miss, `notes` what a source assumed, `reproduce` the command that repeats the run.
    """

    title: str
    spec: str
    symbols: tuple[str, ...]
    timeframe: int
    currency: str
    capital: float
    times: "Times"
    equity: "Numbers"
    metrics: Metrics
    data: DataFacts
    prices: tuple[Prices, ...] = ()
    trades: Sequence[TradeRow] = ()
    costs: tuple[CostRow, ...] = ()
    guards: tuple[Guard, ...] = ()
    acts: tuple[Act, ...] = ()
    days: tuple[GuardedDay, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    run_id: str = ""
    spec_hash: str = ""
    seed: int = 0
    engine: str = "batch"
    versions: Mapping[str, str] = {}
    reproduce: str = ""
