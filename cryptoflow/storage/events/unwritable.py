"""Why a journal cannot be written, in words that say what to do."""

import os
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, ProgrammingError

from cryptoflow.errors import CryptoflowError, ExitCode

FIXES: Mapping[str, str] = {
    "SQLITE_FULL": "make room on its disk",
    "SQLITE_READONLY": "give this process the right to write it and its folder",
    "SQLITE_CANTOPEN": "give this process the right to write it and its folder",
    "SQLITE_BUSY": "end the other process that holds it",
    "SQLITE_IOERR": "look after its disk",
    "SQLITE_CORRUPT": "`cryptoflow audit verify` says how far it is whole",
}
"""What mends a failure, by the engine's name for it; longer names of a kind begin with the kind's."""

OF_THE_REQUEST = (IntegrityError, DataError, ProgrammingError)
"""What a database raises because of what it is asked to write, not because it cannot write."""


class Unwritable(CryptoflowError):
    """The journal could not be written: nothing of these events is there, and nothing may be done about them."""

    def __init__(self, file: str | None, why: str, fix: str) -> None:
        self.why, self.remedy = why, fix
        super().__init__(
            f"the journal {file} cannot be written: {why}",
            fix=f"{fix}; nothing is sent until it can be written",
            code=ExitCode.UNAVAILABLE,
        )


def cause_of(error: Exception, file: str | None) -> Unwritable | None:
    """Return what keeps the journal from being written, None where the request itself is at fault."""
    if isinstance(error, Unwritable):
        return error
    if not isinstance(error, DatabaseError) or isinstance(error, OF_THE_REQUEST):
        return None
    name = getattr(error.orig, "sqlite_errorname", "")
    fix = next((fix for kind, fix in FIXES.items() if name.startswith(kind)), "mend what the message names")
    return Unwritable(file, str(error.orig), fix)


class Standing(NamedTuple):
    """Which files a journal writes to, by their numbers on the disk.

    The system lets a process go on writing to a file that was removed or replaced: such writes are in no file.
    """

    numbers: tuple[int | None, ...]

    @classmethod
    def of(cls, file: str | None) -> "Standing":
        """Return where a journal and its side file stand now."""
        return cls(() if file is None else (_number(file), _number(f"{file}-wal")))

    def check(self, file: str | None) -> None:
        """Refuse to go on where a file is another one by now."""
        if Standing.of(file) != self:
            raise Unwritable(file, "it was removed or replaced under this process", "put it back, or start again")


def _number(file: str) -> int | None:
    try:
        return os.stat(file).st_ino  # noqa: PTH116  # asked at each commit: a path would cost more than the question
    except FileNotFoundError:
        return None
