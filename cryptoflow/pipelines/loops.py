"""The event loop that busy sockets are read on."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end on the quickest loop there is; Ctrl-C cancels the work first, and is raised when it has ended."""
    with asyncio.Runner(loop_factory=quickest()) as runner:
        return runner.run(work)


def quickest() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes loops of uvloop, None for asyncio's own where uvloop is not installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
