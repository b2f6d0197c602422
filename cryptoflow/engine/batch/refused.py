"""The one place where the compiler's refusals are caught, and blamed on the guests in what was compiled."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptoflow.engine.chains import is_foreign


class Uncompilable(Exception):
    """The compiler refused code of a guest, which plain Python can run all the same."""


@contextmanager
def compiling(parts: Sequence[tuple[str, Callable[..., Any]]]) -> Iterator[None]:
    """Turn a refusal of the compiler into `Uncompilable`, naming the guests among `parts`; without any it is our bug.

    What compiled code asks of a function it calls is refused by an AssertionError where nothing is found, and a field
    that a record does not have by a KeyError.
    """
    from numba.core.errors import NumbaError

    try:
        yield
    except (NumbaError, AssertionError, KeyError) as error:
        guests = [(name, verb) for name, verb in parts if is_foreign(verb)]
        if not guests:
            raise
        named = " or ".join(f"{Path(verb.__code__.co_filename).name}: {name}" for name, verb in guests)
        raise Uncompilable(f"{named} cannot be compiled") from error
