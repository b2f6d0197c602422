"""From a local journal to the database that hosts share: every event, with its number and its seal, at least once.

The shipper reads the journal's file like any other reader, so the journal never waits for it; where the database is
away, slow or cut off in mid-word, the shipper alone waits, and begins again where the database says that it stands.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from cryptoflow.clock import Clock
from cryptoflow.domain.events.storage import DatabaseBack, DatabaseLost
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.storage.away import Away, answered
from cryptoflow.storage.database import Database, local_engine
from cryptoflow.storage.events.appending import EVENTS, Conflict, adopt
from cryptoflow.storage.events.asking import asked
from cryptoflow.storage.events.extent import extent_of
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.reading import Wanted, following, newest
from cryptoflow.storage.events.unwritable import Unwritable
from cryptoflow.storage.migrating import newest as newest_revision
from cryptoflow.storage.migrating import our_revision
from cryptoflow.storage.shipping.comparing import Differs, agreed
from cryptoflow.storage.waits import Backoff

Progress = Callable[[int, int], None]


class Pace(NamedTuple):
    """How a shipper goes about it: events in a transaction, seconds between looks at the journal, seconds that the
    database has for a transaction, and the shortest and longest wait for one that is away."""

    batch: int = 1_000
    look: float = 0.25
    patience: float = 30.0
    shortest: float = 1.0
    longest: float = 30.0


class Lag(NamedTuple):
    """How far the database is behind the journal; `seconds` is the age of the oldest event that it lacks."""

    events: int = 0
    seconds: float = 0.0


@dataclass
class Figures:
    """What a shipper has done and how it stands: `away_since` is set while the database is away."""

    shipped: int = 0
    batches: int = 0
    outages: int = 0
    away_since: int | None = None
    error: str = ""


class Shipper:
    """Ships an account's journal file to a database. Its owner closes it, the database and the journal.

    `there` is how many events the database has, as far as the shipper knows. `journal` is told of the database's
    absences, where this process is the one that writes it.
    """

    def __init__(
        self,
        file: Path,
        account: str,
        target: Database,
        clock: Clock,
        *,
        journal: Journal | None = None,
        pace: Pace | None = None,
        draw: Random | None = None,
    ) -> None:
        self.account, self.target, self.clock, self.journal = account, target, clock, journal
        self.source = local_engine(str(file))
        self.pace, self.draw, self.figures = pace or Pace(), draw or Random(), Figures()
        self.there, self._sure = 0, False
        self._untold: list[Draft] = []
        self._nudged, self._ended = asyncio.Event(), asyncio.Event()

    async def ship(self, progress: Progress | None = None) -> int:
        """Ship all that the journal holds by now, and return how many events were new to the database.

        Raises `Away`, `Foreign` where the database is none of ours, `Differs` with the first event that is another one
        there, or `Fenced` where another process has taken the account.
        """
        try:
            return await self._ship(progress)
        except Conflict:
            self._sure = False  # the database is not where we left it: an older copy of it was restored, say
        try:
            return await self._ship(progress)
        except Conflict as conflict:
            raise Differs(conflict.problems[0].what) from conflict

    async def run(self) -> None:
        """Ship until `end`; a database that is not ours, another journal in it or another holder end it as well."""
        await self._remember()
        backoff = Backoff(self.pace.shortest, self.pace.longest)
        pauses = backoff.waits(self.draw)
        while not self._ended.is_set():
            self._nudged.clear()
            try:
                await self.ship()
            except Away as away:
                await self._lost(away)
                await pause(self._ended, next(pauses))
            else:
                pauses = backoff.waits(self.draw)
                await pause(self._nudged, self.pace.look)

    def nudge(self) -> None:
        """Look at the journal now, because something was committed. Belongs into the loop that the shipper runs in."""
        self._nudged.set()

    def end(self) -> None:
        """End `run` after the batch that is on its way; what is left is for the next shipper."""
        self._ended.set()
        self._nudged.set()

    async def lag(self) -> Lag:
        """Return how far the database is behind, as far as the shipper knows: until it has answered once, wholly."""
        found: Lag = await self._here(self._behind)
        return found

    async def close(self) -> None:
        """Close the journal's file."""
        self.source.dispose()

    async def _ship(self, progress: Progress | None) -> int:
        if not self._sure:
            await self._agree()
        end = (await self._here(extent_of, self.account)).seq
        begun, new = self.there, 0
        while self.there < end and not self._ended.is_set():
            new += await self._send()
            await self._back(end - self.there)
            if progress is not None:
                progress(self.there - begun, end - begun)
        await self._back(end - self.there)
        return new

    async def _agree(self) -> None:
        """Learn where the database stands, which must be on our way."""
        async with answered(self.target, self.pace.patience), self.target.reading() as there:
            found, needed = await there.run_sync(our_revision), newest_revision()
            if found != needed:
                why = f"it is of revision {found or 'none'}, this version needs {needed}"
                raise Away(self.target.name, why, fix="cryptoflow db upgrade")
            self.there = (await agreed(self._here, there.run_sync, self.account)).seq
        self._sure = True

    async def _send(self) -> int:
        """Ship the next events in one transaction, and return how many of them were new."""
        batch = await self._here(following, Wanted(self.account, after=self.there), self.pace.batch)
        if not batch:
            raise Differs(f"event {self.there + 1} of {self.account} is missing here, and all after it")
        token = (await self._here(extent_of, self.account)).token
        self._sure = False  # until it is answered: a commit may arrive whose answer does not
        async with answered(self.target, self.pace.patience), self.target.writing() as there:
            new = len(await there.run_sync(partial(adopt, account=self.account, events=batch, token=token)))
        self.there, self._sure = batch[-1].seq, True
        self.figures.shipped += new
        self.figures.batches += 1
        return new

    async def _lost(self, away: Away) -> None:
        """Note that the database is away, and tell the journal once."""
        figures, figures.error = self.figures, away.why
        if figures.away_since is None:
            figures.away_since, figures.outages = self.clock.now(), figures.outages + 1
            self._untold.append(Draft(DatabaseLost(self.target.name, away.why), figures.away_since))
        await self._tell()

    async def _back(self, behind: int) -> None:
        """Note that the database answers, and tell the journal once."""
        figures = self.figures
        if figures.away_since is not None:
            back = DatabaseBack(self.target.name, figures.away_since, behind)
            self._untold.append(Draft(back, self.clock.now()))
            figures.away_since, figures.error = None, ""
        await self._tell()

    async def _tell(self) -> None:
        """Write what is to be told to the journal; while it cannot be written, that is for later."""
        if self.journal is None:
            self._untold.clear()
        if not self._untold or self.journal is None:
            return
        try:
            await self.journal.append(self._untold)
        except Unwritable:
            return
        self._untold.clear()

    async def _remember(self) -> None:
        """Go on with an outage that began before this process did."""
        ends = (DatabaseLost.name, DatabaseBack.name)
        told = await self._here(newest, Wanted(self.account, names=ends), 1)
        if told and isinstance(lost := told[0].event, DatabaseLost) and lost.database == self.target.name:
            self.figures.away_since, self.figures.error = told[0].at, lost.error

    async def _here(self, work: Callable[..., Any], *about: Any) -> Any:
        """Ask the journal's file something, in a short transaction that keeps no writer waiting."""
        return await asyncio.to_thread(asked, self.source, self.account, work, *about)

    def _behind(self, here: Connection) -> Lag:
        end = extent_of(here, self.account).seq
        first = select(EVENTS.c.at).where(EVENTS.c.account == self.account, EVENTS.c.seq == self.there + 1)
        oldest = here.scalar(first)
        return Lag(end - self.there, 0.0 if oldest is None else max(0, self.clock.now() - oldest) / 1000)


async def pause(until: asyncio.Event, seconds: float) -> None:
    """Wait for something, but no longer than so."""
    with suppress(TimeoutError):
        await asyncio.wait_for(until.wait(), seconds)
