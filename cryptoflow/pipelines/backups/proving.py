"""Whether a restored file is what its backup says: its journals whole, its rows those that the events make."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from cryptoflow.domain.events.codec import Unreadable
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.backups.manifest import Manifest, Part
from cryptoflow.pipelines.backups.place import Backup, Damaged, code_of, lacking
from cryptoflow.pipelines.backups.unpacking import unpack
from cryptoflow.storage.away import Away, absence
from cryptoflow.storage.copying.online import contents_of, in_itself
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.reading import accounts, audit
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.migrating import Foreign, is_known, newest, revision, upgrade
from cryptoflow.storage.shapes import compared, found_and_wanted


class Look(NamedTuple):
    """What a look at a file found: what is damaged, and what is odd while its events and rows are good."""

    damaged: Sequence[str] = ()
    odd: Sequence[str] = ()


class Proof(NamedTuple):
    """A backup that was restored into a scratch folder and found good, but for what it `lacks` a good copy of."""

    backup: str
    databases: int
    events: int
    lacks: Manifest

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"backup": self.backup, "databases": self.databases, "events": self.events}

    def trouble(self) -> CryptoflowError | None:
        """Return what to say of what it lacks, None where it lacks nothing."""
        found = lacking(self.backup, self.lacks)
        return CryptoflowError(found, code=code_of(self.lacks)) if found else None


def prove(backup: Backup, scratch: Path) -> Proof:
    """Restore a backup into an empty folder and look at all that is in it; anything wrong is an error that names it."""
    manifest = backup.manifest()
    restored(backup, manifest, scratch)
    check(backup.name, manifest, scratch)
    return Proof(backup.name, len(manifest.good.parts), manifest.events, manifest)


def restored(backup: Backup, manifest: Manifest, scratch: Path) -> None:
    """Restore a backup into an empty folder, each byte compared."""
    with disk.written("the scratch copy of a backup", scratch.parent):
        unpack(backup, manifest, scratch)


def check(name: str, manifest: Manifest, folder: Path, *, rebuilds: bool = True) -> None:
    """Look at the unpacked files of a backup that were good, which are brought to today's revision."""
    for part, found in manifest.good.newer.items():
        raise CryptoflowError(
            f"{part} of the backup {name} is of revision {found}, which this version does not know",
            fix="restore it with the version of CryptoFlow that wrote it, or a newer one; "
            f"`cryptoflow backup restore {name} --only PART` takes another part",
            code=ExitCode.UNAVAILABLE,
        )
    looked = looks(manifest.good.parts, folder, rebuilds=rebuilds)
    if any(look.damaged for look in looked.values()):
        raise Damaged(name, (f"{file}: {what}" for file, look in looked.items() for what in look.damaged))


def looks(parts: Sequence[Part], folder: Path, *, rebuilds: bool = True) -> dict[str, Look]:
    """Return what is to be said of unpacked files, by their names; nothing of what only a newer version knows."""
    known = [part for part in parts if is_known(part.revision or None)]
    return {part.file: look_at(folder / part.file, part, rebuilds) for part in known}


def look_at(file: Path, part: Part, rebuilds: bool = True) -> Look:
    """Return what is to be said of a restored file; a disk that refuses is nothing that is wrong with it."""
    engine = local_engine(str(file))
    try:
        with engine.begin() as connection:
            damaged = [*_differences(connection, part)]
            broken, odd = _broken(connection, rebuilds)
    except DatabaseError as error:
        if (why := absence(error)) is not None:
            fix = "look for room on its disk; whether the backup is good is not known yet"
            raise Away(f"the scratch copy {file}", why, fix) from error
        return Look([str(error.orig)])
    except Foreign as error:
        return Look([f"it is no database of CryptoFlow: {error.problems[0].what.removeprefix(str(file)).strip()}"])
    finally:
        engine.dispose()
    in_itself(file)
    return Look([*damaged, *broken], odd)


def _differences(connection: Connection, part: Part) -> Iterator[str]:
    """Yield where a file holds something else than the manifest says."""
    found = contents_of(connection)
    for name in sorted(found.rows.keys() | part.rows.keys()):
        if found.rows.get(name) != part.rows.get(name):
            yield f"{name} has {found.rows.get(name)} rows, not {part.rows.get(name)}"
    for account in sorted(found.heads.keys() | part.heads.keys()):
        if found.heads.get(account) != part.heads.get(account):
            yield f"the journal of {account} ends elsewhere"


def _broken(connection: Connection, rebuilds: bool) -> tuple[list[str], list[str]]:
    """Return the first broken event of every journal with the tables that are not what their events make, and oddities.

    Where rows are made again, a page or index that is damaged is named too, and what is not built as it must be is odd,
    down to a law that is missing. What somebody has added is neither.
    """
    older = revision(connection) != newest()
    wrong: list[str] = []
    odd: list[str] = []
    if older:
        upgrade(connection)
    if rebuilds:
        wrong += [told for told in connection.scalars(text("PRAGMA integrity_check(1)")) if told != "ok"]
        found, wanted = found_and_wanted(connection)
        odd += compared({name: made for name, made in found.items() if name in wanted}, wanted)
    for account in accounts(connection):
        broken = audit(connection, account).broken
        if broken is not None:
            wrong.append(str(broken))
        elif rebuilds:
            try:
                _, differences = rebuild(connection, account)
            except Unreadable as error:
                wrong.append(f"{account}: {error}")
                continue
            wrong += [f"{each.table} of {account} is not what its events make" for each in differences if not older]
    return wrong, odd
