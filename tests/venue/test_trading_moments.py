"""Stops, targets and limits trade when the tape gets there, in the bar and at the price where a backtest fills them."""

from decimal import Decimal
from math import isnan
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as draw

from cryptoflow.clock import MachineClock
from cryptoflow.domain.codes import OrderType
from cryptoflow.domain.fills import limit_price, reached, triggering_price
from cryptoflow.domain.records import Bar, Order
from cryptoflow.venue.market import Market
from cryptoflow.venue.pace import Pace
from cryptoflow.venue.tape import Tape
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.house import House
from cryptoflow.venue.trading.order import BUY, SELL, OrderKind, Trade, Wish
from cryptoflow.venue.trading.unacceptable import Unacceptable
from tests.venue.customers import ALICE
from tests.venue.markets import MINUTE, OPENING, START, minutes, tape

BARS = minutes("BTC/USDT", seed=0)
TAPE = tape(BARS)
FIRST = TAPE.row(OPENING)


class Filled(NamedTuple):
    """Where something was filled: in which bar, when, at what price."""

    row: int
    price: float


def floor(played: Tape = TAPE, **terms: object) -> Floor:
    """A floor on which nothing has happened yet."""
    house = House((ALICE,), **terms)  # type: ignore[arg-type]  # the terms under test
    return Floor(Market([played], Pace(MachineClock(), OPENING)), house)


def fills(kind: OrderKind, side: int, *, price: int = 0, trigger: int = 0) -> list[Trade]:
    """What comes of an order of a hundredth of a coin that arrives when a bar opens, with the prices in cents."""
    market = floor()
    alice = market.accounts[ALICE.key]
    cents = Decimal("0.01")
    wish = Wish("BTCUSDT", side, kind, Decimal("0.01"), price=price * cents, trigger=trigger * cents)
    order = market.place(alice, wish, OPENING)
    market.advance(TAPE.ends()[1])
    return market.orders.trades_of(order)


def first(found: list[Trade]) -> Filled | None:
    return Filled(TAPE.row(found[0].at), float(found[0].price)) if found else None


def passing(row: int) -> Bar:
    """A bar as a backtest sees it."""
    open_at = int(BARS.open_at[row])
    columns = (BARS.open, BARS.high, BARS.low, BARS.close, BARS.volume)
    open_, high, low, close, volume = (float(column[row]) for column in columns)
    return Bar(open_at, 1, open_, high, low, close, volume)


def distances() -> draw.SearchStrategy[int]:
    return draw.integers(1, 2_500)


OPEN = int(TAPE.open[FIRST])


@given(below=distances())
def test_a_stop_sells_in_the_first_bar_that_gets_there_at_the_stop_or_at_a_worse_open(below: int) -> None:
    stop = OPEN - below
    bars = (passing(row) for row in range(FIRST, len(TAPE)))
    bar = next((bar for bar in bars if bar.low <= stop / 100), None)
    expected = bar and Filled(TAPE.row(bar.open_at), min(bar.open, stop / 100))
    assert first(fills("stop", SELL, trigger=stop)) == expected


@given(above=distances())
def test_a_stop_buys_where_a_backtest_triggers_it(above: int) -> None:
    order = Order(type=OrderType.STOP, trigger=(OPEN + above) / 100)
    prices = ((row, triggering_price(order, passing(row), True)) for row in range(FIRST, len(TAPE)))
    expected = next((Filled(row, price) for row, price in prices if not isnan(price)), None)
    assert first(fills("stop", BUY, trigger=OPEN + above)) == expected


@given(below=distances())
def test_a_limit_buys_where_a_backtest_fills_it(below: int) -> None:
    order = Order(type=OrderType.LIMIT, limit=(OPEN - below) / 100)
    bars = ((row, passing(row)) for row in range(FIRST, len(TAPE)))
    prices = ((row, limit_price(order, bar, True, 0)) for row, bar in bars if bar.volume >= 0.0001)
    expected = next((Filled(row, price) for row, price in prices if not isnan(price)), None)
    assert first(fills("limit", BUY, price=OPEN - below)) == expected


@given(above=distances())
def test_a_target_sells_where_the_market_goes_through_it(above: int) -> None:
    target = (OPEN + above) / 100
    bars = ((row, passing(row)) for row in range(FIRST, len(TAPE)))
    through = (bar for _, bar in bars if reached(bar.high, target, 0) and bar.volume >= 0.0001)
    bar = next(through, None)
    expected = bar and Filled(TAPE.row(bar.open_at), max(bar.open, target))
    assert first(fills("limit_maker", SELL, price=OPEN + above)) == expected


@given(above=distances(), over=draw.integers(0, 200))
def test_a_stop_with_a_limit_buys_where_a_backtest_fills_it(above: int, over: int) -> None:
    order = Order(type=OrderType.STOP_LIMIT, trigger=(OPEN + above) / 100, limit=(OPEN + above + over) / 100)

    def price(bar: Bar) -> float:
        return limit_price(order, bar, True, 0) if order.triggered else triggering_price(order, bar, True)

    bars = ((row, passing(row)) for row in range(FIRST, len(TAPE)))
    prices = ((row, price(bar)) for row, bar in bars if bar.volume >= 0.0001)
    expected = next((Filled(row, price) for row, price in prices if not isnan(price)), None)
    assert first(fills("stop_limit", BUY, trigger=OPEN + above, price=OPEN + above + over)) == expected


