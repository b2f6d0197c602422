"""Taking over a journal from whoever held the account before, who may have died at it.

A lease that ran out and was given back by nobody is all that a watchdog goes by. Whoever takes it, for however short a
time, takes that away: so it writes down what the watchdog would have written, and has the lease only after that.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from cryptoflow.clock import Clock
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.recovery.asking import tripping
from cryptoflow.domain.recovery.deadman import Seen, is_dead, trip_of_silence
from cryptoflow.domain.recovery.switch import Switch, after
from cryptoflow.storage.events.appending import append, fence
from cryptoflow.storage.events.extent import extent_of
from cryptoflow.storage.events.reading import Wanted, events
from cryptoflow.storage.events.unwritable import cause_of
from cryptoflow.storage.files import existing
from cryptoflow.storage.leases.grants import NOBODY, Grant, moment
from cryptoflow.storage.leases.lease import Terms, milliseconds

TOLD = ("kill.*", "recovery.*")
"""Names of the events that say how a switch stands."""


@dataclass(frozen=True, slots=True)
class Heir:
    """Whoever takes over a journal in a file, to run `what` under leases of `terms`.

    One that writes nothing itself does not fence the journal, but of a death it tells all the same.
    """

    file: Path
    what: str
    terms: Terms
    clock: Clock
    fences: bool = True

    def succeed(self, before: Grant, mine: Grant) -> None:
        """Keep earlier holders of a lease from writing to the journal; where the last one died, trip the switch too.

        Both are one commit: nobody is kept out without a word of why. It is made while the lease is taken but not yet
        given (`Leases.take`): where it fails, or its process dies at it, the lease is still that of the dead, and the
        next who takes it finds the death again, or finds it written. A journal that is not there yet has no dead.
        """
        if not self.file.is_file() or not (self.fences or before.holder != NOBODY):
            return
        engine = existing(self.file)
        try:
            with engine.begin() as connection:
                writes = extent_of(connection, mine.account).token == before.token
                seen = Seen(before.holder, before.token, before.taken_at, before.expires_at, writes)
                died = is_dead(seen, mine.taken_at)
                if self.fences or died:
                    fence(connection, mine.account, mine.token)
                if died:
                    self._trip(connection, before, mine)
        except DatabaseError as error:  # in the words of the journal, or it would be taken for the leases' own
            if (unwritable := cause_of(error, str(self.file))) is None:
                raise
            raise unwritable from error
        finally:
            engine.dispose()

    def _trip(self, connection: Connection, dead: Grant, mine: Grant) -> None:
        limit = milliseconds(self.terms.expiry)
        switch = fold(events(connection, Wanted(mine.account, names=TOLD)), after, Switch())
        trip = trip_of_silence(mine.taken_at - dead.expires_at + limit, limit)
        if drafts := tripping(switch, trip, self.clock.now(), self.what, silence_of(dead, self.terms)):
            append(connection, mine.account, drafts, token=mine.token)


def silence_of(dead: Grant, terms: Terms) -> str:
    """Return in words since when nothing was heard of a dead process."""
    return f"{dead.holder} has not renewed its lease since {moment(dead.expires_at - milliseconds(terms.expiry))}"
