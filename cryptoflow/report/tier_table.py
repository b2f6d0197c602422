"""The account tiers on a terminal."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from cryptoflow.report.words import NONE
from cryptoflow.spec.tier_file import TierFile

LIMITS = {
    "order": "Order",
    "position": "Position",
    "daily_loss": "Loss in a day",
    "positions": "Positions",
    "strategies": "Strategies",
    "symbols": "Symbols",
    "leverage": "Leverage",
}
"""The limits of a tier, and how they are called."""


def tiers_table(tiers: Sequence[TierFile]) -> Table:
    """Return the tiers side by side, a row for each limit; of what they unlock, what the one before has not."""
    table = Table()
    table.add_column("")
    for tier in tiers:
        table.add_column(Text(f"{tier.tier} {tier.name}"), overflow="fold")
    table.add_row("Equity", *(Text(str(tier.equity)) for tier in tiers))
    for limit, called in LIMITS.items():
        table.add_row(called, *(Text(_limit(tier, limit)) for tier in tiers))
    table.add_row("Unlocks", *(Text(_unlocks(tiers, place)) for place in range(len(tiers))))
    return table


def _limit(tier: TierFile, name: str) -> str:
    if tier.limits is None:
        return NONE
    value = getattr(tier.limits, name)
    return "any" if value is None else str(value)


def _unlocks(tiers: Sequence[TierFile], place: int) -> str:
    mine = tiers[place].unlocks
    before = tiers[place - 1].unlocks if place else ()
    gained = ", ".join(word for word in mine if word not in before)
    if not mine:
        return "nothing with real money"
    return f"+ {gained}" if before else gained
