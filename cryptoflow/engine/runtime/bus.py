"""The bus: the owner of state says what happened, and whoever wants to know hears it in its own time."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from cryptoflow.engine.runtime.events import Event, SubscriberFailed, SubscriberOverflowed
from cryptoflow.engine.runtime.queues import QUEUES, Overflow
from cryptoflow.engine.runtime.subscription import Subscription

BOUND = 1_024
"""Events that may wait for a subscriber that does not say otherwise."""

Work = Callable[[Subscription], Coroutine[Any, Any, None]]


class Bus:
    """Hands events to subscribers, to each in the order in which they were published.

    `publish` only appends to queues: it waits for nobody and raises for nobody, so it may stand between two
    decisions. It belongs to the thread of the event loop, like everything here. `pressed` is set when a queue gets
    half full: a feed of the past, which nothing forces to hurry, then lets the subscribers have a turn.
    """

    def __init__(self) -> None:
        self.subscriptions: list[Subscription] = []
        self.known: dict[str, tuple[Subscription, ...]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.pressed = False

    def hearing(self, name: str) -> tuple[Subscription, ...]:
        """Return who hears events of a name; where it is nobody there is no need to make one."""
        found = self.known.get(name)
        if found is None:
            found = self.known[name] = tuple(each for each in self.subscriptions if each.hears(name))
        return found

    def publish(self, event: Event) -> None:
        """Hand an event to everyone who hears it."""
        for subscription in self.hearing(event.name):
            if not subscription.put(event) and is_told(subscription.missed):
                self.tell_missed(subscription)
            if subscription.is_half_full():
                self.pressed = True

    def tell_missed(self, slow: Subscription) -> None:
        """Tell the others how much one has missed."""
        slow.told = slow.missed
        self.tell_others(slow, SubscriberOverflowed(slow.name, slow.missed))

    def tell_others(self, about: Subscription, event: Event) -> None:
        """Hand an event about a subscriber to all who hear it but that one; what they miss of it goes untold."""
        for other in self.hearing(event.name):
            if other is not about:
                other.put(event)

    def subscribe(self, name: str, *topics: str, overflow: Overflow, bound: int = BOUND) -> Subscription:
        """Return a subscription to events by their names, or by families as in `order.*`."""
        if bound < 1 or not topics:
            raise ValueError(f"{name} hears nothing: it takes a topic, and a queue for one event at least")
        subscription = Subscription(name, topics, QUEUES[overflow](bound), bound, self.tell_missed)
        self.subscriptions.append(subscription)
        self.known.clear()
        return subscription

    def attach(self, name: str, *topics: str, work: Work, overflow: Overflow, bound: int = BOUND) -> Subscription:
        """Run a subscriber as a task of its own; when it raises, that is an event, and all others go on."""
        subscription = self.subscribe(name, *topics, overflow=overflow, bound=bound)
        task = asyncio.create_task(work(subscription), name=name)
        self.tasks.add(task)
        task.add_done_callback(lambda done: self.ended(subscription, done))
        return subscription

    def call(
        self, name: str, *topics: str, each: Callable[[Any], object], overflow: Overflow, bound: int = BOUND
    ) -> Subscription:
        """Call a plain function with each event, from a task and in a thread: it may block, though not for ever."""

        async def work(subscription: Subscription) -> None:
            async for event in subscription:
                await asyncio.to_thread(lambda events: [each(event) for event in events], [event, *subscription.rest()])

        return self.attach(name, *topics, work=work, overflow=overflow, bound=bound)

    def ended(self, subscription: Subscription, task: "asyncio.Task[None]") -> None:
        """Take leave of a subscriber whose task is over; that it failed the others hear, or the loop if none does."""
        self.tasks.discard(task)
        self.leave(subscription)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            failed = SubscriberFailed(subscription.name, f"{type(error).__name__}: {error}")
            self.tell_others(subscription, failed)
            if not self.hearing(failed.name):
                said = {"message": f"{failed.name} {failed.subscriber}", "exception": error, "task": task}
                task.get_loop().call_exception_handler(said)

    def leave(self, subscription: Subscription) -> None:
        """Close a subscription and forget it."""
        subscription.close()
        if subscription in self.subscriptions:
            self.subscriptions.remove(subscription)
            self.known.clear()

    async def close(self, patience: float = 5.0) -> None:
        """Let the subscribers read what waits for them, and end those that need more than `patience` seconds."""
        for subscription in list(self.subscriptions):
            self.leave(subscription)
        if self.tasks:
            _, late = await asyncio.wait(self.tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def is_told(missed: int) -> bool:
    """Say whether so many missed events are told of at once: 1, 2, 4, 8 and so on, as telling should not flood.

    >>> [missed for missed in range(1, 20) if is_told(missed)]
    [1, 2, 4, 8, 16]
    """
    return missed & (missed - 1) == 0
