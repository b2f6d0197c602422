"""Many databases asked one after the other: one that cannot be used hides none of the others."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.targets import Target

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


async def asked(
    targets: Iterable[Target], ask: Callable[[Target], Awaitable[T]]
) -> tuple[list[T], list[CryptoflowError]]:
    """Return what every database answered, and what kept the others from answering."""
    answers, errors = [], []
    for target in targets:
        try:
            answers.append(await ask(target))
        except CryptoflowError as error:
            errors.append(error)
    return answers, errors


def together(errors: Sequence[CryptoflowError]) -> CryptoflowError:
    """Return all that went wrong as one error, with the worst of the codes.

    >>> together([CryptoflowError("away", code=ExitCode.UNAVAILABLE), CryptoflowError("no database")]).code.name
    'INVALID'
    """
    problems = [problem for error in errors for problem in error.problems]
    return CryptoflowError(problems, code=min((error.code for error in errors), key=WORST_FIRST.index))
