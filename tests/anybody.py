"""What is run without the rights of root, also by root."""

import ctypes
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

T = TypeVar("T")

VERSION, WRITE_ANYWHERE, READ_ANYWHERE = 0x20080522, 1, 2
"""What Linux calls its list of rights, and the rights in it to write and to read whatever permissions say."""

on_linux = pytest.mark.skipif(
    sys.platform != "linux" and os.geteuid() == 0, reason="root cannot give up its rights here"
)


def powerless() -> None:
    """Let this thread do only what permissions allow: Linux knows the rights of root by thread."""
    if os.geteuid() == 0:
        libc, header, rights = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(VERSION, 0), (ctypes.c_uint32 * 6)()
        assert libc.capget(header, rights) == 0
        for each in (0, 1):  # those in force, and those that it could take back
            rights[each] &= ~(1 << WRITE_ANYWHERE | 1 << READ_ANYWHERE)
        assert libc.capset(header, rights) == 0


def as_anybody(work: Callable[[], T]) -> T:
    """Return what some work returns that was done without the rights of root."""
    with ThreadPoolExecutor(1, initializer=powerless) as aside:
        return aside.submit(work).result()
