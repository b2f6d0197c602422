"""One budget of requests per venue and address, kept by all processes of this machine's user together."""

import asyncio
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import SHARES, Allowance, Priority, Spent, believed, granted
from cryptoflow.market.rest.pace import Pace, paced
from cryptoflow.market.store import disk
from cryptoflow.market.times import moment

PATIENCE = 600_000
"""Milliseconds that a venue's wish for silence is waited out; a longer one is told and ends the work."""


def budgets_folder() -> Path:
    """Return the folder of the budgets: in the user's state folder, or where that cannot be written a shared one."""
    asked = os.environ.get("XDG_STATE_HOME")
    home = Path(asked) if asked else Path(os.path.expanduser("~")) / ".local" / "state"  # noqa: PTH111 - never raises
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


def budget_name(venue: str, url: str | None) -> str:
    """Return what a venue's budget is called; one that is sent elsewhere has its own, named by where.

    >>> budget_name("binance", None), budget_name("binance", "http://127.0.0.1:8000")
    ('binance', 'binance-63767aa5615d')
    """
    return venue if url is None else f"{venue}-{sha256(url.encode()).hexdigest()[:12]}"


class Budget:
    """What this machine may still ask of a venue: a file that everyone locks, reads, and puts in place anew.

    Of several requests of one priority that wait in a process the first goes first. `remarks` are what whoever asks
    should be told about it.
    """

    def __init__(self, name: str, allowance: Allowance | Pace, clock: Clock, folder: Path | None = None) -> None:
        self.name, self.allowance, self.clock = name, allowance, clock
        self.remarks: list[str] = []
        self.file = (folder or budgets_folder()) / f"{name}.json"
        self._turns = {priority: asyncio.Lock() for priority in Priority}

    async def spend(self, cost: float, priority: Priority) -> None:
        """Return as soon as a request of that cost may go out; it counts from then on."""
        async with self._turns[priority]:
            while wait := self._asked(cost, priority):
                await asyncio.sleep(wait / 1000)

    def heard(self, used: float) -> None:
        """Take note of the venue's own count, in costs; it is believed when it is higher than ours."""
        if isinstance(self.allowance, Pace):
            return
        with self._locked() as (spent, keep):
            after = believed(spent, self.allowance, self.clock.now(), used)
            if after.total > spent.total:
                keep(after)

    def hold(self, until: int) -> None:
        """Let nobody ask anything before a moment, also after a restart."""
        with self._locked() as (spent, keep):
            keep(spent._replace(silent_until=max(spent.silent_until, until)))

    def silent_until(self) -> int:
        """Return the moment up to which the venue wants to hear nothing; it may be long past."""
        with self._locked() as (spent, _):
            return spent.silent_until

    def _asked(self, cost: float, priority: Priority) -> int:
        with self._locked() as (spent, keep):
            now = self.clock.now()  # not before the lock is ours: others may have written later moments meanwhile
            if isinstance(self.allowance, Pace):
                after, wait = paced(spent, self.allowance, now, cost, priority)
            else:
                after, wait = granted(spent, self.allowance, now, cost, priority)
            if after != spent:
                keep(after)
        if after.silent_until - now > PATIENCE:
            raise CryptoflowError(
                f"{self.name} wants no requests from this address before {moment(after.silent_until)}",
                fix="run the same command again then; asking earlier makes it longer",
                code=ExitCode.UNAVAILABLE,
            )
        return wait

    @contextmanager
    def _locked(self) -> Iterator[tuple[Spent, "_Keep"]]:
        """Hold the budget's lock, which ends with the process that holds it, however it ends."""
        with self.file.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            keep = _Keep(self.file, self.clock.now())
            try:
                spent = _read(self.file)
            except (ValueError, KeyError, TypeError):
                spent = used_up(self.allowance, self.clock.now())
                keep(spent)
                self.remarks.append(
                    f"{self.file} held no count of requests: it begins anew with what {self.name} allows used up"
                )
            yield spent, keep


def used_up(allowance: Allowance | Pace, now: int) -> Spent:
    """Return what is taken for spent when nobody knows: all but what is kept for stops.

    >>> granted(used_up(minute := Allowance(60_000, 10), 0), minute, 0, 1, Priority.PROTECT)[1]
    0
    """
    if isinstance(allowance, Pace):
        return Spent(paid_until=now + allowance.every)
    return Spent(((now // allowance.slot, allowance.cost * SHARES[Priority.TRADE]),))


def _read(file: Path) -> Spent:
    try:
        kept = json.loads(file.read_text())
    except FileNotFoundError:
        return Spent()
    slots = tuple((int(slot), float(cost)) for slot, cost in kept["slots"])
    return Spent(slots, int(kept["silent_until"]), float(kept.get("paid_until", 0.0)))


class _Keep:
    """Puts a new count in the place of the old one, whole or not at all.

    A wish for silence outlives a power cut. A count need not: it is forgotten within a minute, a torn one begins anew,
    and a disk's turn for every request is time in which nothing else goes on here.
    """

    def __init__(self, file: Path, now: int) -> None:
        self.file, self.now = file, now

    def __call__(self, spent: Spent) -> None:
        content = json.dumps(spent._asdict())
        if spent.silent_until > self.now:
            disk.put(self.file, content.encode())
            disk.settle(self.file.parent)
        else:
            fresh = self.file.with_suffix(".new")
            fresh.write_text(content)
            fresh.replace(self.file)
