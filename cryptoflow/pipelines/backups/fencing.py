"""Fencing tokens of a shared database that goes back in time: none may be given again that a journal has seen."""

import errno
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL, Connection, create_engine, insert, inspect, select, update
from sqlalchemy.exc import DatabaseError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.journals.place import accounts, journal_file
from cryptoflow.storage.away import Away, absence, words
from cryptoflow.storage.copying import online
from cryptoflow.storage.copying.online import in_itself, is_database, is_unreadable
from cryptoflow.storage.database import local_engine, shown
from cryptoflow.storage.events.appending import HEADS
from cryptoflow.storage.leases.grants import LEASES
from cryptoflow.storage.read_only import for_reading

WHERE = ((LEASES, LEASES.c.name), (HEADS, HEADS.c.account))
"""Where tokens are: those that were given, and the highest that each journal has seen."""

FIX = "without it tokens might be given again: end the process that uses it, or let it be read"


class Seen(NamedTuple):
    """The highest token that is known of each account, and what could not be read that may know higher ones."""

    tokens: dict[str, int]
    unread: Sequence[str] = ()


def seen_by(files: Iterable[Path], home: Path) -> Seen:
    """Return what the journals of this machine and other files know, as far as they are there."""
    journals = [journal_file(account, home) for account in accounts(home)]
    return highest(seen_in(file) for file in dict.fromkeys([*journals, *files]))


def highest(known: Iterable[Seen]) -> Seen:
    """Return the highest token of each account.

    >>> highest([Seen({"main": 3}), Seen({"main": 5, "paper": 1}, ["one"]), Seen({})])
    Seen(tokens={'main': 5, 'paper': 1}, unread=['one'])
    """
    found: dict[str, int] = {}
    unread: list[str] = []
    for each in known:
        unread += each.unread
        for account, token in each.tokens.items():
            found[account] = max(token, found.get(account, 0))
    return Seen(found, unread)


def seen_in(file: Path) -> Seen:
    """Return the tokens that a file knows; one that is damaged tells what it can, one that is locked is an error."""
    try:
        if not file.is_file() or not file.stat().st_size:
            return Seen({})
        if not is_database(file):
            return Seen({}, [f"{file} is no database"])
    except OSError as error:
        if error.errno == errno.EIO:
            return Seen({}, [f"{file} cannot be read: {error.strerror}"])
        raise CryptoflowError(f"{file} cannot be read: {error.strerror}", fix=FIX, code=ExitCode.UNAVAILABLE) from error
    url = for_reading(URL.create("sqlite", database=str(file)))
    engine = create_engine(url, connect_args={"timeout": online.PATIENCE})  # as it is: ours would turn on a log
    try:
        with engine.connect() as connection:
            return seen(connection, str(file))
    except DatabaseError as error:
        return Seen({}, [_unread(error, str(file))])
    finally:
        engine.dispose()


def seen(connection: Connection, name: str | None = None) -> Seen:
    """Return the tokens in a database of whatever revision, each table for itself."""
    return highest([_column(connection, number, name) for number in range(len(WHERE))])


def _column(connection: Connection, number: int, name: str | None) -> Seen:
    table, account = WHERE[number]
    name = name or shown(connection.engine.url)
    try:
        if not inspect(connection).has_table(table.name):
            return Seen({})
        rows = connection.execute(select(account, table.c.token)).all()
    except DatabaseError as error:
        if connection.dialect.name != "sqlite":
            raise
        return Seen({}, [_unread(error, f"{table.name} of {name}")])
    return Seen({row[0]: row[1] for row in rows})


def _unread(error: DatabaseError, name: str) -> str:
    """Return what to say of a part that is damaged; one that is merely away is an error."""
    why = absence(error)
    if why is not None and not is_unreadable(error):
        raise Away(name, why, FIX) from error
    return f"{name} cannot be read: {words(error)}"


def lift_file(file: Path, tokens: dict[str, int]) -> None:
    """Let the leases of a shared database in a file begin above tokens that are known."""
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            lift(connection, tokens)
    finally:
        engine.dispose()
    in_itself(file)


def lift(connection: Connection, tokens: dict[str, int], room: str | None = None) -> None:
    """Let no lease begin at or below the tokens of its account, in a room of a server's database or where one is."""
    there = {"schema_translate_map": {None: room}} if room else {}
    known = set(connection.scalars(select(LEASES.c.name), execution_options=there))
    for account, token in tokens.items():
        if account in known:
            lower = (LEASES.c.name == account) & (LEASES.c.token < token)
            connection.execute(update(LEASES).where(lower).values(token=token), execution_options=there)
        elif token:
            blank = {"name": account, "holder": "", "token": token, "taken_at": 0, "expires_at": 0}
            connection.execute(insert(LEASES).values(blank), execution_options=there)
