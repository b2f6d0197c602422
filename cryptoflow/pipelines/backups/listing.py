"""`backup list`: every backup, with what a quick look says of it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.place import Backup, kept


class Listed(NamedTuple):
    """A backup, what it says of itself unless that is damaged, and what is wrong with it at first sight.

    At first sight its files are there and as long as they were: only a proof looks into them.
    """

    backup: Backup
    manifest: Manifest | None
    wrong: Sequence[str]

    @property
    def damaged(self) -> Mapping[str, Sequence[str]]:
        """Return what was wrong with databases when they were taken."""
        return {} if self.manifest is None else self.manifest.damaged

    @property
    def look(self) -> str:
        """Return what a quick look found."""
        taken = [f"{name} was damaged when it was taken" for name in self.damaged]
        if self.manifest is not None:
            taken += [f"{name} could not be used when it was taken" for name in self.manifest.unusable]
        return "; ".join([*self.wrong, *taken]) or "there, sizes agree"

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        found: dict[str, Any] = {
            "backup": self.backup.name,
            "folder": str(self.backup.folder),
            "wrong": list(self.wrong),
        }
        found |= {"looked_at": "sizes", "damaged": self.damaged}
        if self.manifest is None:
            return found
        found["unusable"] = self.manifest.unusable
        told = {"taken_at": self.manifest.taken_at, "version": self.manifest.version, "parts": self.manifest.names}
        return {**found, **told, "events": self.manifest.events, "bytes": self.manifest.bytes}


def listed(home: Path | None = None) -> list[Listed]:
    """Return every backup, the newest first."""
    return [_look(each) for each in reversed(kept(home))]


def _look(backup: Backup) -> Listed:
    wrong = backup.wrong()
    manifest = None if any("manifest" in what for what in wrong) else backup.manifest()
    return Listed(backup, manifest, wrong)
