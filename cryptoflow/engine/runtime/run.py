"""The event driver on history: a feed of past bars, the owner of state, and the bus that tells of it."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Outcome, Plan, Series
from cryptoflow.engine.runtime.bus import Bus
from cryptoflow.engine.runtime.events import HistoryPlayed
from cryptoflow.engine.runtime.feed import Moments, stretches
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.engine.runtime.queues import Overflow
from cryptoflow.engine.runtime.recorder import Recorder
from cryptoflow.engine.runtime.teller import Teller, Words

Progress = Callable[[int, int], None]


def run(
    plan: Plan, market: Sequence[Series], finer: Sequence[Series] = (), progress: Progress | None = None
) -> Outcome:
    """Run a plan over its bars and return what happened; with nobody to tell it is a plain loop.

    Where the plan asks for details, orders meet the `finer` bars of each symbol.
    """
    if progress is not None:
        return asyncio.run(watched(plan, market, finer, progress))
    owner, recorder, times = Owner(plan, finer), Recorder(), openings(market)
    for _ in play(owner, market, times, recorder):
        pass
    return recorder.outcome(times, owner.wallet)


async def watched(plan: Plan, market: Sequence[Series], finer: Sequence[Series], progress: Progress) -> Outcome:
    """Run a plan with a subscriber that shows how far it is."""
    bus = Bus()
    bus.call(
        "progress",
        HistoryPlayed.name,
        each=lambda played: progress(played.done, played.rounds),
        overflow=Overflow.LATEST,
    )
    outcome = await run_on(bus, plan, market, finer)
    await bus.close()
    return outcome


async def run_on(
    bus: Bus,
    plan: Plan,
    market: Sequence[Series],
    finer: Sequence[Series] = (),
    strategies: Sequence[str] = (),
) -> Outcome:
    """Run a plan and tell the bus how far it is; given its strategies' ids, of orders, trades and rounds as well."""
    owner, recorder, times = Owner(plan, finer), Recorder(), openings(market)
    teller = Teller(bus, Words(plan, strategies), plan.account.timeframe) if strategies else None
    for done in play(owner, market, times, recorder, teller):
        if done:
            bus.publish(HistoryPlayed(done, len(times)))
        await asyncio.sleep(0)
    return recorder.outcome(times, owner.wallet)


def play(
    owner: Owner, market: Sequence[Series], times: Moments, recorder: Recorder, teller: Teller | None = None
) -> Iterator[int]:
    """Move the owner through history, and stop wherever subscribers should have a turn.

    Yields how many rounds are done after each stretch, and 0 in between, when a queue gets half full.
    """
    move, wallet, equity = owner.round, owner.wallet, recorder.equity
    for stretch in stretches(market, times):
        for at, bars in stretch:
            lines = move(at, bars)
            if lines:
                recorder.take(lines)
            equity.append(wallet.equity)
            if teller is not None:
                teller.tell(at, lines, wallet)
                if teller.bus.pressed:
                    teller.bus.pressed = False
                    yield 0
        yield len(equity)
