"""Whether a restored file is what its backup says: its journals whole, its rows those that the events make."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from cryptoflow.domain.events.codec import Unreadable
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest, Part
from cryptoflow.pipelines.backups.place import Backup, Damaged
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.storage.away import Away, absence
from cryptoflow.storage.copying.online import contents_of, in_itself
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.reading import accounts, audit
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.migrating import known, newest, revision, upgrade


class Proof(NamedTuple):
    """A backup that was restored into a scratch folder and found good."""

    backup: str
    databases: int
    events: int


def prove(backup: Backup, scratch: Path) -> Proof:
    """Restore a backup into an empty folder and look at all that is in it; anything wrong is an error that names it."""
    manifest = backup.manifest()
    with disk.written("the scratch copy of a backup", scratch.parent):
        unpack(backup, manifest, scratch)
    check(backup.name, manifest, scratch)
    return Proof(backup.name, len(manifest.parts), manifest.events)


def check(name: str, manifest: Manifest, folder: Path, only: str | None = None, *, rebuilds: bool = True) -> None:
    """Look at the unpacked files of a backup, which are brought to today's revision."""
    wanted = [part for part in manifest.parts if only in (None, part.name)]
    for part in wanted:
        if part.revision and part.revision not in known():
            raise CryptoflowError(
                f"{part.file} of the backup {name} is of revision {part.revision}, which this version does not know",
                fix=f"restore it with version {manifest.version} or newer",
                code=ExitCode.UNAVAILABLE,
            )
    wrong = [f"{part.file}: {what}" for part in wanted for what in wrong_with(folder / part.file, part, rebuilds)]
    if wrong:
        raise Damaged(name, wrong)


def wrong_with(file: Path, part: Part, rebuilds: bool = True) -> list[str]:
    """Return what is wrong with a restored file; a disk that refuses is nothing that is wrong with it."""
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            wrong = [*_differences(connection, part), *_broken(connection, rebuilds)]
    except DatabaseError as error:
        if (why := absence(error)) is not None:
            fix = "look for room on its disk; whether the backup is good is not known yet"
            raise Away(f"the scratch copy {file}", why, fix) from error
        return [str(error.orig)]
    finally:
        engine.dispose()
    in_itself(file)
    return wrong


def _differences(connection: Connection, part: Part) -> Iterator[str]:
    """Yield where a file holds something else than the manifest says."""
    found = contents_of(connection)
    for name in sorted(found.rows.keys() | part.rows.keys()):
        if found.rows.get(name) != part.rows.get(name):
            yield f"{name} has {found.rows.get(name)} rows, not {part.rows.get(name)}"
    for account in sorted(found.heads.keys() | part.heads.keys()):
        if found.heads.get(account) != part.heads.get(account):
            yield f"the journal of {account} ends elsewhere"


def _broken(connection: Connection, rebuilds: bool) -> Iterator[str]:
    """Yield the first broken event of every journal, and the tables that are not what their events make."""
    older = revision(connection) != newest()
    if older:
        upgrade(connection)
    for account in accounts(connection):
        broken = audit(connection, account).broken
        if broken is not None:
            yield str(broken)
        elif rebuilds:
            try:
                _, differences = rebuild(connection, account)
            except Unreadable as error:
                yield f"{account}: {error}"
                continue
            for each in () if older else differences:
                yield f"{each.table} of {account} is not what its events make"
