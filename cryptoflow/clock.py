"""What time it is: the machine's clock, or one that jumps to the next thing that happens.

`VirtualLoop` runs programs that talk over real sockets in no time: when nothing is readable, its clock jumps to the
next timer. Two programs in one process on one such loop see the same moments in the same order on every machine.
`virtual_time` makes `time.time` and its kin follow; what binds them by name has to be imported inside it.
"""

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

GRAIN = 1e-6
"""Seconds that the virtual clock tells apart: far above what a float of a year loses, far below what anyone waits."""


class Clock(Protocol):
    """Whoever knows what time it is."""

    def now(self) -> int:
        """Return epoch milliseconds."""

    def nanoseconds(self) -> int:
        """Return epoch nanoseconds, for latencies."""


class MachineClock:
    """The clock of this machine, or under `virtual_time` the virtual one."""

    def now(self) -> int:
        """Return epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def nanoseconds(self) -> int:
        """Return epoch nanoseconds, for latencies."""
        return time.time_ns()


class _Jumping(selectors.DefaultSelector):
    """Waits for sockets without waiting: where none is ready the time that was asked for has passed."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return what is ready now; a wait without end is a real one, for threads."""
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout is not None and timeout > 0:
            self.passed += max(timeout, GRAIN)
        return list(ready)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock starts at 0 and jumps from one event to the next."""

    def __init__(self) -> None:
        self.jumping = _Jumping()
        super().__init__(self.jumping)
        # A timer is due when it is nearer than this; a float's own grain would leave the loop turning for ever.
        self._clock_resolution = GRAIN

    def time(self) -> float:
        """Return the seconds that have passed on this loop."""
        return self.jumping.passed


def is_virtual() -> bool:
    """Say whether the loop that runs has a clock that jumps."""
    return isinstance(asyncio.get_running_loop(), VirtualLoop)


@contextmanager
def virtual_time(start: int) -> Iterator[VirtualLoop]:
    """Open a loop whose clock shows `start` (epoch milliseconds), which the module `time` follows meanwhile."""
    loop = VirtualLoop()
    kept = {name: getattr(time, name) for name in ("time", "time_ns", "monotonic", "monotonic_ns")}
    begin = start * 1_000_000

    def passed() -> int:
        return round(loop.time() * 1e9)

    faces: dict[str, Callable[[], float]] = {
        "time": lambda: (begin + passed()) / 1e9,
        "time_ns": lambda: begin + passed(),
        "monotonic": loop.time,
        "monotonic_ns": passed,
    }
    try:
        for name, face in faces.items():
            setattr(time, name, face)
        yield loop
    finally:
        for name, face in kept.items():
            setattr(time, name, face)
        loop.close()
