"""An account's decision hears of one thing after the other, and writes what follows from each."""

from collections.abc import Sequence
from decimal import Decimal
from math import sin
from pathlib import Path

from cryptoflow.domain.events.orders import OrderCreated
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.ticks import Closed
from cryptoflow.domain.trading.intents import Intent
from cryptoflow.domain.trading.reports import Deal, Refused, Report
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.trading.dealer import Dealer
from cryptoflow.pipelines.trading.plans import plan_from, terms_of
from cryptoflow.pipelines.trading.turns import Submit, Turn, Withdraw
from tests.pipelines.trading.quick import quick

START, FRAME = 1_672_531_200_000, 300_000
SYMBOLS = ("BTC/USDT", "ETH/USDT")


def dealer(folder: Path) -> Dealer:
    """A decision on two symbols that has seen nothing yet."""
    spec = quick(folder, "score: sma(close, 5)\n")
    text = spec.read_text().replace("[BTC/USDT]", "[BTC/USDT, ETH/USDT]").replace("1000 USDT", "3000 USDT")
    spec.write_text(text)
    resolved = resolve(spec)
    plan = plan_from(resolved, START)
    return Dealer(plan, terms_of(resolved, plan, "main"), "binance")


def bar(symbol: str, number: int) -> Closed:
    """The bar of a price that goes up and down."""
    opened, close = (1_000 + 30 * sin((number + each) / 2) for each in (0, 1))
    at = START + number * FRAME
    return Closed(symbol, FRAME, at, opened, max(opened, close), min(opened, close), close, 1e6, 0)


def scores(of: Dealer) -> Sequence[float]:
    return [signal.score for signal in of.owner.signals]


def test_a_bar_that_comes_late_moves_indicators_and_decides_nothing(tmp_path: Path) -> None:
    punctual, other = dealer(tmp_path / "one"), dealer(tmp_path / "two")
    for number in range(12):
        at, bars = START + number * FRAME, {symbol: bar(symbol, number) for symbol in SYMBOLS}
        punctual.round(at, bars, at + FRAME, Turn())
        if number != 8:
            other.round(at, bars, at + FRAME, Turn())
            continue
        turn = Turn()
        other.round(at, {"BTC/USDT": bars["BTC/USDT"]}, at + FRAME, turn)
        decided = len(turn.drafts)
        other.late(bars["ETH/USDT"])
        assert len(turn.drafts) == decided
        assert not any(isinstance(each.event, OrderCreated) and each.event.symbol == "ETH/USDT" for each in turn.drafts)
    assert scores(other) == scores(punctual)


