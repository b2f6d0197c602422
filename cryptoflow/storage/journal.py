"""The journal of a process that trades: a file on its own disk, written before anything is done.

Whoever appends waits until the events are on the disk. Those who wait at the same time share one commit, so a burst
costs few of them.
"""

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, IntegrityError

from cryptoflow.clock import Clock
from cryptoflow.domain.events.storage import JournalRecovered
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.appending import append

MOST = 5_000
"""Events in one commit, about: more would let those who wait wait longer than a commit takes."""


class Unwritable(CryptoflowError):
    """The journal could not be written: nothing of these events is there, and nothing may be done about them."""

    def __init__(self, file: str | None, error: DatabaseError) -> None:
        super().__init__(
            f"the journal {file} cannot be written: {error.orig}",
            fix="make room on its disk, or mend what the message names; nothing is sent until it can be written",
            code=ExitCode.UNAVAILABLE,
        )


class _Waiting(NamedTuple):
    """Events on their way to the disk, and who is told that they are there."""

    drafts: Sequence[Draft]
    expected: Mapping[str, int]
    answer: asyncio.Future[list[Recorded]]


class Journal:
    """An account's journal, with one thread that writes it.

    `threaded` is false on a virtual clock, which would jump while a thread works: commits then happen in the loop.
    `token` is the fencing token of the lease under which this process writes.
    """

    def __init__(self, engine: Engine, account: str, clock: Clock, *, token: int = 0, threaded: bool = True) -> None:
        self.engine, self.account, self.clock, self.token = engine, account, clock, token
        self.commits = 0
        self._failing_since, self._refused, self._error = 0, 0, ""
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=f"journal of {account}", daemon=True) if threaded else None
        if self._thread is not None:
            self._thread.start()

    async def append(self, drafts: Sequence[Draft], expected: Mapping[str, int] | None = None) -> list[Recorded]:
        """Write events as the next ones, all or none, and return them once they are on the disk.

        `expected` says of a stream how many events its writer knows; where there are others the append is refused.
        """
        loop = asyncio.get_running_loop()
        waiting = _Waiting(drafts, expected or {}, loop.create_future())
        if self._thread is None:
            self._commit([waiting])
        else:
            self._queue.put(waiting)
        return await asyncio.shield(waiting.answer)

    async def close(self) -> None:
        """Write what is waiting, and close the file."""
        if self._thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(self._thread.join)
        self.engine.dispose()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            group, last = self._group(first)
            self._commit(group)
            if last:
                return

    def _group(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """Return what waits with the first, and whether nothing will come after it."""
        group, count = [first], len(first.drafts)
        while count < MOST:
            try:
                following = self._queue.get_nowait()
            except Empty:
                break
            if following is None:
                return group, True
            group.append(following)
            count += len(following.drafts)
        return group, False

    def _commit(self, group: Sequence[_Waiting]) -> None:
        """Write a group in one transaction; where one of it is refused, each in its own."""
        if len(group) > 1 and not _independent(group):
            for each in group:
                self._commit([each])
            return
        drafts = [draft for each in group for draft in each.drafts]
        expected = {stream: known for each in group for stream, known in each.expected.items()}
        try:
            recorded = iter(self._write(drafts, expected))
        except (CryptoflowError, IntegrityError) as error:
            if len(group) == 1:
                _tell(group[0].answer, error)
            else:
                for each in group:
                    self._commit([each])
        except DatabaseError as error:
            if not self._failing_since:
                self._failing_since, self._error = self.clock.now(), str(error.orig)
            self._refused += len(group)
            for each in group:
                _tell(each.answer, Unwritable(self.engine.url.database, error))
        else:
            for each in group:
                _tell(each.answer, list(islice(recorded, len(each.drafts))))

    def _write(self, drafts: Sequence[Draft], expected: Mapping[str, int]) -> list[Recorded]:
        """Write events, after one that says so where the journal could not be written before."""
        told: list[Draft] = []
        if self._failing_since:
            recovered = JournalRecovered(self._failing_since, self._refused, self._error)
            told.append(Draft(recovered, self.clock.now()))
        with self.engine.begin() as connection:
            recorded = append(connection, self.account, [*told, *drafts], expected=expected, token=self.token)
        self.commits += 1
        self._failing_since, self._refused = 0, 0
        return recorded[len(told) :]


def _independent(group: Sequence[_Waiting]) -> bool:
    """Say whether nobody in a group expects something of a stream that an earlier one in it adds to."""
    touched: set[str] = set()
    for each in group:
        if touched & each.expected.keys():
            return False
        touched |= {draft.event.stream for draft in each.drafts}
    return True


def _tell(answer: asyncio.Future[list[Recorded]], found: list[Recorded] | Exception) -> None:
    """Give an answer to whoever waits for it, in another thread or in this one."""

    def give() -> None:
        if answer.done():
            return
        if isinstance(found, Exception):
            answer.set_exception(found)
        else:
            answer.set_result(found)

    answer.get_loop().call_soon_threadsafe(give)
