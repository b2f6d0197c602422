"""A lease in a process's hands: it renews itself, and says how sure one may be of it."""

import asyncio
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.away import Away, answered
from cryptoflow.storage.database import Database
from cryptoflow.storage.leases import grants as leases
from cryptoflow.storage.leases.grants import Grant, LeaseHeld, LeaseLost

SHORTEST = 0.05
"""Seconds between two looks at a lease that is about to end."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long leases are: renewed every `heartbeat` seconds, in doubt after `silence` without, ended at `expiry`."""

    heartbeat: float = 5.0
    silence: float = 20.0
    expiry: float = 60.0

    @property
    def patience(self) -> float:
        """Return the seconds that the database has to answer a renewal, so that another one is in time."""
        return self.silence / 4

    @property
    def again(self) -> float:
        """Return the seconds after which to try again what went wrong."""
        return self.heartbeat / 5

    def __post_init__(self) -> None:
        """Refuse terms under which a holder would stop too late, or for nothing."""
        if not 0 < self.heartbeat < self.silence < self.expiry:
            raise CryptoflowError(
                f"a lease cannot be renewed every {self.heartbeat:g} s, in doubt after {self.silence:g} s and over "
                f"after {self.expiry:g} s",
                fix="let CRYPTOFLOW_LEASE_HEARTBEAT < CRYPTOFLOW_LEASE_SILENCE < CRYPTOFLOW_LEASE_EXPIRY",
                code=ExitCode.USAGE,
            )


class Standing(StrEnum):
    """What a holder may do: everything; nothing that adds risk, only exits; nothing at all."""

    HELD = "held"
    SILENT = "silent"
    LOST = "lost"


Tell = Callable[[Standing], None]


def untold(_: Standing) -> None:
    """Tell nobody."""


Succeed = Callable[[Grant, Grant], None]
"""What has to be done before a lease may go on: it is given the lease as it was and as it will be."""


def holder_of(what: str) -> str:
    """Return who this process is, for those whom it keeps out: its host, its number and what it runs."""
    return f"{socket.gethostname()}, process {os.getpid()} ({what})"


class Lease:
    """An account's lease while this process holds it. `tell` hears of every change of its standing.

    `before` is the lease as it was when this process took it: whoever had it may have died.

    It is renewed by a task of the loop it was taken in, but `standing` does not trust that task: it compares the last
    renewal that the database confirmed with the time, so a process that was stopped for a while knows before it acts.
    """

    def __init__(
        self, database: Database, before: Grant, grant: Grant, terms: Terms, clock: Clock, tell: Tell, begun: "Reading"
    ) -> None:
        self.database, self.terms, self.clock, self.tell = database, terms, clock, tell
        self.before, self.grant = before, grant
        self.trouble: CryptoflowError | None = None
        self._renewed, self._told, self._is_lost = begun, Standing.HELD, False
        self._alarm: asyncio.TimerHandle | None = None
        self._closing = asyncio.Event()
        self._watch()
        self._task = asyncio.create_task(self._hold(), name=f"lease of {grant.account}")

    @property
    def token(self) -> int:
        """Return the fencing token under which everything is written while the lease is held."""
        return self.grant.token

    @property
    def silent_for(self) -> float:
        """Return the seconds since the last renewal that the database confirmed was asked for."""
        return self._renewed.until(self._read())

    @property
    def standing(self) -> Standing:
        """Return how sure the lease is at this moment."""
        if self._is_lost:
            return Standing.LOST
        return Standing.SILENT if self.silent_for >= self.terms.silence else Standing.HELD

    async def renew(self) -> None:
        """Renew the lease now, or raise `Away` or `LeaseLost`."""
        begun = self._read()
        try:
            async with answered(self.database, self.terms.patience), self.database.writing() as connection:
                expiry = milliseconds(self.terms.expiry)
                self.grant = await connection.run_sync(leases.renew, self.grant, expiry, self.clock)
        except LeaseLost:
            self._is_lost = True
            self._watch()
            raise
        self._renewed = begun
        self._watch()

    async def close(self) -> None:
        """Give the lease back; where the database is away it ends by itself."""
        self._closing.set()
        self._watch()
        await self._task
        if self._is_lost:
            return
        try:
            async with answered(self.database, self.terms.patience), self.database.writing() as connection:
                await connection.run_sync(leases.give_back, self.grant, self.clock)
        except Away as error:
            self.trouble = error
        self._is_lost = True

    async def __aenter__(self) -> Self:
        """Hold it."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        await self.close()

    async def _hold(self) -> None:
        """Renew until the lease is closed or lost; a renewal that has begun is never cut off."""
        while not self._is_lost:
            pause = self.terms.heartbeat if self.trouble is None else self.terms.again
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), pause)
                return
            try:
                await self.renew()
            except (Away, LeaseLost) as error:
                self.trouble = error
            else:
                self.trouble = None

    def _watch(self) -> None:
        """Tell the owner what is new, and look again when the lease would fall silent."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if self._closing.is_set():
            return
        standing = self.standing
        if standing is Standing.HELD:
            left = self.terms.silence - self.silent_for
            self._alarm = asyncio.get_running_loop().call_later(left, self._watch)
        if standing is not self._told:
            self._told = standing
            self.tell(standing)

    def _read(self) -> "Reading":
        return Reading.now(self.clock)


