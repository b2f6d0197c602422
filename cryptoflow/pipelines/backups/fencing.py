"""Fencing tokens of a shared database that goes back in time: none may be given again that a journal has seen."""

from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, inspect, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError

from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.sources import DATABASE, JOURNALS, source
from cryptoflow.pipelines.databases.opening import reached
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.pipelines.journals.place import accounts, journal_file
from cryptoflow.storage.copying.online import in_itself, is_database
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import HEADS
from cryptoflow.storage.leases.grants import LEASES

Tokens = dict[str, int]


async def raise_tokens(ready: Path, manifest: Manifest, home: Path) -> None:
    """Let the leases of an unpacked shared database begin above all that is known of them on this machine.

    That is what its journals have seen, those that are there and those that are restored, and what the database has
    given that it takes the place of: journals of other machines have seen that.
    """
    files = [journal_file(account, home) for account in accounts(home)]
    files += [ready / part.file for part in manifest.good.parts if part.name.startswith(f"{JOURNALS}/")]
    found = highest(*map(tokens_in, files), await tokens_of(source(DATABASE, home).target))
    file = ready / f"{DATABASE}.db"
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            lift(connection, found)
    finally:
        engine.dispose()
    in_itself(file)


def highest(*known: Tokens) -> Tokens:
    """Return the highest token of each account.

    >>> highest({"main": 3}, {"main": 5, "paper": 1}, {})
    {'main': 5, 'paper': 1}
    """
    found: Tokens = {}
    for each in known:
        for account, token in each.items():
            found[account] = max(token, found.get(account, 0))
    return found


def tokens_in(file: Path) -> Tokens:
    """Return the tokens that the journals in a file have seen; one that cannot be opened keeps no writer out."""
    engine = create_engine(URL.create("sqlite", database=str(file)))  # as it is: ours would turn on a log
    try:
        if not is_database(file):
            return {}
        with engine.connect() as connection:
            return tokens(connection)
    except (PermissionError, DatabaseError):
        return {}
    finally:
        engine.dispose()


async def tokens_of(target: Target) -> Tokens:
    """Return the tokens that a database has given and seen."""
    if target.file is not None:
        return tokens_in(target.file) if target.exists() else {}
    async with reached(target) as database, database.reading() as connection:
        return await connection.run_sync(tokens)


def tokens(connection: Connection) -> Tokens:
    """Return the highest token of each account in a database of whatever revision."""
    there = set(inspect(connection).get_table_names())
    wanted = [(HEADS, HEADS.c.account), (LEASES, LEASES.c.name)]
    asked = [select(account, table.c.token) for table, account in wanted if table.name in there]
    return highest(*({row[0]: row[1] for row in connection.execute(each)} for each in asked))


def lift(connection: Connection, found: Tokens) -> None:
    """Let no lease begin at or below the tokens of its account."""
    for account, token in found.items():
        if token:
            blank = {"name": account, "holder": "", "token": token, "taken_at": 0, "expires_at": 0}
            adding = insert(LEASES).values(blank)
            higher = LEASES.c.token < token
            connection.execute(adding.on_conflict_do_update([LEASES.c.name], set_={"token": token}, where=higher))
