"""The question that every source of bars answers."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptoflow.market.rest.budget import Budgets


class Asked(NamedTuple):
    """Bars of a symbol that open at or after `start` and before `end` (epoch milliseconds), of one timeframe.

    `folder` is what the paths of a spec are relative to, `home` the state folder of its project, `venue` the market
    its prices are of. What is drawn at random is drawn from `seed`.
    Where requests are counted is said by `budgets`, None for this machine alone.
    """

    symbol: str
    timeframe: int
    start: int
    end: int
    seed: int = 0
    folder: Path = Path()
    venue: str = ""
    home: Path = Path()
    budgets: "Budgets | None" = None