def entered(of: Dealer) -> tuple[Turn, Intent]:
    """The turn in which an entry is sent, and the entry."""
    first = max(0, (of.closed_at - START) // FRAME)
    for number in range(first, first + 60):
        at, turn = START + number * FRAME, Turn()
        of.round(at, {symbol: bar(symbol, number) for symbol in SYMBOLS}, at + FRAME, turn)
        sent = [each.intent for each in turn.sends if isinstance(each, Submit)]
        if sent:
            return turn, sent[0]
    raise AssertionError("nothing was entered")


def said(intent: Intent, state: OrderState, filled: Decimal, at: int) -> Report:
    """What the venue says of an order, with its fill where there is one."""
    price, deals = Decimal(1_000), ()
    if filled:
        fee = filled * price / 1_000
        deals = (Deal("7", intent.id, intent.symbol, intent.side, filled, price, fee, "USDT", at, maker=False),)
    return Report(intent.id, intent.symbol, state, filled, filled * price, at, "1", deals)


def test_what_is_sent_is_written_before_and_a_fill_is_protected_at_once(tmp_path: Path) -> None:
    of = dealer(tmp_path)
    turn, intent = entered(of)
    assert names(turn, intent.id) == ["order.reviewed", "order.created", "order.validated", "order.submitted"]
    then, filled = of.closed_at + 10, Turn()
    assert intent.quantity is not None
    of.report(said(intent, OrderState.FILLED, intent.quantity, then), then, filled)
    (stop,) = (each.intent for each in filled.sends if isinstance(each, Submit))
    assert (stop.type, stop.side, stop.quantity, stop.guards) == ("stop", "sell", intent.quantity, True)


def test_an_answer_that_the_stream_was_quicker_than_takes_nothing_back(tmp_path: Path) -> None:
    of = dealer(tmp_path)
    _, intent = entered(of)
    then, late = of.closed_at + 10, Turn()
    assert intent.quantity is not None
    of.report(said(intent, OrderState.FILLED, intent.quantity, then), then, Turn())
    of.report(said(intent, OrderState.ACKNOWLEDGED, Decimal(0), then), then, late)
    assert [each.event.name for each in late.drafts] == ["order.stale"]
    assert late.sends == []


def held(of: Dealer) -> Intent:
    """The stop of a position, acknowledged at the venue."""
    _, intent = entered(of)
    then, filled = of.closed_at + 10, Turn()
    assert intent.quantity is not None
    of.report(said(intent, OrderState.FILLED, intent.quantity, then), then, filled)
    (stop,) = (each.intent for each in filled.sends if isinstance(each, Submit))
    of.report(said(stop, OrderState.ACKNOWLEDGED, Decimal(0), then), then, Turn())
    return stop


def left(of: Dealer, symbol: str) -> tuple[Turn, str]:
    """The turn in which a position is to be left, and the id of the exit."""
    first = (of.closed_at - START) // FRAME
    for number in range(first, first + 40):
        at, turn = START + number * FRAME, Turn()
        of.round(at, {symbol: bar(symbol, number)}, at + FRAME, turn)
        made = [each.event for each in turn.drafts if isinstance(each.event, OrderCreated)]
        if made and made[0].side == "sell" and not made[0].guards:
            return turn, made[0].order
    raise AssertionError("nothing was left")


def names(turn: Turn, order: str) -> list[str]:
    return [each.event.name for each in turn.drafts if getattr(each.event, "order", "") == order]


def test_an_exit_goes_out_once_the_stop_has_let_its_coins_go(tmp_path: Path) -> None:
    of = dealer(tmp_path)
    stop = held(of)
    turn, order = left(of, stop.symbol)
    assert turn.sends == [Withdraw(stop.symbol, stop.id)]
    assert names(turn, order) == ["order.created", "order.validated"]
    gone, then = Turn(), of.closed_at + 10
    of.report(said(stop, OrderState.CANCELLED, Decimal(0), then), then, gone)
    assert [each.intent.id for each in gone.sends if isinstance(each, Submit)] == [order]


def test_an_exit_that_its_stop_was_quicker_than_is_never_sent_and_the_next_entry_gets_its_stop(tmp_path: Path) -> None:
    of = dealer(tmp_path)
    stop = held(of)
    _, order = left(of, stop.symbol)
    stopped, then = Turn(), of.closed_at + 10
    assert stop.quantity is not None
    of.report(said(stop, OrderState.FILLED, stop.quantity, then), then, stopped)
    assert names(stopped, order) == ["order.cancelled"]
    assert stopped.sends == []
    assert held(of).guards


def test_an_exit_that_is_refused_is_tried_three_times_and_then_the_stop_goes_back(tmp_path: Path) -> None:
    of = dealer(tmp_path)
    stop = held(of)
    _, order = left(of, stop.symbol)
    then, sent = of.closed_at + 10, [order]
    gone = Turn()
    of.report(said(stop, OrderState.CANCELLED, Decimal(0), then), then, gone)
    for _ in range(3):
        (exit_,) = (each.intent for each in gone.sends if isinstance(each, Submit))
        sent.append(exit_.id)
        gone = Turn()
        of.refused(exit_.id, Refused("funds", "-2010", "insufficient balance"), then, gone)
    assert len({*sent}) == 3
    (guard,) = (each.intent for each in gone.sends if isinstance(each, Submit))
    assert guard.guards
