"""`watchdog`: a process of its own that acts when the one that trades an account has let its lease run out."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.domain.recovery.asking import tripping
from cryptoflow.domain.recovery.deadman import Seen, is_dead, trip_of_silence
from cryptoflow.domain.recovery.switch import after
from cryptoflow.execution.recovering import Recovering
from cryptoflow.pipelines.databases.leases import terms
from cryptoflow.pipelines.halting.desks import CANNOT, Desks
from cryptoflow.pipelines.halting.standing import lease_of, switch_of
from cryptoflow.pipelines.journals.writing import appending, journal_of
from cryptoflow.storage.away import Away
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.grants import Grant, LeaseHeld, moment

WATCHDOG = "watchdog"


class Found(StrEnum):
    """What a look has come to."""

    HELD = "held"
    FREE = "free"
    AWAY = "away"
    TRIPPED = "tripped"
    RECOVERED = "recovered"


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
        if report != before:
            tell(report)
        before = report
        await asyncio.sleep(terms().heartbeat)


async def look(account: str, clock: Clock, desks: Desks) -> Report:
    """Look once at an account's lease, and act where its holder is to be taken for dead.

    It acts only once it holds the lease itself: a process that was merely slow is kept from writing from then on.
    """
    file = journal_of(account)
    grant, now = await lease_of(account, clock)
    token = await asyncio.to_thread(floor_of, file, account)
    seen = Seen(grant.holder, grant.token, grant.taken_at, grant.expires_at, writes=grant.token == token)
    if not is_dead(seen, now):
        if grant.left(now):
            return Report(account, Found.HELD, f"held by {grant.holder}")
        return Report(account, Found.FREE, f"nobody trades {account}; there is nothing to watch")
    try:
        return await _act(account, grant, now, clock, desks)
    except LeaseHeld as other:
        return Report(account, Found.HELD, f"held by {other.grant.holder}")


async def _act(account: str, dead: Grant, now: int, clock: Clock, desks: Desks) -> Report:
    limit = round(terms().expiry * 1000)
    silent = now - dead.expires_at + limit
    reason = f"{dead.holder} has not renewed its lease since {moment(dead.expires_at - limit)}"
    async with appending(account, WATCHDOG, clock) as journal:
        switch = await switch_of(account)
        drafts = tripping(switch, trip_of_silence(silent, limit), clock.now(), WATCHDOG, reason)
        for recorded in await journal.append(drafts) if drafts else ():
            switch = after(switch, recorded)
        opening = desks(account)
        if opening is None:
            return Report(account, Found.TRIPPED, f"{reason}: the kill switch has tripped; {CANNOT}")
        async with opening as manned:
            await Recovering(account, switch, journal, manned.desk, clock).run(manned.emergency)
        return Report(account, Found.RECOVERED, f"{reason}: the kill switch has tripped, and its plan has finished")