class Reading:
    """A moment on two clocks: one that a sleeping machine's own counter misses, one that nobody can set back."""

    def __init__(self, told: float, counted: float) -> None:
        self.told, self.counted = told, counted

    @classmethod
    def now(cls, clock: Clock) -> Self:
        """Read both."""
        return cls(clock.now() / 1000, asyncio.get_running_loop().time())

    def until(self, later: "Reading") -> float:
        """Return the seconds that have passed, by the clock that saw more of them.

        >>> Reading(100.0, 7.0).until(Reading(3_700.0, 8.0)), Reading(100.0, 7.0).until(Reading(0.0, 8.0))
        (3600.0, 1.0)
        """
        return max(later.told - self.told, later.counted - self.counted)


class Leases:
    """The leases of a database."""

    def __init__(self, database: Database, clock: Clock, terms: Terms | None = None) -> None:
        self.database, self.clock, self.terms = database, clock, terms or Terms()

    async def take(
        self,
        account: str,
        what: str,
        *,
        above: int,
        fences: bool = True,
        tell: Tell = untold,
        succeed: Succeed | None = None,
    ) -> Lease:
        """Return an account's lease, or raise `LeaseHeld` with who has it and until when.

        `what` is what this process runs, in the eyes of whoever it keeps out. `above` is the highest token that the
        account's own journal has seen (`floor.floor_of` its file): this database may be new, or restored from before
        that was given, and a lower one could write nothing. Whoever writes to that journal begins by fencing it with
        the new token (`appending.fence`). One who writes nothing, and must not keep what an earlier holder left behind
        from being shipped, does not fence.

        `succeed` is done in a thread while the row of the lease is ours and before that is committed: where it raises,
        the lease is as it was. It must not wait for this database.
        """
        begun = Reading.now(self.clock)
        async with answered(self.database, self.terms.silence), self.database.writing() as connection:
            expiry = milliseconds(self.terms.expiry)
            taken = await connection.run_sync(leases.take, account, holder_of(what), expiry, self.clock, above, fences)
            if succeed is not None:
                await asyncio.to_thread(succeed, *taken)
        return Lease(self.database, *taken, self.terms, self.clock, tell, begun)

    async def wait_for(
        self,
        account: str,
        what: str,
        *,
        above: int,
        seconds: float | None = None,
        fences: bool = True,
        tell: Tell = untold,
        succeed: Succeed | None = None,
    ) -> Lease:
        """Return an account's lease as soon as nobody else holds it; after `seconds` raise what stood in the way."""
        begun = Reading.now(self.clock)
        while True:
            try:
                return await self.take(account, what, above=above, fences=fences, tell=tell, succeed=succeed)
            except (LeaseHeld, Away) as error:
                left = error.left / 1000 if isinstance(error, LeaseHeld) else self.terms.heartbeat
                if seconds is not None:
                    left = min(left, seconds - begun.until(Reading.now(self.clock)))
                    if left <= 0:
                        raise
            await asyncio.sleep(max(SHORTEST, min(left, self.terms.heartbeat)))

    async def held(self) -> Sequence[tuple[Grant, int]]:
        """Return the leases that somebody holds, each with the milliseconds left of it."""
        async with answered(self.database, self.terms.silence), self.database.reading() as connection:
            return await connection.run_sync(leases.held, self.clock)

    async def last(self, account: str) -> tuple[Grant, int]:
        """Return an account's lease as it was last given, also one that has run out, and what time it is for it."""
        async with answered(self.database, self.terms.silence), self.database.reading() as connection:
            return await connection.run_sync(leases.last, account, self.clock)


def milliseconds(seconds: float) -> int:
    """Return seconds as the whole milliseconds that tables keep."""
    return round(seconds * 1000)
