"""The trading floor: takes orders, holds them against the tape, and tells what becomes of them."""

from cryptoflow.venue.market import Market
from cryptoflow.venue.tape import Tape
from cryptoflow.venue.trading.account import Account, opened
from cryptoflow.venue.trading.checks import MOST_ORDERS, check, check_arrival, check_pair, crosses
from cryptoflow.venue.trading.dealing import (
    Deal,
    bought,
    last_price,
    level_of,
    needed,
    part,
    price_of,
    quote,
    slipped,
    traded,
)
from cryptoflow.venue.trading.happening import Happening, Listener, What
from cryptoflow.venue.trading.house import House
from cryptoflow.venue.trading.order import NOTHING, Order, OrderList, OrderStatus, Pair, Trade, Wish
from cryptoflow.venue.trading.orders import Orders
from cryptoflow.venue.trading.purses import Purses
from cryptoflow.venue.trading.reach import Reach, end_of, reach
from cryptoflow.venue.trading.unacceptable import Unacceptable


class Floor:
    """Accounts and their orders on a market. What happens is a function of the tape and of the orders, nothing else.

    Whoever asks for something at a moment has played the floor up to it before.
    """

    def __init__(self, market: Market, house: House) -> None:
        self.market, self.house = market, house
        self.accounts = opened(house.customers)
        self.orders = Orders()
        self.listeners: list[Listener] = []
        self._purses = Purses()
        self._due: dict[int, Reach] = {}
        self._soonest: tuple[int, int] | None = None
        """The moment at which something happens next, and to which order."""

    def next_at(self) -> int | None:
        """Return the next moment at which something happens to an order by itself, None for never."""
        return self._soonest[0] if self._soonest else None

    def advance(self, until: int) -> None:
        """Let happen what happens up to and with a moment."""
        while self._soonest and self._soonest[0] <= until:
            order = self.orders[self._soonest[1]]
            found = self._due[order.id]
            if order.works:
                self._filled_resting(order, found)
            else:
                self._triggered(order, found)
            self._look()

    def place(self, account: Account, wish: Wish, at: int) -> Order:
        """Take an order, and return how it stands when all that happens at once has happened."""
        tape = self.checked(account, wish, at)
        order = self.orders.new(account.key, wish, at)
        if wish.kind == "market":
            order = self._at_market(account, order, tape, at)
        else:
            check_arrival(wish, quote(tape, at).price, last_price(tape, at))
            amount = needed(wish, order.left, self.house, tape.listing)
            self._purses.hold(account, order, tape.listing, amount)
            self._told("new", self.orders.keep(order))
            if wish.kind == "limit":
                order = self._arrived(order, tape, at)
        self._watch(order)
        self._look()
        return self.orders[order.id]

    def place_pair(self, account: Account, pair: Pair, at: int) -> OrderList:
        """Take two orders of which one takes the other back."""
        tape = self.checked(account, pair.above, at)
        self.checked(account, pair.below, at)
        check_pair(pair, quote(tape, at).price)
        listed, both = self.orders.new_list(account.key, pair, at)
        amounts = [needed(order.wish, order.left, self.house, tape.listing) for order in both]
        self._purses.hold(account, both[0], tape.listing, max(amounts))
        self.orders.keep_list(listed)
        for order in both:
            self.orders.keep(order)
        self._told("new", both[0], listed=listed)
        self._told("new", both[1])
        for order in both:
            self._watch(order)
        self._look()
        return listed

    def cancel(self, order: Order, at: int, name: str = "") -> list[Order]:
        """Take an order back, and with it its partner; return both as they ended."""
        if not order.open:
            raise Unacceptable("gone")
        both = [each for each in (order, self.orders.partner(order)) if each]
        ended = [self._ended(each, "cancelled", at, name) for each in sorted(both, key=lambda each: each.id)]
        self._look()
        return ended

    def checked(self, account: Account, wish: Wish, at: int) -> Tape:
        """Return the tape that an order is for, unless the order breaks a filter."""
        tape = self.market.tapes[wish.symbol]
        check(wish, tape.listing, last_price(tape, at))
        if len(self.orders.resting(account.key, wish.symbol)) >= MOST_ORDERS:
            raise Unacceptable("too_many")
        return tape

    def _at_market(self, account: Account, order: Order, tape: Tape, at: int) -> Order:
        """Fill an order at once and whole; it is not taken where it cannot be paid."""
        found = quote(tape, at)
        price = slipped(self.house, tape, found.row, order.wish, found.price)
        if order.wish.spend:
            quantity = bought(order.wish.spend, price, self.house, tape.listing)
            order = order._replace(wish=order.wish._replace(quantity=quantity))
        trade = traded(self.orders.next_trade(), order, Deal(order.left, price), self.house, tape.listing, at)
        self._purses.settle(account, order, tape.listing, trade, NOTHING)
        self._told("new", self.orders.keep(order), quiet=True)
        return self._booked(order, trade)

    def _arrived(self, order: Order, tape: Tape, at: int) -> Order:
        """Fill a limit order that finds the market at its price or better, as far as the bar's volume goes."""
        found, wish = quote(tape, at), order.wish
        if crosses(wish, found.price):
            quantity = part(tape, found.row, order.left, self.house.volume_share)
            if quantity and (wish.time_in_force != "fok" or quantity == order.left):
                order = self._fill(order, tape, Deal(quantity, found.price), at)
            if order.open:
                order = self.orders.keep(order._replace(since=end_of(tape, found.row)))
        if order.open and wish.time_in_force != "gtc":
            order = self._ended(order, "expired", at)
        return order

    def _triggered(self, order: Order, found: Reach) -> None:
        """Let a stop or a take become what it was waiting to be."""
        tape, wish = self._tape(order), order.wish
        if partner := self.orders.partner(order):
            self._ended(partner, "expired", found.at)
        price = price_of(int(tape.open[found.row]), tape.listing) if found.opens else wish.trigger
        order = order._replace(triggered_at=found.at, updated_at=found.at, since=end_of(tape, found.row))
        self.orders.keep(order)
        if not wish.limited:
            paid = slipped(self.house, tape, found.row, wish, price)
            try:
                order = self._fill(order, tape, Deal(order.left, paid), found.at)
            except Unacceptable:
                order = self._ended(order, "expired", found.at)
        else:
            self._told("triggered", order)
            quantity = part(tape, found.row, order.left, self.house.volume_share)
            if quantity and crosses(wish, price):
                order = self._fill(order, tape, Deal(quantity, price), found.at)
        self._watch(order)

    def _filled_resting(self, order: Order, found: Reach) -> None:
        """Fill a limit order that the market went through, as far as the bar's volume goes."""
        tape = self._tape(order)
        if partner := self.orders.partner(order):
            self._ended(partner, "expired", found.at)
        price = price_of(int(tape.open[found.row]), tape.listing) if found.opens else order.wish.price
        quantity = part(tape, found.row, order.left, self.house.volume_share)
        order = self._fill(order, tape, Deal(quantity, price, maker=True), found.at)
        self._watch(self.orders.keep(order._replace(since=end_of(tape, found.row))))

    def _fill(self, order: Order, tape: Tape, deal: Deal, at: int) -> Order:
        trade = traded(self.orders.next_trade(), order, deal, self.house, tape.listing, at)
        stays = needed(order.wish, order.left - deal.quantity, self.house, tape.listing)
        self._purses.settle(self.accounts[order.account], order, tape.listing, trade, stays)
        return self._booked(order, trade)

    def _booked(self, order: Order, trade: Trade) -> Order:
        filled = order.filled + trade.quantity
        order = order._replace(filled=filled, cost=order.cost + trade.cost, updated_at=trade.at)
        status: OrderStatus = "partly" if order.left else "filled"
        order = self.orders.keep(order._replace(status=status))
        self.orders.keep_trade(order.account, trade)
        if not order.open:
            self._due.pop(order.id, None)
        self._told("trade", order, trade)
        return order

    def _ended(self, order: Order, how: What, at: int, name: str = "") -> Order:
        """End an order that is not filled, and free what was locked for it unless its partner needs it."""
        status: OrderStatus = "cancelled" if how == "cancelled" else "expired"
        order = self.orders.keep(order._replace(status=status, updated_at=at))
        self._due.pop(order.id, None)
        if self.orders.partner(order) is None:
            self._purses.hold(self.accounts[order.account], order, self._tape(order).listing, NOTHING)
        self._told(how, order, name=name)
        return order

    def _told(
        self,
        what: What,
        order: Order,
        trade: Trade | None = None,
        *,
        listed: OrderList | None = None,
        name: str = "",
        quiet: bool = False,
    ) -> None:
        """Tell everyone; a `quiet` happening leaves the funds that have moved to the next one."""
        account = self.accounts[order.account]
        account.changed_at = order.updated_at
        ended = self.orders.list_of(order) if not order.open and self.orders.partner(order) is None else None
        funds = () if quiet else account.changes()
        happening = Happening(order.updated_at, what, order, trade, funds, listed or ended, name)
        for listener in self.listeners:
            listener(happening)

    def _watch(self, order: Order) -> None:
        """Find out when something happens to an order by itself; of a bar with both a stop and a target, the stop."""
        self._due.pop(order.id, None)
        found = self._reach(order) if order.open else None
        partner = self.orders.partner(order) if found else None
        while found and partner and order.works and not partner.works:
            other = self._reach(partner)
            if other is None or other.row != found.row:
                break
            order = order._replace(since=end_of(self._tape(order), found.row))
            found = self._reach(order)
        if found:
            self._due[order.id] = found

    def _reach(self, order: Order) -> Reach | None:
        tape = self._tape(order)
        return reach(tape, level_of(order, tape.listing, self.house.volume_share), order.since)

    def _look(self) -> None:
        self._soonest = min(((found.at, number) for number, found in self._due.items()), default=None)

    def _tape(self, order: Order) -> Tape:
        return self.market.tapes[order.wish.symbol]
