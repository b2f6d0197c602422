"""Which databases this machine has: the one that processes share, and every account's journal."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.journals.place import accounts, journal_file
from cryptoflow.settings import settings
from cryptoflow.storage.database import Database, shown, url_of

SHARED = "cryptoflow.db"
"""The file that processes share where no server is named."""

SHARED_NAME = "database"
"""What that database is called among the others."""


JOURNAL = "journal of "
"""What a journal's file is called among them, before its account."""


class Target(NamedTuple):
    """A database, what it is called, and how many processes mean to write to it at once.

    `option` is what names it on the command line, where it is none of this machine's own.
    """

    name: str
    url: URL
    writers: int = 1
    option: str = ""

    @property
    def file(self) -> Path | None:
        """Return its file, None for one on a server."""
        if not self.url.drivername.startswith("sqlite") or self.url.database is None:
            return None
        return Path(self.url.database)

    @property
    def own(self) -> str | None:
        """Return the account after which the file of a journal is called."""
        return self.name.removeprefix(JOURNAL) if self.name.startswith(JOURNAL) else None

    @property
    def place(self) -> str:
        """Return where it is, without a password."""
        return shown(self.url)

    @property
    def fix(self) -> str:
        """Return what to do where there is something in its place that cannot be used, as backups tell when asked."""
        if self.option:
            return f"name another one with {self.option}"
        from cryptoflow.pipelines.backups.place import DATABASE
        from cryptoflow.pipelines.backups.ways_back import way_back
        from cryptoflow.storage.copying.online import come

        part = DATABASE if self.own is None else f"journal/{self.own}"
        return way_back(part, self.place, reached=come(self.file) if self.file is not None else None)

    def exists(self) -> bool:
        """Say whether it is there; of a server nobody knows before asking."""
        return self.file is None or self.file.is_file()

    def is_in(self, file: Path) -> bool:
        """Say whether it is in this very file: whoever writes to it then keeps writers of that waiting."""
        return self.file is not None and self.file.is_file() and file.is_file() and self.file.samefile(file)

    @property
    def written(self) -> str:
        """Return its URL as people write it, without a password."""
        return self.place if self.file is None else f"sqlite:///{self.file}"

    def open(self, *, reads: bool = False) -> Database:
        """Return it for use, maybe for nothing but reading."""
        return Database(self.url, writers=self.writers, reads=reads)


def shared(home: Path | None = None) -> Target:
    """Return the database that processes share."""
    asked = settings().database_url
    if asked is not None:
        return Target(SHARED_NAME, url_of(asked), settings().writers)
    return Target(SHARED_NAME, file_url((home or home_of()) / SHARED), settings().writers)


def targets(home: Path | None = None) -> list[Target]:
    """Return every database of this machine, that of all processes first."""
    journals = [Target(f"{JOURNAL}{name}", file_url(journal_file(name, home))) for name in accounts(home)]
    return [shared(home), *journals]


def file_url(file: Path) -> URL:
    """Return the URL of a database in a file."""
    return URL.create("sqlite+aiosqlite", database=str(file))
