"""The journal of a process that trades: a file on its own disk, written before anything is done.

Whoever appends waits until the events are on the disk. Those who wait at the same time share one commit, so a burst
costs few of them.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import NamedTuple

from sqlalchemy import Engine

from cryptoflow.clock import Clock
from cryptoflow.domain.events.storage import JournalRecovered
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.events.appending import Fenced, append
from cryptoflow.storage.events.unwritable import Standing, Unwritable, cause_of

MOST = 5_000
"""Events in one commit, about: more would let those who wait wait longer than a commit takes."""

_Answer = asyncio.Future[list[Recorded]]


def nothing() -> None:
    """Do nothing after a commit."""


class Closed(CryptoflowError):
    """The journal takes no more events: nothing of these is there."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"the journal of {account} is closed", fix="open it again to write to it", code=ExitCode.UNAVAILABLE
        )


class _Waiting(NamedTuple):
    """Events on their way to the disk, and who is told that they are there."""

    drafts: Sequence[Draft]
    streams: frozenset[str]
    expected: Mapping[str, int]
    answer: _Answer


class Journal:
    """An account's journal, with one thread that writes it.

    `threaded` is false on a virtual clock, which would jump while a thread works: commits then happen in the loop.
    `token` is the fencing token of the lease under which this process writes. After each commit `committed` is called
    in the thread that writes, so it must not wait; where it raises that is told once, and nobody's events pay for it.
    """

    def __init__(self, engine: Engine, account: str, clock: Clock, *, token: int = 0, threaded: bool = True) -> None:
        self.engine, self.account, self.clock, self.token = engine, account, clock, token
        self.file = engine.url.database
        self.commits = 0
        self.committed: Callable[[], None] = nothing
        self.trouble: Exception | None = None
        self._failure: JournalRecovered | None = None
        self._standing: Standing | None = None
        self._door, self._closed = Lock(), False
        self._queue: SimpleQueue[_Waiting | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=f"journal of {account}", daemon=True) if threaded else None
        if self._thread is not None:
            self._thread.start()

    async def append(self, drafts: Sequence[Draft], expected: Mapping[str, int] | None = None) -> list[Recorded]:
        """Write events as the next ones, all or none, and return them once they are on the disk.

        `expected` says of a stream how many events its writer knows; where there are others the append is refused.
        Whoever is cancelled while it waits does not take its events back: they are written all the same.
        """
        answer: _Answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_heard)
        waiting = _Waiting(drafts, frozenset(draft.event.stream for draft in drafts), expected or {}, answer)
        with self._door:
            if self._closed:
                raise Closed(self.account)
            if self._thread is not None:
                self._queue.put(waiting)
        if self._thread is None:
            self._commit([waiting])
        return await answer

    async def close(self) -> None:
        """Write what is waiting, and close the file."""
        with self._door:
            already, self._closed = self._closed, True
        if self._thread is None:
            self.engine.dispose()
            return
        if not already:
            self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        group: list[_Waiting] = []
        try:
            last = False
            while not last and (first := self._queue.get()) is not None:
                group, last = self._group(first)
                self._commit(group)
        finally:
            self._end(group)

    def _end(self, group: Sequence[_Waiting]) -> None:
        """Close the file; whoever still waits, which takes a bug of ours, hears that there is no answer."""
        with self._door:
            self._closed = True
        while not self._queue.empty():
            group = [*group, *filter(None, [self._queue.get()])]
        for each in group:
            _tell([(each.answer, Closed(self.account))])
        self.engine.dispose()

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
        """Write a group in one transaction; where one of it is refused, each half in its own, down to that one."""
        if len(group) > 1 and not _independent(group):
            self._halve(group)
            return
        drafts = [draft for each in group for draft in each.drafts]
        expected = {stream: known for each in group for stream, known in each.expected.items()}
        try:
            recorded = iter(self._write(drafts, expected))
        except Exception as error:  # a bug as well: whoever waits must hear of it, and nobody else pay for it
            cause = cause_of(error, self.file)
            if cause is not None:
                self._failed(group, cause)
            elif len(group) > 1 and not isinstance(error, Fenced):
                self._halve(group)
            else:
                _tell([(each.answer, error) for each in group])
        else:
            _tell([(each.answer, list(islice(recorded, len(each.drafts)))) for each in group])
            self._nudge()

    def _nudge(self) -> None:
        """Call whoever wants to know of a commit; the first time that it raises, say so where threads say it."""
        try:
            self.committed()
        except Exception as error:  # what was written stays written, and what comes next has to be
            if self.trouble is None:
                self.trouble = error
                told = (type(error), error, error.__traceback__, threading.current_thread())
                threading.excepthook(threading.ExceptHookArgs(told))

    def _halve(self, group: Sequence[_Waiting]) -> None:
        half = len(group) // 2
        self._commit(group[:half])
        self._commit(group[half:])

    def _failed(self, group: Sequence[_Waiting], cause: Unwritable) -> None:
        """Remember that the journal cannot be written, and say so to all who wait."""
        known = self._failure or JournalRecovered(self.clock.now(), 0, cause.why)
        self._failure = replace(known, refused=known.refused + len(group))
        _tell([(each.answer, Unwritable(self.file, cause.why, cause.remedy)) for each in group])

    def _write(self, drafts: Sequence[Draft], expected: Mapping[str, int]) -> list[Recorded]:
        """Write events, after one that says so where the journal could not be written before."""
        told = [] if self._failure is None else [Draft(self._failure, self.clock.now())]
        if self._standing is not None:
            self._standing.check(self.file)
        with self.engine.begin() as connection:
            recorded = append(connection, self.account, [*told, *drafts], expected=expected, token=self.token)
            if self._standing is None:
                self._standing = Standing.of(self.file)
        self._standing.check(self.file)
        self.commits += 1
        self._failure = None
        return recorded[len(told) :]


def _independent(group: Sequence[_Waiting]) -> bool:
    """Say whether what each of a group expects can be asked before any of it is written."""
    touched: set[str] = set()
    expected: dict[str, int] = {}
    for each in group:
        if touched & each.expected.keys():
            return False
        if any(expected.setdefault(stream, known) != known for stream, known in each.expected.items()):
            return False
        touched |= each.streams
    return True


def _heard(answer: _Answer) -> None:
    """Take note of an answer that nobody waits for any more, so that it is no complaint of the loop's."""
    if not answer.cancelled():
        answer.exception()


def _tell(answers: Sequence[tuple[_Answer, list[Recorded] | Exception]]) -> None:
    """Give their answers to those of a group, each loop woken once; who went away is not told."""

    def give(loop: asyncio.AbstractEventLoop) -> None:
        for answer, found in answers:
            if answer.get_loop() is not loop or answer.done():
                continue
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

    for loop in {answer.get_loop() for answer, _ in answers}:
        with suppress(RuntimeError):  # the loop is closed: nobody waits
            loop.call_soon_threadsafe(give, loop)
