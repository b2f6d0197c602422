"""What one subscriber hears: a bounded queue that it reads in its own time."""

from asyncio import Event as Bell
from collections.abc import Callable, Sequence

from cryptoflow.engine.runtime.events import Event
from cryptoflow.engine.runtime.queues import Queue


class Subscription:
    """The events that wait for a subscriber: `async for event in subscription`, until it is closed and empty.

    `missed` counts what it was too slow for; `told` is how many of these the others know of.
    """

    def __init__(
        self, name: str, topics: Sequence[str], queue: Queue, bound: int, caught_up: Callable[["Subscription"], None]
    ) -> None:
        self.name, self.topics, self.queue, self.caught_up = name, topics, queue, caught_up
        self.half = (bound + 1) // 2
        self.missed = self.told = 0
        self.open = True
        self.bell = Bell()

    def hears(self, name: str) -> bool:
        """Say whether a topic is the name, or its family as in `order.*`."""
        return any(topic == name or (topic.endswith(".*") and name.startswith(topic[:-1])) for topic in self.topics)

    def put(self, event: Event) -> bool:
        """Let an event wait; False when one is lost by it."""
        self.bell.set()
        if self.queue.put(event):
            return True
        self.missed += 1
        return False

    def is_half_full(self) -> bool:
        """Say whether the queue is at its half just now; one that stays above it is not asked to hurry any more."""
        return len(self.queue) == self.half

    def __aiter__(self) -> "Subscription":
        return self

    async def __anext__(self) -> Event:
        while not self.queue:
            if not self.open:
                raise StopAsyncIteration
            self.bell.clear()
            await self.bell.wait()
        return self.take()

    def take(self) -> Event:
        """Hand over the next event; with the last one that waits the subscriber has caught up."""
        event = self.queue.pop()
        if not self.queue and self.missed > self.told:
            self.caught_up(self)
        return event

    def rest(self) -> list[Event]:
        """Hand over all events that wait."""
        return [self.take() for _ in range(len(self.queue))]

    def close(self) -> None:
        """Hear nothing new; what waits can still be read."""
        self.open = False
        self.bell.set()
