"""How many positions may be open."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule


@rule("count")
class Count(Rule):
    """Keep the number of positions, pending ones included, under a limit; adding to one opens no other."""

    measures = (
        Measure("positions", "{value:.0f} positions open or on their way, limit {limit:.0f}"),
        Measure("symbol", "{value:.0f} open in this symbol, limit {limit:.0f}"),
    )
    smaller = ("positions", "per_symbol")

    positions: int = Field(10, ge=1, le=1000, description="positions open at once")
    per_symbol: int = Field(1, ge=1, le=100, description="positions open at once in a symbol")

    @staticmethod
    def headroom(order: Entry, account: AccountView, positions: float, per_symbol: float) -> float:
        """No objection while there is a free place, no room otherwise.

        >>> Count.headroom(Entry(), AccountView(positions=1, pending=1), 3, 1)
        inf
        >>> Count.headroom(Entry(), AccountView(positions=2, pending=1), 3, 1)
        0.0
        """
        if order.adds != 0:
            return inf
        free = account.positions + account.pending < positions and account.symbol_positions < per_symbol
        return inf if free else 0.0

    @staticmethod
    def reading(_order: Entry, account: AccountView, positions: float, per_symbol: float) -> Reading:
        """How many positions there are, in all or else in the symbol.

        >>> Count.reading(Entry(), AccountView(positions=2, pending=1), 3, 1)
        Reading(value=3.0, limit=3.0, measure=0)
        """
        held = account.positions + account.pending
        if held >= positions:
            return Reading(float(held), float(positions), 0)
        return Reading(float(account.symbol_positions), float(per_symbol), 1)
