"""`rehearse`: weeks of a spec against a venue on this machine, on a clock that jumps, and what they prove."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pydantic import SecretStr

from cryptoflow import __version__
from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.domain.calendar import HOUR, MINUTE
from cryptoflow.domain.journal.recorded import REHEARSED, Draft, Recorded
from cryptoflow.domain.ticks import Closed
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.digest import code_digest
from cryptoflow.pipelines.locks import refuse_locked
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tiers.live import refuse_research
from cryptoflow.pipelines.trading.certificate import ENTRIES, Certificate, Of, Shown, certificate, entries_in
from cryptoflow.pipelines.trading.proving import Placed
from cryptoflow.pipelines.venue import Play, Stock, opened, stock_of
from cryptoflow.settings import VenueKeys, sent_to

if TYPE_CHECKING:
    from cryptoflow.domain.trading.reports import Balance
    from cryptoflow.engine.plan import Plan
    from cryptoflow.market.bars import Bars
    from cryptoflow.pipelines.trading.dealer import Dealer
    from cryptoflow.pipelines.trading.trader import Item
    from cryptoflow.storage.events.journal import Journal
    from cryptoflow.venue.server import RehearsalVenue
    from cryptoflow.venue.trading.house import House

LONGEST = 400 * 24
"""Hours after which a rehearsal that is too quiet ends."""

AFTER = 2 * MINUTE
"""How long after an hour's end a rehearsal ends: nothing is under way by then."""

SPOKEN = ("binance",)
"""Venues in whose words orders can be given on this machine."""

BEAT = 30_000
"""Milliseconds between two words on a bar that goes on: only its end decides, and a silent minute would be strange."""

KEY = "rehearsal"
KEYS = VenueKeys(key=SecretStr(KEY), secret=SecretStr(KEY))
"""Of the venue on this machine, which has no other customer."""

Progress = Callable[[int, int], None]


@dataclass
class Stage:
    """A rehearsal while it goes on: what was written, and what was heard, in the order in which it was taken."""

    resolved: Resolved
    plan: "Plan"
    stock: Stock
    hours: int
    seed: int
    home: Path
    least: int = ENTRIES
    drafts: list[Draft] = field(default_factory=list)
    heard: "list[tuple[Sequence[Item], int]]" = field(default_factory=list)

    @property
    def account(self) -> str:
        """Return whose journal this is."""
        return f"{REHEARSED}{self.resolved.pipeline.name}"

    @property
    def start(self) -> int:
        """Return when the market opens."""
        assert self.stock.start is not None  # that of a spec is known
        return self.stock.start

    def entries(self) -> int:
        """Return how many entries were filled so far."""
        return entries_in([draft.event for draft in self.drafts])

    def dealer(self, past: "Mapping[str, Bars]") -> "Dealer":
        """Return a decision that has seen the past and nothing else."""
        from cryptoflow.pipelines.trading.dealer import Dealer
        from cryptoflow.pipelines.trading.plans import terms_of

        terms = terms_of(self.resolved, self.plan, self.account)
        found = Dealer(self.plan, terms, str(self.resolved.pipeline.market.venue))
        for at, bars in rounds_of(past):
            found.warm(at, bars)
        return found

    def decided_again(self, past: "Mapping[str, Bars]") -> list[Draft]:
        """Return what a fresh decision writes of all that was heard."""
        from cryptoflow.pipelines.trading.trader import take
        from cryptoflow.pipelines.trading.turns import Turn

        dealer, turn = self.dealer(past), Turn()
        for items, now in self.heard:
            for item in items:
                take(dealer, item, now, turn)
        return turn.drafts


class Noted:
    """A journal that remembers what was written to it."""

    def __init__(self, stage: Stage, journal: "Journal") -> None:
        self.stage, self.journal = stage, journal

    async def append(self, drafts: Sequence[Draft], expected: Mapping[str, int] | None = None) -> Sequence[Recorded]:
        """Write events, and remember them once they are on the disk."""
        recorded = await self.journal.append(drafts, expected)
        self.stage.drafts.extend(drafts)
        return recorded


def rehearse(
    resolved: Resolved, *, days: int, seed: int, home: Path | None = None, progress: Progress | None = None
) -> Certificate:
    """Rehearse a spec for at least so many days, until enough entries were filled; or say that it is too quiet.

    The account trades at a venue that plays the spec's own prices, and everything it says goes over sockets. What is
    written lies in `home`, or nowhere afterwards.
    """
    refuse_elsewhere(resolved)
    refuse_research(resolved)
    refuse_locked(resolved)
    import ccxt.pro  # noqa: F401  # before the clock jumps: its throttler takes the time by name

    from cryptoflow.pipelines.trading.plans import plan_from

    stock = stock_of(resolved)
    assert stock.start is not None  # that of a spec is known
    with TemporaryDirectory(prefix="cryptoflow-") as scratch, virtual_time(stock.start) as loop:
        stage = Stage(resolved, plan_from(resolved, stock.start), stock, 24 * days, seed, home or Path(scratch))
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            found = runner.run(rehearsed(stage, progress))
        refuse_quiet(stage)
        return found


def refuse_elsewhere(resolved: Resolved) -> None:
    """Refuse a spec of a venue that the one on this machine cannot speak as."""
    venue = str(resolved.pipeline.market.venue)
    if venue not in SPOKEN:
        written = resolved.origin(("market", "venue"))
        raise CryptoflowError(
            f"{venue} cannot be rehearsed: the venue on this machine takes orders as {' and '.join(SPOKEN)}",
            where=written.place if written else None,
            fix=f"rehearse it with --set market.venue={SPOKEN[0]}",
        )


