"""Which symbols may be bought."""

from math import inf

from pydantic import Field

from cryptoflow.domain.records import AccountView, Entry
from cryptoflow.domain.review import Reading
from cryptoflow.plugins.kinds import Measure, Rule
from cryptoflow.plugins.registry import rule


@rule("symbols")
class Symbols(Rule):
    """Enter only symbols on the list; an empty list means every symbol of the spec's market."""

    measures = (Measure("listed", "the symbol is not on the list"),)

    allow: tuple[str, ...] = Field((), description="symbols, like BTC/USDT")

    @staticmethod
    def headroom(order: Entry, _account: AccountView) -> float:
        """No objection to a symbol on the list, no room for any other.

        >>> Symbols.headroom(Entry(symbol_allowed=1), AccountView())
        inf
        >>> Symbols.headroom(Entry(symbol_allowed=0), AccountView())
        0.0
        """
        return inf if order.symbol_allowed != 0 else 0.0

    @staticmethod
    def reading(order: Entry, _account: AccountView) -> Reading:
        """Whether the symbol is on the list, 0 or 1, which has to be 1.

        >>> Symbols.reading(Entry(symbol_allowed=0), AccountView())
        Reading(value=0.0, limit=1.0, measure=0)
        """
        return Reading(float(order.symbol_allowed), 1.0, 0)
