"""What a backtest tells on the bus is what its tape says."""

import asyncio
from math import isnan
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.codes import Leg, OrderType, Reason, Topic
from cryptoflow.engine.plan import Columns, Outcome, Plan
from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.events import RoundClosed
from cryptoflow.engine.runtime.queues import Overflow
from cryptoflow.engine.runtime.run import run, run_on
from cryptoflow.engine.runtime.subscription import Subscription
from tests.parity.draws import series
from tests.parity.test_parity import planned

SPEC = {
    "cryptoflow": 1,
    "name": "told",
    "capital": "20000 USDT",
    "market": {"venue": "binance", "symbols": ["BTC/USDT", "ETH/USDT"], "timeframe": "1m"},
    "strategies": [{"id": "quick", "file": "s0.yaml"}, {"id": "calm", "file": "s1.yaml"}],
    "sizing": {"use": "fraction", "share": "20%"},
    "execution": {"entry": {"order": "limit", "offset": "5 bps", "expires": "300s"}},
}
FILES = [
    {"cryptoflow": 1, "strategy": "one", "enter_long": f"close {sign} close[1]", "max_bars": 5, "stop_loss": "0.5%"}
    for sign in "><"
]
TOPICS = {
    "order.placed": Topic.ORDER,
    "order.refused": Topic.REFUSED,
    "order.filled": Topic.FILL,
    "order.cancelled": Topic.CANCEL,
    "trade.closed": Topic.TRADE,
}
COLUMNS = {"exit_price": "price", "granted": "notional", "cost": "notional", "fees": "fee"}
"""The columns of the tape that have another name in an event."""


@pytest.fixture(scope="module")
def plan() -> Plan:
    found = planned(SPEC, FILES)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def market() -> list[Columns]:
    return [series(11), series(12)]


def heard(plan: Plan, market: list[Columns], *topics: str) -> tuple[list[Any], Outcome]:
    """Run with a subscriber and return what it heard, and the run."""

    async def story() -> tuple[list[Any], Outcome]:
        bus, events = Bus(), []

        async def note(subscription: Subscription) -> None:
            events.extend([event async for event in subscription])

        listener = bus.attach("listener", *topics, work=note, overflow=Overflow.DROP_NEWEST, bound=64)
        outcome = await run_on(bus, plan, market, strategies=["quick", "calm"])
        await bus.close()
        assert listener.missed == 0
        return events, outcome

    return asyncio.run(story())


def in_words(plan: Plan, row: Any, field: str) -> Any:
    """Return a field of a line as the event spells it."""
    value = row[COLUMNS.get(field, field)].item()
    rules = {-1: "", 100: "cash", 101: "allocation"} | {n: rule.name for n, rule in enumerate(plan.verbs.rules)}
    spelled = {
        "symbol": lambda: plan.symbols[value],
        "strategy": lambda: ["quick", "calm"][value],
        "side": lambda: "buy" if value == 1 else "sell",
        "type": lambda: OrderType(value).name.lower(),
        "leg": lambda: Leg(value).name.lower(),
        "reason": lambda: Reason(value).name.lower(),
        "rule": lambda: rules[value],
    }
    return spelled[field]() if field in spelled else value


def test_the_events_of_a_backtest_tell_the_same_as_its_tape(plan: Plan, market: list[Columns]) -> None:
    events, outcome = heard(plan, market, "order.*", "trade.closed")
    assert [TOPICS[event.name] for event in events] == outcome.tape["topic"].tolist()
    assert {event.name for event in events} == set(TOPICS)
    for event, row in zip(events, outcome.tape, strict=True):
        for field in event.__slots__:
            told, written = getattr(event, field), in_words(plan, row, field)
            assert told == written or (isnan(told) and isnan(written)), (event, field)


def test_every_round_ends_with_an_event_that_has_the_equity_of_its_close(plan: Plan, market: list[Columns]) -> None:
    events, outcome = heard(plan, market, "round.closed", "order.filled")
    closed = [event for event in events if isinstance(event, RoundClosed)]
    assert [event.at for event in closed] == (outcome.times + 60_000).tolist()
    assert [event.equity for event in closed] == outcome.equity.tolist()


def test_a_run_does_the_same_whether_anyone_listens_or_not(plan: Plan, market: list[Columns]) -> None:
    drawn: list[tuple[int, int]] = []
    alone, told = run(plan, market), run(plan, market, progress=lambda *counts: drawn.append(counts))
    _, watched = heard(plan, market, "order.*", "round.closed", "history.played")
    rounds = len(np.union1d(market[0].open_at, market[1].open_at))
    assert drawn[-1] == (rounds, rounds)
    for other in (told, watched):
        assert other.tape.tobytes() == alone.tape.tobytes()
        assert other.equity.tobytes() == alone.equity.tobytes()
        assert other.wallet == alone.wallet


def test_a_run_that_ends_with_a_fill_leaves_no_line_behind(plan: Plan, market: list[Columns]) -> None:
    fills = run(plan, market).tape
    end = int(fills["at"][fills["topic"] == Topic.FILL][-1]) + 1
    outcome = run(plan, [columns.cut(0, int(np.searchsorted(columns.open_at, end))) for columns in market])
    assert outcome.wallet["lines"] == 0