async def rehearsed(stage: Stage, progress: Progress | None = None) -> Certificate:
    """Trade at the venue until enough was shown, and hold both sides' books against each other."""
    from cryptoflow.pipelines.live_prices import live_prices
    from cryptoflow.pipelines.trading.opening import breakers_of, broker_of
    from cryptoflow.pipelines.trading.trader import Trader
    from cryptoflow.storage.events.journal import Journal
    from cryptoflow.storage.files import create

    clock, name = MachineClock(), str(stage.resolved.pipeline.market.venue)
    async with AsyncExitStack() as stack:
        venue = await stack.enter_async_context(
            opened(stage.stock, clock, Play(seed=stage.seed, beat=BEAT), house=house_of(stage))
        )
        stack.enter_context(sent_to(name, venue.url))
        prices = await stack.enter_async_context(live_prices(stage.resolved, clock, home=stage.home))
        broker = await stack.enter_async_context(broker_of(name, KEYS, breakers_of(clock), clock))
        engine = create(stage.home / "journal" / f"{stage.account}.db")
        journal = Journal(engine, stage.account, clock, threaded=False)
        stack.push_async_callback(journal.close)
        dealer = stage.dealer(prices.past)
        trader = Trader(
            dealer,
            Noted(stage, journal),
            broker,
            clock,
            lambda items, now: stage.heard.append((items, now)),
        )
        await trader.run(prices.told, shown_enough(stage, progress))
        return certified(stage, venue, await broker.fetch_balances(), journal, prices.past, dealer.barest)


async def shown_enough(stage: Stage, progress: Progress | None) -> None:
    """Return once the hours are over and enough entries were filled, or no bars are left."""
    whole = (max(bars.ends()[1] for bars in stage.stock.bars) - stage.start) // HOUR
    most, passed = min(LONGEST, whole), 0
    while passed < most and (passed < stage.hours or stage.entries() < stage.least):
        await asyncio.sleep(HOUR / 1000)
        passed += 1
        if progress is not None:
            progress(min(passed, stage.hours), stage.hours)
    stage.hours = passed
    await asyncio.sleep(AFTER / 1000)


def refuse_quiet(stage: Stage) -> None:
    """Refuse what has shown too little."""
    if stage.entries() < stage.least:
        raise CryptoflowError(
            f"too quiet: {stage.entries()} entries were filled in {stage.hours} hours, of {stage.least} at least",
            fix="rehearse a longer `period:`, or a spec that trades more",
            code=ExitCode.PROOF_FAILED,
        )


def house_of(stage: Stage) -> "House":
    """Return the venue's customer, whose fills lose what the spec says that they lose."""
    from cryptoflow.venue.trading.account import Customer
    from cryptoflow.venue.trading.house import House

    capital, plan = stage.resolved.pipeline.capital, stage.plan
    cost, settings = plan.verbs.slippages[plan.account.slippage].function, plan.slippage_settings
    factor = plan.account.cost_factor

    def slip(side: int, price: float, quantity: float, volume: float) -> float:
        return float(cost(side, price, quantity, volume, *settings)) * factor

    customer = Customer(KEY, KEY, {str(capital.currency): Decimal(repr(float(capital)))})
    return House((customer,), slip=slip, fees_in="base" if plan.account.base_fees else "quote")


def certified(
    stage: Stage,
    venue: "RehearsalVenue",
    balances: "Mapping[str, Balance]",
    journal: "Journal",
    past: "Mapping[str, Bars]",
    bare: int,
) -> Certificate:
    """Return what was shown."""
    from cryptoflow.storage.events.reading import audit

    with journal.engine.connect() as connection:
        found = audit(connection, stage.account)
    assert venue.floor is not None
    placed = [
        Placed(order.wish.name, order.status)
        for symbol in stage.plan.symbols
        for order in venue.floor.orders.of(KEY, symbol)
    ]
    pipeline = stage.resolved.pipeline
    shown = Shown(
        drafts=stage.drafts,
        head=found.head,
        broken=str(found.broken or ""),
        capital=Decimal(repr(float(pipeline.capital))),
        currency=str(pipeline.capital.currency),
        balances=balances,
        placed=placed,
        bare=bare,
        bare_limit=int(pipeline.execution.naked_limit),
        again=stage.decided_again(past),
    )
    of = Of(str(pipeline.name), stage.resolved.spec_hash, code_digest(), __version__, stage.seed, stage.hours / 24)
    return certificate(of, shown)


def rounds_of(past: "Mapping[str, Bars]") -> Iterator[tuple[int, dict[str, Closed]]]:
    """Yield bars that closed before as rounds, in the order of time."""
    rows = {symbol: {at: row for row, at in enumerate(bars.open_at.tolist())} for symbol, bars in past.items()}
    for at in sorted({at for each in rows.values() for at in each}):
        yield at, {symbol: closed_at(past[symbol], each[at]) for symbol, each in rows.items() if at in each}


def closed_at(bars: "Bars", row: int) -> Closed:
    """Return a bar as a feed tells one."""
    opened, high, low, close, volume = (
        float(getattr(bars, name)[row]) for name in ("open", "high", "low", "close", "volume")
    )
    at = int(bars.open_at[row])
    return Closed(bars.symbol, bars.timeframe, at, opened, high, low, close, volume, heard_at=0)
