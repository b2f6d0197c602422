"""The event driver on history: alone, and with discipline on, every rule asked, and a bus on which all is told."""

import asyncio
from collections.abc import Iterator

from benchmarks.figures import Aim, Work, side_by_side
from benchmarks.series import reference
from benchmarks.specs import WARMUP, plan_for
from cryptoflow.domain.codes import Topic
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.queues import Overflow
from cryptoflow.engine.runtime.run import run, run_on
from cryptoflow.engine.runtime.subscription import Subscription

BARS = 50_000


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


def rounds() -> Iterator[Work]:
    """Time both beside the batch driver, having seen that everything that happened was told."""
    market = reference(BARS)
    first = int(market.open_at[WARMUP + 1])
    bare, full = (plan_for("W1", 1, first, discipline) for discipline in (False, True))
    tape = batch(full, [market]).tape
    assert int((tape["topic"] == Topic.TRADE).sum()) > 800
    assert asyncio.run(told(full, market)) == BARS + len(tape) + -(-BARS // 4_096)
    yield side_by_side(
        "W1 on 50,000 bars, event driver",
        lambda: run(bare, [market]),
        lambda: batch(bare, [market]),
        "the batch driver",
        BARS,
        aim=Aim(6e-6, "unit"),
        rounds=5,
    )
    yield side_by_side(
        "the same with bus and all rules",
        lambda: asyncio.run(told(full, market)),
        lambda: batch(full, [market]),
        "the batch driver",
        BARS,
        aim=Aim(20e-6, "unit"),
        rounds=5,
    )
