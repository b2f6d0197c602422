"""Laws of the trading floor: nothing is lost or made, and what happens does not depend on who looks when."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import NamedTuple, get_args

from hypothesis import given, settings
from hypothesis import strategies as draw

from cryptoflow.clock import MachineClock
from cryptoflow.venue.market import Market
from cryptoflow.venue.pace import Pace
from cryptoflow.venue.trading.account import Account, Funds
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.happening import Happening
from cryptoflow.venue.trading.house import House
from cryptoflow.venue.trading.order import BUY, NOTHING, SELL, OrderKind, Pair, TimeInForce, Wish
from cryptoflow.venue.trading.unacceptable import Unacceptable
from tests.venue.customers import ALICE, BOB, RICH
from tests.venue.markets import MINUTE, OPENING, minutes, tape

TAPE = tape(minutes("BTC/USDT", seed=0))
END = TAPE.ends()[1]
CENT, LOT = Decimal("0.01"), Decimal("0.00001")
OPEN = int(TAPE.open[TAPE.row(OPENING)])
SYMBOL = "BTCUSDT"


class Act(NamedTuple):
    """What a customer does so long after the last act: places a wish or a pair, or takes the oldest order back."""

    key: str
    after: int
    asked: Wish | Pair | None


def slip(side: int, price: float, quantity: float, volume: float) -> float:
    return 0.0003 + 0.01 * quantity / (volume + 1.0)


@draw.composite
def wishes(make: draw.DrawFn) -> Wish:
    kind: OrderKind = make(draw.sampled_from(get_args(OrderKind)))
    prices = draw.integers(OPEN - 2_000, OPEN + 4_000).map(lambda cents: cents * CENT)
    quantity = make(draw.integers(100, 200_000)) * LOT
    side = make(draw.sampled_from([BUY, SELL]))
    if kind == "market" and side == BUY and make(draw.booleans()):
        return Wish(SYMBOL, BUY, "market", spend=make(draw.integers(10, 90_000)) * Decimal(1))
    force: TimeInForce = make(draw.sampled_from(get_args(TimeInForce))) if kind == "limit" else "gtc"
    wish = Wish(SYMBOL, side, kind, quantity, time_in_force=force)
    return wish._replace(
        price=make(prices) if wish.limited else NOTHING, trigger=make(prices) if wish.waits else NOTHING
    )


@draw.composite
def pairs(make: draw.DrawFn) -> Pair:
    quantity = make(draw.integers(100, 200_000)) * LOT
    low, high = (OPEN + sign * make(draw.integers(10, 1_500)) for sign in (-1, 1))
    if make(draw.booleans()):
        target = Wish(SYMBOL, SELL, "limit_maker", quantity, price=high * CENT)
        return Pair(target, Wish(SYMBOL, SELL, "stop", quantity, trigger=low * CENT))
    stop = Wish(SYMBOL, BUY, "stop_limit", quantity, price=(high + 50) * CENT, trigger=high * CENT)
    return Pair(stop, Wish(SYMBOL, BUY, "limit_maker", quantity, price=low * CENT))


def acts() -> draw.SearchStrategy[list[Act]]:
    asked = draw.one_of(wishes(), wishes(), pairs(), draw.none())
    keys = draw.sampled_from([ALICE.key, BOB.key])
    return draw.lists(draw.builds(Act, keys, draw.integers(0, 20 * MINUTE), asked), min_size=1, max_size=12)


def done(floor: Floor, act: Act, at: int) -> None:
    """Do what a customer wants, where the venue does it."""
    account = floor.accounts[act.key]
    with suppress(Unacceptable):
        if isinstance(act.asked, Wish):
            floor.place(account, act.asked, at)
        elif isinstance(act.asked, Pair):
            floor.place_pair(account, act.asked, at)
        else:
            for order in floor.orders.resting(act.key)[:1]:
                floor.cancel(order, at)


def played(doings: Sequence[Act], fees_in: str, steps: int = END) -> tuple[Floor, list[Happening]]:
    """A floor at the end of the market, and all it told; it is looked at so often meanwhile."""
    house = House((ALICE, BOB), slip, fees_in)  # type: ignore[arg-type]  # one of the two
    floor, told = Floor(Market([TAPE], Pace(MachineClock(), OPENING)), house), list[Happening]()
    floor.listeners.append(told.append)
    at = OPENING
    for act in doings:
        for moment in range(at, at + act.after, steps):
            floor.advance(moment)
        at += act.after
        if at < END - MINUTE:
            floor.advance(at)
            done(floor, act, at)
    floor.advance(END)
    return floor, told


def owned(floor: Floor, account: Account) -> dict[str, Decimal]:
    """What an account must have: what it had at first, and what its fills and their fees made of it."""
    has = dict(RICH)
    for trade in floor.orders.trades(account.key, SYMBOL):
        has["BTC"] += trade.side * trade.quantity
        has["USDT"] -= trade.side * trade.cost
        has[trade.fee_currency] -= trade.fee
    return has


@settings(max_examples=60, deadline=None)
@given(doings=acts(), fees_in=draw.sampled_from(["quote", "base"]))
def test_what_fills_and_fees_move_is_what_balances_say_and_nothing_else(doings: list[Act], fees_in: str) -> None:
    floor, _ = played(doings, fees_in)
    for account in floor.accounts.values():
        assert {name: each.free + each.locked for name, each in account.funds.items()} == owned(floor, account)
        assert all(each.free >= 0 and each.locked >= 0 for each in account.funds.values())


@settings(max_examples=60, deadline=None)
@given(doings=acts(), fees_in=draw.sampled_from(["quote", "base"]))
def test_with_nothing_resting_nothing_is_locked(doings: list[Act], fees_in: str) -> None:
    floor, _ = played(doings, fees_in)
    for account in floor.accounts.values():
        while resting := floor.orders.resting(account.key):
            floor.cancel(resting[0], END)
        assert all(each.locked == 0 for each in account.funds.values())
    assert floor.next_at() is None


@settings(max_examples=60, deadline=None)
@given(doings=acts(), fees_in=draw.sampled_from(["quote", "base"]))
def test_what_is_told_adds_up_to_what_can_be_asked_for(doings: list[Act], fees_in: str) -> None:
    floor, told = played(doings, fees_in)
    funds = {key: {name: Funds(amount) for name, amount in RICH.items()} for key in floor.accounts}
    for happening in told:
        funds[happening.order.account].update(happening.funds)
    assert funds == {key: account.funds for key, account in floor.accounts.items()}
    for order in {happening.order.id: happening.order for happening in told}.values():
        now = floor.orders[order.id]
        assert (order.status, order.filled, order.cost) == (now.status, now.filled, now.cost)
        assert now.filled <= now.wish.quantity
    assert [happening.at for happening in told] == sorted(happening.at for happening in told)


@settings(max_examples=30, deadline=None)
@given(doings=acts(), steps=draw.integers(500, 10 * MINUTE))
def test_who_looks_more_often_is_told_the_same(doings: list[Act], steps: int) -> None:
    assert played(doings, "quote", steps)[1] == played(doings, "quote")[1]
