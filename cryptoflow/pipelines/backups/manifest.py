"""What a backup says of itself: its files, what is in them, and how each byte of them was."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.journal.recorded import Head
from cryptoflow.storage.migrating import is_known

FORMAT = 1
"""Rises when older versions could not read a backup any more."""


class Part(NamedTuple):
    """A database in a backup: `database` for the one that processes share, or `journal/ACCOUNT`.

    `damaged` says what was wrong with the original when the backup was taken; then nothing is told of what it holds but
    how far it had `reached` at least, as far as that is known. A log that lay beside such a file is a part of the same
    name. `unusable` says why the original could not be used at all; `file` is empty where nothing was read. `odd` says
    what it lacks or has of its own where its events and rows are good.
    """

    name: str
    file: str
    bytes: int
    sha256: str
    revision: str
    rows: Mapping[str, int]
    heads: Mapping[str, Head]
    damaged: Sequence[str] = ()
    unusable: Sequence[str] = ()
    odd: Sequence[str] = ()
    reached: Mapping[str, int] | None = None

    @property
    def is_good(self) -> bool:
        """Say whether it can be restored as a database."""
        return not self.damaged and not self.unusable

    @property
    def unproved(self) -> "Part":
        """Return it without what it holds, which only a good one tells."""
        return self._replace(revision="", rows={}, heads={})

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "heads": {account: head._asdict() for account, head in self.heads.items()}}


class Manifest(NamedTuple):
    """When a backup was taken, by which version, and its databases."""

    taken_at: int
    version: str
    parts: Sequence[Part]

    @property
    def names(self) -> list[str]:
        """Return what its databases are called, good or not."""
        return list(dict.fromkeys(part.name for part in self.parts))

    @property
    def damaged(self) -> dict[str, Sequence[str]]:
        """Return what was wrong with databases when they were taken, by their names."""
        return {part.name: part.damaged for part in self.parts if part.damaged}

    @property
    def unusable(self) -> dict[str, Sequence[str]]:
        """Return why databases could not be used when the backup was taken, by their names."""
        return {part.name: part.unusable for part in self.parts if part.unusable}

    @property
    def reached(self) -> dict[str, Mapping[str, int]]:
        """Return how far the journals in damaged databases had come at least, by the names of those."""
        return {part.name: part.reached for part in self.parts if part.reached}

    @property
    def left_out(self) -> dict[str, Sequence[str]]:
        """Return what it holds no good copy of, and why."""
        return {**self.damaged, **self.unusable}

    @property
    def odd(self) -> dict[str, Sequence[str]]:
        """Return how good databases are not built as they must be, by their names."""
        return {part.name: part.odd for part in self.parts if part.odd}

    @property
    def newer(self) -> dict[str, str]:
        """Return the revisions that this version does not know, by the names of databases."""
        return {part.name: part.revision for part in self.parts if part.revision and not is_known(part.revision)}

    @property
    def good(self) -> "Manifest":
        """Return what it says of the databases that were good."""
        return self._replace(parts=[part for part in self.parts if part.is_good])

    @property
    def proved(self) -> "Manifest":
        """Return what it says of the good databases that this version knows how to look at."""
        return self._replace(parts=[part for part in self.good.parts if part.name not in self.newer])

    def only(self, name: str) -> "Manifest":
        """Return what it says of one database."""
        return self._replace(parts=[part for part in self.parts if part.name == name])

    @property
    def bytes(self) -> int:
        """Return how much room its files take."""
        return sum(part.bytes for part in self.parts)

    @property
    def events(self) -> int:
        """Return how many events its journals have."""
        return sum(head.seq for head in self.heads.values())

    @property
    def heads(self) -> dict[str, Head]:
        """Return where the longest journal of each account ends."""
        found: dict[str, Head] = {}
        for part in self.parts:
            for account, head in part.heads.items():
                found[account] = max(found.get(account, Head()), head)
        return found

    def facts(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**self._asdict(), "format": FORMAT, "parts": [part.facts() for part in self.parts]}

    def text(self) -> str:
        """Return it as its file has it, sealed."""
        told = self.facts()
        return json.dumps({"sha256": seal(told), **told}, indent=2, ensure_ascii=False) + "\n"


def seal(told: Mapping[str, Any]) -> str:
    """Return the digest of all that a manifest says."""
    return sha256(canonical(told).encode()).hexdigest()


def read(text: str) -> Manifest:
    """Return the manifest that a file tells; ValueError where it is not as it was written."""
    told = json.loads(text)
    if not isinstance(told, dict) or told.pop("sha256", None) != seal(told):
        raise ValueError("it is not as it was written")
    if told["format"] != FORMAT:
        raise ValueError(f"it is of format {told['format']}, this version reads {FORMAT}")
    parts = [_part(each) for each in told["parts"]]
    return Manifest(told["taken_at"], told["version"], parts)


def _part(told: dict[str, Any]) -> Part:
    return Part(**{**told, "heads": {account: Head(**head) for account, head in told["heads"].items()}})
