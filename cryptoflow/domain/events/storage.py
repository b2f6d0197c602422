"""What happens to the places where events are kept; told in the journal itself, as soon as it can be written."""

from dataclasses import dataclass

from cryptoflow.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class StorageEvent(Event):
    """Something about a journal, a database or a cache."""

    @property
    def stream(self) -> str:
        """Return the stream of all storage."""
        return "storage"


@dataclass(frozen=True, slots=True)
class JournalRecovered(StorageEvent):
    """The journal can be written again; `refused` appends since `since` were not, and their callers know."""

    name = "journal.recovered"
    since: int
    refused: int
    error: str


@dataclass(frozen=True, slots=True)
class DatabaseLost(StorageEvent):
    """The database does not answer; the journal goes on and keeps for it what it misses."""

    name = "database.lost"
    database: str
    error: str


@dataclass(frozen=True, slots=True)
class DatabaseBack(StorageEvent):
    """The database answers again and is being told what it missed."""

    name = "database.back"
    database: str
    since: int
    behind: int


@dataclass(frozen=True, slots=True)
class CacheLost(StorageEvent):
    """Redis does not answer; everything works without it, more slowly."""

    name = "cache.lost"
    cache: str
    error: str


@dataclass(frozen=True, slots=True)
class CacheBack(StorageEvent):
    """Redis answers again."""

    name = "cache.back"
    cache: str
    since: int
