"""Taking over a journal from whoever held the account before, who may have died at it.

A lease that ran out and was given back by nobody is all that a watchdog goes by. Whoever takes it, for however short a
time, takes that away: so it writes down what the watchdog would have written.
"""

from pathlib import Path

from sqlalchemy import Connection

from cryptoflow.clock import Clock
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.recovery.asking import tripping
from cryptoflow.domain.recovery.deadman import Seen, is_dead, trip_of_silence
from cryptoflow.domain.recovery.switch import Switch, after
from cryptoflow.storage.events.appending import append, fence
from cryptoflow.storage.events.extent import extent_of
from cryptoflow.storage.events.reading import Wanted, events
from cryptoflow.storage.files import existing
from cryptoflow.storage.leases.grants import Grant, moment
from cryptoflow.storage.leases.lease import Lease, Terms, milliseconds

TOLD = ("kill.*", "recovery.*")
"""Names of the events that say how a switch stands."""


def succeeded(file: Path, lease: Lease, what: str, clock: Clock, *, fences: bool = True) -> None:
    """Keep earlier holders of a lease from writing to a journal; where the last one died, trip the switch as well.

    Both are one commit: nobody is kept out without a word of why. Who writes nothing itself does not fence, but of a
    death it tells all the same.
    """
    before, mine = lease.before, lease.grant
    engine = existing(file)
    try:
        with engine.begin() as connection:
            writes = extent_of(connection, mine.account).token == before.token
            seen = Seen(before.holder, before.token, before.taken_at, before.expires_at, writes)
            died = is_dead(seen, mine.taken_at)
            if fences or died:
                fence(connection, mine.account, mine.token)
            if died:
                _trip(connection, lease, what, clock)
    finally:
        engine.dispose()


def silence_of(dead: Grant, terms: Terms) -> str:
    """Return in words since when nothing was heard of a dead process."""
    return f"{dead.holder} has not renewed its lease since {moment(dead.expires_at - milliseconds(terms.expiry))}"


def _trip(connection: Connection, lease: Lease, what: str, clock: Clock) -> None:
    dead, mine, limit = lease.before, lease.grant, milliseconds(lease.terms.expiry)
    switch = fold(events(connection, Wanted(mine.account, names=TOLD)), after, Switch())
    trip = trip_of_silence(mine.taken_at - dead.expires_at + limit, limit)
    if drafts := tripping(switch, trip, clock.now(), what, silence_of(dead, lease.terms)):
        append(connection, mine.account, drafts, token=mine.token)
