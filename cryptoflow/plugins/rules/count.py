"""How many positions may be open."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.plugins.kinds import Rule
from cryptoflow.plugins.registry import rule


@rule("count")
class Count(Rule):
    """Keep the number of positions, pending ones included, under a limit; adding to one opens no other."""

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
