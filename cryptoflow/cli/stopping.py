"""Ctrl-C in a command that changes what is kept: it says what it leaves behind."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType
from typing import NoReturn

from cryptoflow.cli import say

UNTOUCHED = "nothing was changed"
AGAIN = "the same command can be run again"


class Standing:
    """What a stop would leave at this moment; whoever works says so by calling it."""

    def __init__(self, left: str) -> None:
        self.left = left

    def __call__(self, left: str) -> None:
        """Remember what a stop would leave from now on."""
        self.left = left


@contextmanager
def stoppable(left: str = UNTOUCHED, *, as_json: bool) -> Iterator[Standing]:
    """Yield whom to tell what a stop would leave, other than what it leaves at first."""
    standing = Standing(left)
    try:
        yield standing
    except KeyboardInterrupt:
        if as_json:
            say.data({"interrupted": True, "left": standing.left})
        gap = "\n" if say.is_drawing() else ""
        say.remark(f"{gap}stopped; {standing.left}", "stopped")
        raise


@contextmanager
def at_once() -> Iterator[None]:
    """Let Ctrl-C end even a long look at a file, for whose end an event loop would wait."""
    if current_thread() is not main_thread():  # which alone is told of signals
        yield
        return
    before = signal.signal(signal.SIGINT, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _stop(_: int, __: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
