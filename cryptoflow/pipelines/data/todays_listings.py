"""What a venue allows, charges and trades today, recorded once a day while its bars come in."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.archive import day_of, days, read, record
from cryptoflow.market.times import DAY
from cryptoflow.settings import settings

if TYPE_CHECKING:
    from cryptoflow.market.rest.venue_client import VenueClient

PATIENCE = 30.0
"""Seconds that listings may take; bars are what a command is for."""

AFTER_MIDNIGHT = 60.0
"""Seconds that a new day is old when its listings are asked for."""


def is_due(home: Path, venue: str, now: int, *, volumes: bool) -> bool:
    """Say whether today's listings are not recorded yet, or lack the volumes that the venue could tell."""
    today = day_of(now)
    if today not in days(home, venue):
        return True
    return volumes and not read(home, venue, today).snapshot.volumes


async def kept_up(venue: str, home: Path, clock: Clock, say: Callable[[str], None]) -> None:
    """Record each day's listings of a venue once, for as long as this runs."""
    while True:
        await _asked_and_recorded(venue, home, clock, say)
        now = clock.now()
        await asyncio.sleep((DAY - now % DAY) / 1000 + AFTER_MIDNIGHT)


async def _asked_and_recorded(venue: str, home: Path, clock: Clock, say: Callable[[str], None]) -> None:
    from cryptoflow.market.rest.allowance import Priority
    from cryptoflow.market.rest.venue_client import venue_client

    try:
        if is_due(home, venue, clock.now(), volumes=True):
            async with venue_client(venue, settings().url_of(venue), Priority.HISTORY, clock) as client:
                await record_today(client, home, clock, say)
    except CryptoflowError as error:
        say(f"today's listings of {venue} are not recorded: {error.problems[0].what}")


async def record_today(client: "VenueClient", home: Path, clock: Clock, say: Callable[[str], None]) -> None:
    """Record today's listings of a venue unless they are; what keeps that from being done is said, and no more."""
    venue = client.venue
    try:
        if is_due(home, venue, clock.now(), volumes=client.tells_volumes):
            async with asyncio.timeout(PATIENCE):
                snapshot = await client.listings()
            record(home, venue, snapshot, clock)
    except TimeoutError:
        say(f"today's listings of {venue} are not recorded: it did not tell them within {PATIENCE:.0f} s")
    except CryptoflowError as error:
        say(f"today's listings of {venue} are not recorded: {error.problems[0].what}")
    except (OSError, LookupError, TypeError, ValueError) as error:  # what a venue tells may be anything
        say(f"today's listings of {venue} are not recorded: {error!r}")