@given(above=distances())
def test_a_take_sells_at_its_trigger_or_at_a_better_open(above: int) -> None:
    take = (OPEN + above) / 100
    bars = (passing(row) for row in range(FIRST, len(TAPE)))
    bar = next((bar for bar in bars if bar.high >= take), None)
    expected = bar and Filled(TAPE.row(bar.open_at), max(bar.open, take))
    assert first(fills("take", SELL, trigger=OPEN + above)) == expected


@given(below=distances())
def test_a_stop_is_met_by_the_first_tick_at_or_below_it(below: int) -> None:
    stop = OPEN - below
    ticks = (tick for row in range(FIRST, len(TAPE)) for tick in TAPE.inside(row))
    expected = [tick.at for tick in ticks if tick.price <= stop][:1]
    assert [trade.at for trade in fills("stop", SELL, trigger=stop)] == expected


@given(at=draw.integers(OPENING, OPENING + 10 * MINUTE))
def test_a_market_order_meets_the_next_tick_at_once(at: int) -> None:
    market = floor()
    order = market.place(market.accounts[ALICE.key], Wish("BTCUSDT", BUY, "market", Decimal("0.01")), at)
    (trade,) = market.orders.trades_of(order)
    tick = next(tick for tick in TAPE.inside(TAPE.row(at)) + TAPE.inside(TAPE.row(at) + 1) if tick.at >= at)
    assert (trade.at, float(trade.price)) == (at, tick.price / 100)


def test_a_market_order_between_two_bars_gets_the_next_open() -> None:
    trade = fills("market", BUY)[0]
    assert (trade.at, float(trade.price)) == (OPENING, BARS.open[FIRST])


def test_slippage_makes_market_orders_and_stops_worse_and_limits_not() -> None:
    asked = []

    def slip(side: int, price: float, quantity: float, volume: float) -> float:
        asked.append((side, price, quantity, volume))
        return 0.001

    market = floor(slip=slip)
    alice = market.accounts[ALICE.key]
    quantity, price = Decimal("0.01"), Decimal(str(BARS.open[FIRST]))
    order = market.place(alice, Wish("BTCUSDT", BUY, "market", quantity), OPENING)
    limit = market.place(alice, Wish("BTCUSDT", BUY, "limit", quantity, price=price), OPENING)
    paid = [market.orders.trades_of(each)[0].price for each in (order, limit)]
    assert paid == [(price * Decimal("1.001")).quantize(Decimal("1E-8")), price]
    assert asked == [(1, float(price), 0.01, BARS.volume[FIRST])]


def test_a_large_limit_order_takes_a_tenth_of_each_bar_that_goes_through_it() -> None:
    market = floor()
    wish = Wish("BTCUSDT", BUY, "limit", Decimal(2), price=Decimal(OPEN + 100) / 100)
    order = market.place(market.accounts[ALICE.key], wish, OPENING)
    market.advance(TAPE.ends()[1])
    trades = market.orders.trades_of(order)
    rows = [TAPE.row(trade.at) for trade in trades]
    assert len(rows) == len(set(rows)) > 2
    for row, trade in zip(rows[:-1], trades[:-1], strict=True):
        assert trade.quantity == Decimal(int(TAPE.volume[row]) // 10) / 100_000
    assert [trade.maker for trade in trades[:3]] == [False, True, True]


@pytest.mark.parametrize(("force", "status", "filled"), [("ioc", "expired", True), ("fok", "expired", False)])
def test_what_must_fill_at_once_expires_where_it_does_not(force: str, status: str, filled: bool) -> None:
    market = floor()
    wish = Wish("BTCUSDT", BUY, "limit", Decimal(2), price=Decimal(OPEN) / 100, time_in_force=force)  # type: ignore[arg-type]  # one of them
    order = market.place(market.accounts[ALICE.key], wish, OPENING)
    assert (order.status, bool(order.filled)) == (status, filled)
    assert market.accounts[ALICE.key].of("USDT").locked == 0


def test_a_stop_that_the_market_is_beyond_is_refused() -> None:
    with pytest.raises(Unacceptable, match="triggers"):
        fills("stop", SELL, trigger=OPEN + 2_000)


def test_a_triggered_stop_with_a_limit_rests_where_the_market_is_beyond_its_limit() -> None:
    trades = fills("stop_limit", SELL, trigger=OPEN - 100, price=OPEN - 90)
    stop = fills("stop", SELL, trigger=OPEN - 100)
    assert trades[0].at > stop[0].at
    assert trades[0].maker
    assert float(trades[0].price) >= (OPEN - 90) / 100


def test_a_resting_order_makes_ticks_of_the_one_bar_that_it_trades_in() -> None:
    played = tape(minutes("BTC/USDT", 3 * 10_080))
    market = floor(played)
    low = int(played.low[played.row(OPENING) :].min())
    wish = Wish("BTCUSDT", SELL, "stop", Decimal("0.01"), trigger=Decimal(low) / 100)
    market.place(market.accounts[ALICE.key], wish, OPENING)
    at = market.next_at()
    assert at is not None
    assert len(played._paths) <= 3
    assert played.low[played.row(at)] == low
    assert at > START
