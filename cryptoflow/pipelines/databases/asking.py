"""Many databases asked one after the other: one that cannot be used hides none of the others."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from cryptoflow.errors import CryptoflowError, ExitCode

S = TypeVar("S")
T = TypeVar("T")

WORST_FIRST = (
    ExitCode.PROOF_FAILED,
    ExitCode.LEASE_HELD,
    ExitCode.REFUSED,
    ExitCode.INVALID,
    ExitCode.UNAVAILABLE,
    ExitCode.USAGE,
)
"""Which code a command ends with where several things went wrong."""


async def asked(asking: Iterable[S], ask: Callable[[S], Awaitable[T]]) -> tuple[list[T], list[CryptoflowError]]:
    """Return what every database, or account, answered, and what kept the others from answering."""
    answers, errors = [], []
    for each in asking:
        try:
            answers.append(await ask(each))
        except CryptoflowError as error:
            errors.append(error)
    return answers, errors


def together(errors: Sequence[CryptoflowError]) -> CryptoflowError:
    """Return all that went wrong as one error, each thing once, with the worst of the codes.

    >>> together([CryptoflowError("away", code=ExitCode.UNAVAILABLE), CryptoflowError("no database")]).code.name
    'INVALID'
    """
    problems = (problem for error in errors for problem in error.problems)
    return CryptoflowError(dict.fromkeys(problems), code=min((error.code for error in errors), key=WORST_FIRST.index))
