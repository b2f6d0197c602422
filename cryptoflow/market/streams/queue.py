"""What waits for the engine: bounded, in the order in which it was heard, nothing lost that must not be."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable

from cryptoflow.domain.ticks import Heard, Moved, Top

CONFLATED = frozenset({Top, Moved})
"""Kinds of which only the latest counts: one that nobody has read yet gives way to the next of its symbol.

Everything else waits for its turn whatever happens: when the queue is full the sockets are not read.
"""


class HeardQueue:
    """Events in the order of time. `bound` is where readers stop: what one message brings, or a mended hole,
    still goes in whole.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.conflated = 0
        self.longest = 0
        self._events: OrderedDict[Hashable, Heard] = OrderedDict()
        self._count = 0
        self._reader: asyncio.Future[None] | None = None
        self._writers: list[asyncio.Future[None]] = []
        self._ended: BaseException | None = None

    def put(self, events: Iterable[Heard]) -> None:
        """Take events in."""
        waiting = self._events
        for event in events:
            key: Hashable
            if type(event) in CONFLATED:
                key = (type(event), event[0])
                if waiting.pop(key, None) is not None:
                    self.conflated += 1
            else:
                key = self._count = self._count + 1
            waiting[key] = event
        if len(waiting) > self.longest:
            self.longest = len(waiting)
        if self._reader is not None and waiting and not self._reader.done():
            self._reader.set_result(None)

    async def get(self) -> Heard:
        """Return the next event, waiting for it when there is none; one reader at a time.

        After the end it returns what is left, and then raises why there is no more.
        """
        if self._reader is not None:
            raise RuntimeError("someone else waits for the next event already: a feed has one reader")
        while not self._events:
            if self._ended is not None:
                raise self._ended
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        event = self._events.popitem(last=False)[1]
        if self._writers and len(self._events) <= self.bound // 2:
            self._let_in()
        return event

    def end(self, reason: BaseException) -> None:
        """Take no more in: whoever waits for the next event learns why there is none."""
        if self._ended is None:
            self._ended = reason
            if self._reader is not None and not self._reader.done():
                self._reader.set_result(None)

    def keeps_waiting(self) -> bool:
        """Say whether a socket is left unread because the engine is behind."""
        return bool(self._writers)

    def is_full(self) -> bool:
        """Say whether the bound is reached."""
        return len(self._events) >= self.bound

    async def room(self) -> None:
        """Wait until the queue is half empty."""
        while self.is_full():
            waiting = asyncio.get_running_loop().create_future()
            self._writers.append(waiting)
            await waiting

    def __len__(self) -> int:
        return len(self._events)

    def _let_in(self) -> None:
        for waiting in self._writers:
            if not waiting.done():
                waiting.set_result(None)
        self._writers.clear()
