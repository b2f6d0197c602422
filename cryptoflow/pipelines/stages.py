"""Stages of a command, timed only while someone watches."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

Stages = dict[str, float]
"""Seconds by stage; a stage within another one is not counted there."""

_watched: ContextVar[tuple[Stages, list[float]] | None] = ContextVar("watched", default=None)


@contextmanager
def watching() -> Iterator[Stages]:
    """Collect what the stages within the block take.

    >>> with watching() as spent:
    ...     with stage("load"):
    ...         pass
    >>> list(spent)
    ['load']
    """
    spent: Stages = defaultdict(float)
    token = _watched.set((spent, []))
    try:
        yield spent
    finally:
        _watched.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Be one stage of what is watched; as a decorator, the whole function is."""
    watched = _watched.get()
    if watched is None:
        yield
        return
    spent, inner = watched
    inner.append(0.0)
    began = perf_counter()
    try:
        yield
    finally:
        took = perf_counter() - began
        spent[name] += took - inner.pop()
        if inner:
            inner[-1] += took
