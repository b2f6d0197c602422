"""`backup list`: every backup, with what a quick look says of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.place import Backup, kept


class Listed(NamedTuple):
    """A backup, what it says of itself unless that is damaged, and what is wrong with it at first sight."""

    backup: Backup
    manifest: Manifest | None
    wrong: Sequence[str]

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        found = {"backup": self.backup.name, "folder": str(self.backup.folder), "wrong": list(self.wrong)}
        if self.manifest is None:
            return found
        parts = [part.name for part in self.manifest.parts]
        told = {"taken_at": self.manifest.taken_at, "version": self.manifest.version, "parts": parts}
        return {**found, **told, "events": self.manifest.events, "bytes": self.manifest.bytes}


def listed(home: Path | None = None) -> list[Listed]:
    """Return every backup, the newest first."""
    return [_look(each) for each in reversed(kept(home))]


def _look(backup: Backup) -> Listed:
    wrong = backup.wrong()
    manifest = None if any("manifest" in what for what in wrong) else backup.manifest()
    return Listed(backup, manifest, wrong)
