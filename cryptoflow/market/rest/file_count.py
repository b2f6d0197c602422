"""What this machine has spent at a venue: a file that everyone locks, reads, and puts in place anew."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Priority, Spent
from cryptoflow.market.rest.counting import (
    Limit,
    asked,
    given_back,
    heard,
    held,
    spent_of,
    still,
    text_of,
    used_up,
)
from cryptoflow.market.store import disk


def budgets_folder() -> Path:
    """Return the folder of the budgets: in the user's state folder, or where that cannot be written a shared one."""
    named = os.environ.get("XDG_STATE_HOME")
    home = Path(named) if named else Path(os.path.expanduser("~")) / ".local" / "state"  # noqa: PTH111 - never raises
    for parent in (home / "cryptoflow", Path(tempfile.gettempdir()) / f"cryptoflow-{os.getuid()}"):
        folder = parent / "budgets"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise CryptoflowError(
        f"{home} cannot be written, nor can {tempfile.gettempdir()}",
        fix="requests are counted there: name a folder that can be written with XDG_STATE_HOME",
        code=ExitCode.UNAVAILABLE,
    )


class FileCount:
    """The count of all processes of this machine's user; `remarks` are what whoever asks should be told about it."""

    def __init__(self, name: str, limit: Limit, clock: Clock, folder: Path | None, remarks: list[str]) -> None:
        self.name, self.limit, self.clock, self.remarks = name, limit, clock, remarks
        self.file = (folder or budgets_folder()) / f"{name}.json"

    def asked(self, cost: float, priority: Priority) -> tuple[Spent, int]:
        """Count a request if it may go out; return what is spent then, and the milliseconds until it may."""
        with self._locked() as (spent, keep):
            now = self.clock.now()  # not before the lock is ours: others may have written later moments meanwhile
            after, wait = asked(spent, self.limit, now, cost, priority)
            if after != spent:
                keep(after)
        return after, wait

    def give_back(self, after: Spent, cost: float) -> None:
        """Count a request no more that was granted and did not go out."""
        with self._locked() as (spent, keep):
            keep(given_back(spent, self.limit, after, cost))

    def heard(self, used: float) -> None:
        """Take note of the venue's own count."""
        with self._locked() as (spent, keep):
            after = heard(spent, self.limit, self.clock.now(), used)
            if after.total > spent.total:
                keep(after)

    def hold(self, until: int) -> None:
        """Let nobody ask anything before a moment, also after a restart."""
        with self._locked() as (spent, keep):
            if until > spent.silent_until:
                keep(held(spent, until))

    def spent(self) -> Spent:
        """Return what is spent and not forgotten yet."""
        with self._locked() as (spent, _):
            return still(spent, self.limit, self.clock.now())

    @contextmanager
    def _locked(self) -> Iterator[tuple[Spent, "_Keep"]]:
        """Hold the count's lock, which ends with the process that holds it, however it ends."""
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keep = _Keep(self.file, self.clock.now())
            try:
                spent = spent_of(self.file.read_text())
            except FileNotFoundError:
                spent = Spent()
            except ValueError:  # no text, or none that tells a count
                spent = used_up(self.limit, self.clock.now())
                keep(spent)
                self.remarks.append(
                    f"{self.file} held no count of requests: it begins anew with what {self.name} allows used up"
                )
            yield spent, keep


class _Keep:
    """Puts a new count in the place of the old one, whole or not at all.

    A wish for silence outlives a power cut. A count need not: it is forgotten within a minute, a torn one begins anew,
    and a disk's turn for every request is time in which nothing else goes on here.
    """

    def __init__(self, file: Path, now: int) -> None:
        self.file, self.now = file, now

    def __call__(self, spent: Spent) -> None:
        content = text_of(spent)
        if spent.silent_until > self.now:
            disk.put(self.file, content.encode())
            disk.settle(self.file.parent)
        else:
            fresh = self.file.with_suffix(".new")
            fresh.write_text(content)
            fresh.replace(self.file)
