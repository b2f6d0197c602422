"""All orders there have been, and all fills."""

from collections.abc import Iterator
from itertools import count

from cryptoflow.venue.trading.order import Order, OrderList, Pair, Trade, Wish
from cryptoflow.venue.trading.unacceptable import Unacceptable


class Orders:
    """Orders, lists and fills of all accounts, numbered from one on; none is ever forgotten."""

    def __init__(self) -> None:
        self._orders: dict[int, Order] = {}
        self._names: dict[tuple[str, str], int] = {}
        self._open: dict[str, dict[int, None]] = {}
        self._lists: dict[int, OrderList] = {}
        self._trades: dict[str, list[Trade]] = {}
        self._fills: dict[int, list[Trade]] = {}
        self._ids, self._trade_ids, self._list_ids = count(1), count(1), count(1)

    def __getitem__(self, number: int) -> Order:
        return self._orders[number]

    def new(self, account: str, wish: Wish, at: int, listed: int = -1) -> Order:
        """Return an order for a wish, which nobody knows of until it is kept; a duplicate of an open one is refused."""
        number = next(self._ids)
        wish = wish if wish.name else wish._replace(name=f"venue{number}")
        known = self._names.get((account, wish.name))
        if known is not None and self._orders[known].open:
            raise Unacceptable("duplicate")
        return Order(number, account, wish, at, at, at, list=listed)

    def new_list(self, account: str, pair: Pair, at: int) -> tuple[OrderList, tuple[Order, Order]]:
        """Return a list and its two orders, which nobody knows of until they are kept."""
        if pair.above.name and pair.above.name == pair.below.name:
            raise Unacceptable("duplicate")
        number = next(self._list_ids)
        above, below = (self.new(account, wish, at, number) for wish in (pair.above, pair.below))
        name = pair.name or f"list{number}"
        return OrderList(number, account, above.wish.symbol, name, (above.id, below.id), at), (above, below)

    def keep(self, order: Order) -> Order:
        """Keep an order as it stands now, and return it."""
        self._orders[order.id] = order
        self._names[order.account, order.wish.name] = order.id
        resting = self._open.setdefault(order.account, {})
        if order.open:
            resting[order.id] = None
        else:
            resting.pop(order.id, None)
        return order

    def keep_list(self, listed: OrderList) -> None:
        """Keep a list."""
        self._lists[listed.id] = listed

    def next_trade(self) -> int:
        """Return the number of a fill that is about to be."""
        return next(self._trade_ids)

    def keep_trade(self, account: str, trade: Trade) -> None:
        """Keep a fill."""
        self._trades.setdefault(account, []).append(trade)
        self._fills.setdefault(trade.order, []).append(trade)

    def find(self, account: str, symbol: str, number: int = 0, name: str = "") -> Order:
        """Return an account's order by its number or else by its name, the latest of that name."""
        order = self._orders.get(number or self._names.get((account, name), 0))
        if order is None or (order.account, order.wish.symbol) != (account, symbol):
            raise Unacceptable("unknown")
        return order

    def find_list(self, account: str, number: int = 0, name: str = "") -> OrderList:
        """Return an account's list by its number or else by its name, the latest of that name."""
        for listed in reversed(self._lists.values()):
            if listed.account == account and (listed.id == number or (not number and listed.name == name)):
                return listed
        raise Unacceptable("unknown")

    def list_of(self, order: Order) -> OrderList | None:
        """Return the list that an order belongs to."""
        return self._lists.get(order.list)

    def partner(self, order: Order) -> Order | None:
        """Return the order that this one takes back when it trades, while that is open."""
        listed = self._lists.get(order.list)
        others = [self._orders[each] for each in listed.orders if each != order.id] if listed else []
        return next((other for other in others if other.open), None)

    def resting(self, account: str, symbol: str = "") -> list[Order]:
        """Return an account's open orders of a symbol, or of all."""
        found = (self._orders[number] for number in self._open.get(account, ()))
        return [order for order in found if symbol in ("", order.wish.symbol)]

    def of(self, account: str, symbol: str) -> Iterator[Order]:
        """Return all orders that an account ever had of a symbol, in their order."""
        return (each for each in self._orders.values() if (each.account, each.wish.symbol) == (account, symbol))

    def lists(self, account: str) -> list[OrderList]:
        """Return all lists that an account ever had."""
        return [listed for listed in self._lists.values() if listed.account == account]

    def trades(self, account: str, symbol: str) -> Iterator[Trade]:
        """Return an account's fills of a symbol, the oldest first."""
        return (each for each in self._trades.get(account, ()) if each.symbol == symbol)

    def trades_of(self, order: Order) -> list[Trade]:
        """Return the fills of an order."""
        return list(self._fills.get(order.id, ()))
