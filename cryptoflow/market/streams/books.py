"""A book kept from a snapshot and the changes after it."""

from collections.abc import Sequence
from heapq import nlargest, nsmallest

from cryptoflow.market.streams.said import Changes, Levels, Snapshot


class Book:
    """The bids and asks of a symbol after the venue's change `number`; 0 while there is no snapshot."""

    def __init__(self) -> None:
        self.number = 0
        self.at = 0
        self.bids: dict[float, float] = {}
        self.asks: dict[float, float] = {}
        self._bid = self._ask = 0.0

    def begin(self, snapshot: Snapshot) -> None:
        """Start from a snapshot."""
        self.number, self.at = snapshot.last, snapshot.at
        self.bids = {price: quantity for price, quantity in snapshot.bids if quantity}
        self.asks = {price: quantity for price, quantity in snapshot.asks if quantity}
        self._bid, self._ask = max(self.bids, default=0.0), min(self.asks, default=0.0)

    def follows(self, changes: Changes) -> bool:
        """Say whether changes come right after what the book knows: they begin no later, and end later."""
        return changes.first <= self.number + 1 <= changes.last

    def change(self, changes: Changes) -> None:
        """Bring the book up to the end of some changes."""
        self.number, self.at = changes.last, changes.at
        if changes.bids:
            place(self.bids, changes.bids)
            if any(price >= self._bid for price, _ in changes.bids):
                self._bid = max(self.bids, default=0.0)
        if changes.asks:
            place(self.asks, changes.asks)
            if any(price <= self._ask or not self._ask for price, _ in changes.asks):
                self._ask = min(self.asks, default=0.0)

    def best(self) -> tuple[float, float]:
        """Return the best bid and the best ask; 0 where there is none."""
        return self._bid, self._ask

    def top(self, levels: int) -> tuple[Sequence[tuple[float, float]], Sequence[tuple[float, float]]]:
        """Return so many bids and asks, the best first, with their quantities."""
        return nlargest(levels, self.bids.items()), nsmallest(levels, self.asks.items())


def place(side: dict[float, float], levels: Levels) -> None:
    """Set the quantities at some prices of a side, and take away those that are 0.

    >>> side = {10.0: 1.0, 11.0: 2.0}
    >>> place(side, [(10.0, 0.0), (12.0, 3.0)])
    >>> side
    {11.0: 2.0, 12.0: 3.0}
    """
    for price, quantity in levels:
        if quantity:
            side[price] = quantity
        else:
            side.pop(price, None)
