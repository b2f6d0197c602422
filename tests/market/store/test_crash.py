"""Whatever stops an append, and wherever: the bars that were there are there, and of the new ones all or none."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store.verify import verify
from tests.market.store.faults import Disk
from tests.market.store.stores import files, filled, made, opened, span

OLD, NEW = made(100), made(4_000)
"""Two hours of January, then two days more, so that one segment is rewritten and another is new."""

ROOT = Path(__file__).parents[3]


def append(folder: Path) -> bool:
    """Add the new bars, and say whether the store says that they are there."""
    try:
        opened(folder).add(NEW, [span(NEW)], "more")
    except CryptoflowError as error:
        assert error.code == ExitCode.UNAVAILABLE
        return False
    return True


def test_an_append_that_fails_at_any_step_leaves_the_old_bars_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(tmp_path, OLD)
    with Disk(tmp_path).watched(monkeypatch) as whole:
        append(tmp_path)
    assert set(whole.steps) == {"open", "write", "fsync", "rename", "unlink"}
    for fails in range(len(whole.steps) + 1):
        for power in ("on", "off", "off, with the last name kept"):
            folder = tmp_path / f"{fails}-{power}"
            filled(folder, OLD)
            with Disk(folder, fails, errno.EIO).watched(monkeypatch) as disk:
                said = append(folder)
            if power != "on":
                disk.cut_power(keeps_last="kept" in power)
            dataset = opened(folder)
            assert verify(dataset).problems == ()
            assert dataset.manifest().rows in ({len(NEW)} if said else {len(OLD), len(NEW)})
            assert append(folder)
            assert dataset.load().fingerprint() == NEW.fingerprint()
            assert dataset.strays() == []


def test_a_full_disk_says_so_and_the_old_bars_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = filled(tmp_path, OLD)
    before = files(dataset)
    with Disk(tmp_path, 2, errno.ENOSPC).watched(monkeypatch), pytest.raises(CryptoflowError) as raised:
        dataset.add(NEW, [span(NEW)], "more")
    assert raised.value.code == ExitCode.UNAVAILABLE
    assert str(raised.value).startswith(f"BTC/USDT 1m of binance cannot be written to {dataset.folder}: No space left")
    assert "hint: free some space" in str(raised.value)
    assert files(dataset) == before


def test_a_first_append_that_fails_leaves_a_store_that_takes_it_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Disk(tmp_path / "count").watched(monkeypatch) as disk:
        filled(tmp_path / "count", OLD)
    for fails in range(len(disk.steps)):
        folder = tmp_path / str(fails)
        refused = pytest.raises(CryptoflowError, match="cannot be written")
        with Disk(folder, fails, errno.EIO).watched(monkeypatch), refused:
            filled(folder, OLD)
        assert filled(folder, OLD).load().fingerprint() == OLD.fingerprint()


def test_a_first_append_outlives_a_power_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Disk(tmp_path).watched(monkeypatch) as disk:
        filled(tmp_path / "new" / "home", OLD)
    disk.cut_power(keeps_last=False)
    assert opened(tmp_path / "new" / "home").load().fingerprint() == OLD.fingerprint()


WRITER = """
import sys
from pathlib import Path
from tests.market.store.stores import made, opened, span
bars, dataset = made(int(sys.argv[2])), opened(Path(sys.argv[1]))
first = int(sys.argv[3])
for begin in range(first, len(bars), int(sys.argv[4])):
    page = bars.cut(begin, begin + 100)
    dataset.add(page, [span(page)], "page")
    print(begin + len(page), flush=True)
"""


def writing(folder: Path, count: int, first: int = 0, every: int = 100) -> subprocess.Popen[str]:
    """A process of its own that adds bars page by page, and says after each how far it is."""
    command = [sys.executable, "-c", WRITER, str(folder), str(count), str(first), str(every)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_two_processes_add_to_one_dataset_and_no_bar_is_lost(tmp_path: Path) -> None:
    one, other = writing(tmp_path, 3_000, 0, 200), writing(tmp_path, 3_000, 100, 200)
    assert [process.communicate() and process.returncode for process in (one, other)] == [0, 0]
    dataset = opened(tmp_path)
    assert dataset.load().fingerprint() == made(3_000).fingerprint()
    assert files(dataset) == files(filled(tmp_path / "at once"))


def test_a_killed_process_has_lost_no_bar_that_it_said_was_there(tmp_path: Path) -> None:
    killed(tmp_path, made(4_000), kills=1, draw=random.Random(1))


@pytest.mark.long
def test_hundred_kills_at_random_moments_lose_nothing(tmp_path: Path, evidence: Callable[[str], None]) -> None:
    bars = made(60_000)
    told = killed(tmp_path, bars, kills=100, draw=random.Random())
    evidence(f"{len(told)} processes killed while adding {len(bars):,} bars, none lost, files as undisturbed")


def killed(folder: Path, bars, kills: int, draw: random.Random) -> list[int]:
    """Kill whoever adds the bars, again and again, add the rest, and return how far each came."""
    told: list[int] = []
    reached = 0
    while len(told) < kills:
        process = writing(folder, len(bars), reached)
        assert process.stdout is not None
        said = [int(process.stdout.readline())]
        time.sleep(draw.random() * 0.05)
        os.kill(process.pid, signal.SIGKILL)
        said += map(int, process.stdout.read().split())
        process.stdout.close()
        process.wait()
        dataset = opened(folder)
        assert verify(dataset).problems == ()
        there = dataset.load()
        assert len(there) >= said[-1]
        assert there.fingerprint() == bars.cut(0, len(there)).fingerprint()
        reached = said[-1] if said[-1] < len(bars) else 0
        told.append(said[-1])
    opened(folder).add(bars, [span(bars)], "the rest")
    assert files(opened(folder)) == files(filled(folder / "at once", bars))
    return told
