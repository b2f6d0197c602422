"""What a backtest orders is what goes to a venue: over sockets, through the journal, by the code that trades."""

import asyncio
from pathlib import Path
from typing import NamedTuple

import ccxt.pro  # noqa: F401  # before the clock jumps: its throttler takes the time by name
import pytest

from cryptoflow.clock import virtual_time
from cryptoflow.domain.codes import BUY, Leg, Reason, Topic
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderCancelRequested
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import decide
from cryptoflow.pipelines.history import Window, load_history
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.trading.certificate import Certificate
from cryptoflow.pipelines.trading.plans import plan_from
from cryptoflow.pipelines.trading.rehearsing import Stage, rehearsed
from cryptoflow.pipelines.venue import stock_of
from tests.pipelines.trading.quick import quick

DIGITS = 8
"""Places of a price at a venue."""


class Filled(NamedTuple):
    """A fill as both sides have it: the bar in which it happened, what, how much, at what price, and why."""

    bar: int
    side: str
    leg: str
    quantity: float
    price: float
    reason: str


def rehearsal(spec: Path, hours: int, home: Path) -> tuple[list[Filled], Certificate, list[Event]]:
    """The fills of some hours at a calm venue, what they have shown, and all that was written."""
    resolved = resolve(spec)
    stock = stock_of(resolved)
    assert stock.start is not None
    with virtual_time(stock.start) as loop, asyncio.Runner(loop_factory=lambda: loop) as runner:
        stage = Stage(resolved, plan_from(resolved, stock.start), stock, hours, 1, home, least=5)
        shown = runner.run(rehearsed(stage))
    fills = [
        Filled(
            draft.at // 60_000 * 60_000,
            each.side,
            each.leg,
            round(float(each.quantity), DIGITS),
            round(float(each.price), DIGITS),
            each.reason,
        )
        for draft in stage.drafts
        if isinstance(each := draft.event, FillBooked)
    ]
    return fills, shown, [draft.event for draft in stage.drafts]


def backtest(spec: Path, fills: int) -> list[Filled]:
    """The first fills of a backtest that has minutes inside its bars, as the venue has."""
    resolved = resolve(spec, sets=("market.detail=1m",))
    history = load_history(resolved, Window())
    plan = plan_of(resolved, history.first_decisions)
    tape = decide(plan, history, "event").tape
    lots = [market.lot for market in plan.markets]
    return [
        Filled(
            int(line["at"]),
            "buy" if line["side"] == BUY else "sell",
            Leg(line["leg"]).name.lower(),
            round(float(line["lots"]) * lots[line["symbol"]], DIGITS),
            round(float(line["price"]), DIGITS),
            Reason(line["reason"]).name.lower(),
        )
        for line in tape[tape["topic"] == Topic.FILL][:fills]
    ]


@pytest.mark.parametrize(
    ("stop", "ends"),
    [
        ("", {"signal", "stop"}),
        ("take_profit: 0.15%\n", {"signal", "stop", "target"}),
        ("trailing_stop: 0.2%\n", {"signal", "trailing"}),
        ("max_bars: 2\n", {"signal", "max_bars"}),
    ],
    ids=["stop", "stop and target", "trailing stop", "for two bars"],
)
def test_hours_at_a_venue_fill_what_its_backtest_fills(stop: str, ends: set[str], tmp_path: Path) -> None:
    spec = quick(tmp_path, stop)
    fills, shown, _ = rehearsal(spec, 10, tmp_path / "home")
    assert shown.violations == ()
    assert fills == backtest(spec, len(fills))
    assert {each.reason for each in fills if each.leg == "exit"} >= ends


LIMITS = "execution: {entry: {order: limit, offset: 3 bps, expires: 300s}}\n"


def test_limits_that_rest_and_expire_fill_as_in_their_backtest(tmp_path: Path) -> None:
    spec = quick(tmp_path, more=LIMITS)
    spec.write_text(spec.read_text().replace("1000 USDT", "3000 USDT"))
    fills, shown, written = rehearsal(spec, 12, tmp_path / "home")
    assert shown.violations == ()
    assert fills == backtest(spec, len(fills))
    taken_back = [each for each in written if isinstance(each, OrderCancelRequested) and each.reason == "expired"]
    assert taken_back and any(each.leg == "entry" for each in fills)
