"""`watchdog`: a process of its own that acts when the one that trades an account has let its lease run out."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.domain.recovery.deadman import Seen, is_dead
from cryptoflow.domain.recovery.states import UNDONE
from cryptoflow.domain.recovery.switch import Switch
from cryptoflow.execution.recovering import DeskFailed, Recovering, asking
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.halting.desks import CANNOT, Desks, Manned
from cryptoflow.pipelines.halting.standing import lease_of, switch_of
from cryptoflow.pipelines.journals.succeeding import silence_of
from cryptoflow.pipelines.journals.writing import appending, journal_of
from cryptoflow.storage.away import Away
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.unwritable import Unwritable
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.grants import Grant, LeaseHeld

WATCHDOG = "watchdog"


class Found(StrEnum):
    """What a look has come to."""

    HELD = "held"
    FREE = "free"
    AWAY = "away"
    TRIPPED = "tripped"
    RECOVERED = "recovered"
    STUCK = "stuck"


class Report(NamedTuple):
    """What a watchdog has seen, and what it did about it."""

    account: str
    found: Found
    line: str


async def watch(account: str, clock: Clock, desks: Desks, tell: Callable[[Report], None]) -> None:
    """Look after an account until cancelled; whatever is new is told."""
    before = None
    while True:
        try:
            report = await look(account, clock, desks)
        except Away as error:
            report = Report(account, Found.AWAY, f"the database of leases does not answer: {error.problems[0].what}")
        except Unwritable as error:
            report = Report(account, Found.AWAY, error.problems[0].what)
        if report != before:
            tell(report)
        before = report
        await asyncio.sleep(terms().heartbeat)


async def look(account: str, clock: Clock, desks: Desks) -> Report:
    """Look once at an account's lease, and act where its holder is to be taken for dead.

    It acts only once it holds the lease itself: a process that was merely slow is kept from writing from then on. A
    plan that nobody carries out any more, as a desk failed or whoever did so died, goes on where it stands.
    """
    file = journal_of(account)
    grant, now = await lease_of(account, clock)
    token = await asyncio.to_thread(floor_of, file, account)
    seen = Seen(grant.holder, grant.token, grant.taken_at, grant.expires_at, writes=grant.token == token)
    try:
        if is_dead(seen, now):
            return await _act(account, grant, clock, desks)
        if grant.left(now):
            return Report(account, Found.HELD, f"held by {grant.holder}")
        return await _go_on(account, clock, desks)
    except LeaseHeld as other:
        return Report(account, Found.HELD, f"held by {other.grant.holder}")


async def _go_on(account: str, clock: Clock, desks: Desks) -> Report:
    """Go on with the plan of an account that nobody trades, where there is one and somebody who can."""
    if (await switch_of(account)).state not in UNDONE or (opening := desks(account)) is None:
        return Report(account, Found.FREE, f"nobody trades {account}; there is nothing to watch")
    async with appending(account, WATCHDOG, clock) as journal:
        switch = await switch_of(account)
        return await _carried_out(account, switch, journal, opening, clock, f"nobody trades {account}")


async def _act(account: str, dead: Grant, clock: Clock, desks: Desks) -> Report:
    """Act for a process that is dead: whoever takes its lease trips the switch with that."""
    reason = silence_of(dead, terms())
    async with appending(account, WATCHDOG, clock) as journal:
        switch = await switch_of(account)
        if not switch.bars:
            return Report(account, Found.FREE, f"{dead.holder} has given {account} back meanwhile")
        opening = desks(account)
        if opening is None:
            return Report(account, Found.TRIPPED, f"{reason}: the kill switch has tripped; {CANNOT}")
        return await _carried_out(account, switch, journal, opening, clock, reason)


async def _carried_out(
    account: str,
    switch: Switch,
    journal: Journal,
    opening: AbstractAsyncContextManager[Manned],
    clock: Clock,
    reason: str,
) -> Report:
    """Carry a plan out from where it stands, or as far as the desk lets it."""
    try:
        async with _manned(opening) as manned:
            await Recovering(account, switch, journal, manned.desk, clock).run(manned.emergency)
    except DeskFailed as error:
        what = (
            f"the kill switch has tripped; its plan is not through and goes on at the next look, the desk says {error}"
        )
        return Report(account, Found.STUCK, f"{reason}: {what}")
    return Report(account, Found.RECOVERED, f"{reason}: the kill switch has tripped, and its plan has finished")


@asynccontextmanager
async def _manned(opening: AbstractAsyncContextManager[Manned]) -> AsyncIterator[Manned]:
    async with AsyncExitStack() as stack:
        with asking():
            manned = await stack.enter_async_context(opening)
        try:
            yield manned
        finally:
            with asking():
                await stack.aclose()
