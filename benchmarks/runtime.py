"""The event driver on history: alone, and with discipline on, every rule asked, and a bus on which all is told."""

import asyncio
from collections.abc import Iterator

from benchmarks.series import MINUTE, reference
from benchmarks.works import Figure, side_by_side, w1
from cryptoflow.domain.records import Topic
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.queues import Overflow
from cryptoflow.engine.runtime.run import run, run_on
from cryptoflow.engine.runtime.subscription import Subscription

BARS = 50_000
RULES = [
    {"use": "position", "limit": "50%"},
    {"use": "order", "limit": "50%"},
    {"use": "exposure", "limit": "90%"},
    {"use": "count", "positions": 5},
    {"use": "rate", "per_day": 1_000},
    {"use": "daily_loss", "limit": "90%"},
    {"use": "drawdown", "limit": "90%"},
    {"use": "stop"},
    {"use": "cash"},
]
"""Every rule, as loose as lets the cross trade on: what is timed is a review that ends in an order."""


def disciplined(first: int) -> Plan:
    """Return the plan of W1 with all rules and a stop, for an account of the highest tier."""
    return w1(
        first,
        capital="200000 USDT",
        discipline="on",
        sizing={"use": "fraction", "share": "1%"},
        risk={"preset": "aggressive", "stop_loss": {"missing": "attach 2%"}, "rules": RULES},
    )


async def told(plan: Plan, market: Columns) -> int:
    """Run with a subscriber to everything and return how many events it heard."""
    heard = 0

    async def count(subscription: Subscription) -> None:
        nonlocal heard
        async for _ in subscription:
            heard += 1

    bus = Bus()
    bus.attach("count", "order.*", "trade.*", "round.*", "history.*", work=count, overflow=Overflow.DROP_OLDEST)
    await run_on(bus, plan, [market], strategies=["cross"])
    await bus.close()
    return heard


def rounds() -> Iterator[Figure]:
    """Time both beside the batch driver; the milliseconds by 50 are microseconds a bar."""
    market = reference(BARS)
    first = int(market.open_at[25]) + MINUTE
    bare, full = w1(first), disciplined(first)
    tape = batch(full, [market]).tape
    assert int((tape["topic"] == Topic.TRADE).sum()) > 800
    assert asyncio.run(told(full, market)) == BARS + len(tape) + -(-BARS // 4_096)
    yield side_by_side(
        "W1 on 50,000 bars, event driver",
        lambda: run(bare, [market]),
        lambda: batch(bare, [market]),
        "the batch driver",
        rounds=3,
    )
    yield side_by_side(
        "the same with bus and all rules",
        lambda: asyncio.run(told(full, market)),
        lambda: batch(full, [market]),
        "the batch driver",
        rounds=3,
    )
