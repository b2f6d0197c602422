"""What a report shows, as plain values: whoever ran something fills it in, whoever draws it reads it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cryptoflow.domain.metrics import Metrics


class Prices(NamedTuple):
    """The bars of one symbol; `times` are when they open, in epoch milliseconds."""

    symbol: str
    times: Sequence[int]
    open: Sequence[float]
    high: Sequence[float]
    low: Sequence[float]
    close: Sequence[float]


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
    """How often something kept an order from being what the strategy wanted, and why."""

    what: str
    reason: str
    times: int


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
    what it began with. `warnings` are sentences a reader must not miss, `notes` what a source assumed, `reproduce`
    the command that repeats the run.
    """

    title: str
    spec: str
    symbols: tuple[str, ...]
    timeframe: int
    currency: str
    capital: float
    times: Sequence[int]
    equity: Sequence[float]
    metrics: Metrics
    data: DataFacts
    prices: tuple[Prices, ...] = ()
    trades: Sequence[TradeRow] = ()
    costs: tuple[CostRow, ...] = ()
    guards: tuple[Guard, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    run_id: str = ""
    spec_hash: str = ""
    seed: int = 0
    engine: str = "batch"
    versions: Mapping[str, str] = {}
    reproduce: str = ""
