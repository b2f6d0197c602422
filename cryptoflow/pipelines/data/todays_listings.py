"""What a venue allows, charges and trades today, recorded once a day while its bars come in.

A day is one of the venue's own clock: a rehearsal venue lives on another than this machine.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.archive import day_of, days, read, record
from cryptoflow.market.times import DAY
from cryptoflow.pipelines.budgets import budgets
from cryptoflow.settings import settings

if TYPE_CHECKING:
    from cryptoflow.market.rest.venue_client import VenueClient

PATIENCE = 30.0
"""Seconds that listings may take; bars are what a command is for."""

AFTER_MIDNIGHT = 60.0
"""Seconds that a new day is old when its listings are asked for."""


def is_due(home: Path, venue: str, now: int, *, volumes: bool) -> bool:
    """Say whether the listings of a day are not recorded yet, or lack the volumes that the venue could tell."""
    today = day_of(now)
    if today not in days(home, venue):
        return True
    return volumes and not read(home, venue, today).snapshot.volumes


async def kept_up(venue: str, home: Path, clock: Clock, say: Callable[[str], None]) -> None:
    """Record each day's listings of a venue once, for as long as this runs."""
    ahead = None if settings().url_of(venue) else 0  # how far is known once it was asked; the real ones live today
    while True:
        ahead = await _asked_and_recorded(venue, home, clock, ahead, say)
        now = clock.now() + (ahead or 0)
        await asyncio.sleep((DAY - now % DAY) / 1000 + AFTER_MIDNIGHT)


async def _asked_and_recorded(
    venue: str, home: Path, clock: Clock, ahead: int | None, say: Callable[[str], None]
) -> int | None:
    """Record a venue's listings where they are due, and return how far its clock is ahead of ours."""
    from cryptoflow.market.rest.allowance import Priority
    from cryptoflow.market.rest.budget import HERE
    from cryptoflow.market.rest.venue_client import venue_client

    try:
        if ahead is None or is_due(home, venue, clock.now() + ahead, volumes=True):
            url = settings().url_of(venue)
            async with venue_client(venue, url, Priority.HISTORY, clock, budgets() or HERE) as client:
                clocks = await client.clocks()
                if ahead is None and (far := clocks.remark(venue)):
                    say(far)
                ahead = clocks.theirs - clocks.ours
                await record_today(client, home, clocks.theirs, say)
    except CryptoflowError as error:
        say(f"today's listings of {venue} are not recorded: {error.problems[0].what}")
    return ahead


async def record_today(client: "VenueClient", home: Path, now: int, say: Callable[[str], None]) -> None:
    """Record a venue's listings of its own today unless they are; what keeps that from being done is said, no more."""
    venue = client.venue
    try:
        if is_due(home, venue, now, volumes=client.tells_volumes):
            async with asyncio.timeout(PATIENCE):
                snapshot = await client.listings()
            record(home, venue, snapshot, now)
    except TimeoutError:
        say(f"today's listings of {venue} are not recorded: it did not tell them within {PATIENCE:.0f} s")
    except CryptoflowError as error:
        say(f"today's listings of {venue} are not recorded: {error.problems[0].what}")
    except (OSError, LookupError, TypeError, ValueError) as error:  # what a venue tells may be anything
        say(f"today's listings of {venue} are not recorded: {error!r}")
