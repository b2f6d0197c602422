"""Questions to an account's own journal file, which keep nobody waiting who writes it."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.away import words
from cryptoflow.storage.database import READS, is_lacking


class Unreadable(CryptoflowError):
    """The journal's own file does not let itself be read: nothing of that is another database's fault."""

    def __init__(self, account: str, why: str) -> None:
        super().__init__(
            f"the journal of {account} cannot be read: {why}",
            fix=f"cryptoflow audit verify {account}",
            code=ExitCode.UNAVAILABLE,
        )


def asked(engine: Engine, account: str, work: Callable[..., Any], *about: Any) -> Any:
    """Return what a function of a connection finds, in a short transaction of its own."""
    try:
        with engine.connect().execution_options(**READS) as here:
            return work(here, *about)
    except DatabaseError as error:
        if is_lacking(error):
            what = f"the journal of {account} is not as it must be: {words(error)}"
            raise CryptoflowError(what, fix="cryptoflow db check", code=ExitCode.INVALID) from error
        raise Unreadable(account, words(error)) from error
