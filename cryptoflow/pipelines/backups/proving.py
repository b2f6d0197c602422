"""Whether a restored file is what its backup says: its journals whole, its rows those that the events make."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from cryptoflow.domain.events.codec import Unreadable
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest, Part
from cryptoflow.pipelines.backups.place import Backup, Damaged, taken_damaged
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.storage.away import Away, absence
from cryptoflow.storage.copying.online import contents_of, in_itself
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.reading import accounts, audit
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.migrating import known, newest, revision, upgrade
from cryptoflow.storage.shapes import compared, found_and_wanted


class Proof(NamedTuple):
    """A backup that was restored into a scratch folder and found good, but for what was `damaged` before."""

    backup: str
    databases: int
    events: int
    damaged: Mapping[str, Sequence[str]]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"backup": self.backup, "databases": self.databases, "events": self.events}

    @property
    def problems(self) -> list[Problem]:
        """Return what to say of what was damaged."""
        return taken_damaged(self.backup, self.damaged)


def prove(backup: Backup, scratch: Path) -> Proof:
    """Restore a backup into an empty folder and look at all that is in it; anything wrong is an error that names it."""
    manifest = backup.manifest()
    restored(backup, manifest, scratch)
    check(backup.name, manifest, scratch)
    return Proof(backup.name, len(manifest.good.parts), manifest.events, manifest.damaged)


def restored(backup: Backup, manifest: Manifest, scratch: Path) -> None:
    """Restore a backup into an empty folder, each byte compared."""
    with disk.written("the scratch copy of a backup", scratch.parent):
        unpack(backup, manifest, scratch)


def check(name: str, manifest: Manifest, folder: Path, *, rebuilds: bool = True) -> None:
    """Look at the unpacked files of a backup that were good, which are brought to today's revision."""
    wanted = manifest.good.parts
    for part in wanted:
        if part.revision and part.revision not in known():
            raise CryptoflowError(
                f"{part.file} of the backup {name} is of revision {part.revision}, which this version does not know",
                fix=f"restore it with version {manifest.version} or newer",
                code=ExitCode.UNAVAILABLE,
            )
    found = faults(wanted, folder, rebuilds=rebuilds)
    if found:
        raise Damaged(name, (f"{file}: {what}" for file, wrong in found.items() for what in wrong))


def faults(parts: Sequence[Part], folder: Path, *, rebuilds: bool = True) -> dict[str, list[str]]:
    """Return what is wrong with unpacked files, by their names; a good one has no place there."""
    found = {part.file: wrong_with(folder / part.file, part, rebuilds) for part in parts}
    return {file: wrong for file, wrong in found.items() if wrong}


def wrong_with(file: Path, part: Part, rebuilds: bool = True) -> list[str]:
    """Return what is wrong with a restored file; a disk that refuses is nothing that is wrong with it."""
    if part.revision and part.revision not in known():
        return [
            f"it is of revision {part.revision}, which this version does not know: nobody can say whether it is good"
        ]
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
    """Yield the first broken event of every journal, and the tables that are not what their events make.

    Where rows are made again, a page or index that is damaged is named too, and what is not built as it must be, down
    to a law that is missing. What somebody has added is no damage.
    """
    older = revision(connection) != newest()
    if older:
        upgrade(connection)
    if rebuilds:
        yield from (told for told in connection.scalars(text("PRAGMA integrity_check(1)")) if told != "ok")
        found, wanted = found_and_wanted(connection)
        yield from compared({name: made for name, made in found.items() if name in wanted}, wanted)
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
