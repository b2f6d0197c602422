"""The event loop that busy sockets are read on."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

Result = TypeVar("Result")


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end on the quickest loop there is; Ctrl-C cancels the work first, and is raised when it has ended."""
    with asyncio.Runner(loop_factory=quickest()) as runner:
        return runner.run(work)


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do works beside what is done while this is entered: none outlives it, and the failure of one ends it at once."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(work) for work in works]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
    except BaseExceptionGroup as failed:
        if len(failed.exceptions) == 1:
            raise failed.exceptions[0] from None
        raise


def quickest() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return what makes loops of uvloop, None for asyncio's own where uvloop is not installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop
