"""`backup verify`: a backup restored into a scratch folder, and every event and row of it looked at."""

from pathlib import Path
from tempfile import TemporaryDirectory

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.backups.place import BEGUN, SCRATCH, Backup, asked, kept
from cryptoflow.pipelines.backups.proving import Proof, prove
from cryptoflow.pipelines.backups.reading import reading
from cryptoflow.pipelines.backups.room import LOOKED_AT, check_room


def chosen(name: str | None, every: bool, home: Path | None = None) -> list[Backup]:
    """Return the backups to look at: all, the one of a name, or the newest."""
    if every and name is not None:
        fix = f"leave one out: `cryptoflow backup verify {name}` or `cryptoflow backup verify --all`"
        raise CryptoflowError(f"--all looks at more than {name}", fix=fix, code=ExitCode.USAGE)
    return kept(home)[::-1] if every and kept(home) else [asked(name, home)]


def verify(backup: Backup, home: Path | None = None) -> Proof:
    """Prove a backup; what is wrong with it is an error that names it."""
    with reading(home) as folder:
        check_room("a look at a backup", folder, LOOKED_AT * backup.manifest().bytes)
        with TemporaryDirectory(prefix=SCRATCH, suffix=BEGUN, dir=folder) as scratch:
            return prove(backup, Path(scratch))
