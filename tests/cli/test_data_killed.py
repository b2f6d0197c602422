"""A download that is stopped, politely or not, loses next to nothing, and what it becomes in the end is the same."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.venue import opened, stock_of
from cryptoflow.settings import settings
from tests.cli.projects import small
from tests.market.rest.stub import Stub, beside

ROOT = Path(__file__).parents[2]
JANUARY = ("--since", "2024-01-01", "--until", "2024-01-10", "--timeframe", "1m")
PROGRAM = [sys.executable, "-c", "from cryptoflow.cli.main import main; main()", "data", "download"]


def parquet(folder: Path) -> dict[str, str]:
    """The Parquet files below a folder that their manifests name, and the digests of what is in them."""
    found = {}
    for manifest in folder.rglob("manifest.json"):
        for segment in json.loads(manifest.read_text())["segments"]:
            file = manifest.parent / segment["file"]
            found[str(file.relative_to(folder))] = sha256(file.read_bytes()).hexdigest()
    return found


def until_pages(stub: Stub, count: int) -> None:
    """Wait until the venue was asked for so many pages."""
    patience = time.monotonic() + 60
    while len(stub.pages()) < count:
        assert time.monotonic() < patience
        time.sleep(0.002)


def test_ctrl_c_keeps_what_came_says_how_far_it_got_and_the_next_one_goes_on(stub: Stub, tmp_path: Path) -> None:
    stub.delay = 0.3
    program = subprocess.Popen([*PROGRAM, "BTC/USDT", *JANUARY], stderr=subprocess.PIPE, text=True)
    until_pages(stub, 12)  # eight are on their way, so four have come
    program.send_signal(signal.SIGINT)
    said = program.communicate(timeout=60)[1]
    assert program.returncode == 130
    came, _, rest = said.partition(" new bars, up to 2024-01-0")
    assert came in [f"BTC/USDT 1m: {count},000" for count in range(4, 13)]
    assert rest.endswith("stopped; the same command goes on from here\n")
    before = len(stub.pages())
    assert run(["data", "download", "BTC/USDT", *JANUARY, "--quiet"]) == 0
    assert len(stub.pages()) - before <= 11


def test_ctrl_c_tells_programs_what_came(stub: Stub) -> None:
    stub.delay = 0.3
    program = subprocess.Popen([*PROGRAM, "BTC/USDT", *JANUARY, "--json"], stdout=subprocess.PIPE, text=True)
    until_pages(stub, 12)
    program.send_signal(signal.SIGINT)
    found = json.loads(program.communicate(timeout=60)[0])
    assert program.returncode == 130
    (series,) = found["series"]
    assert (found["interrupted"], found["failed"], series["complete"], series["problem"]) == (True, [], False, None)
    assert 4_000 <= series["bars"] == series["added"] < 14_400
    assert run(["data", "download", "BTC/USDT", *JANUARY, "--quiet"]) == 0


def test_a_download_that_was_killed_twice_ends_in_the_same_files(
    stub: Stub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["BTC/USDT", "ETH/USDT", *JANUARY, "--quiet"]
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "undisturbed"))
    settings.cache_clear()
    assert run(["data", "download", *words]) == 0
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "disturbed"))
    settings.cache_clear()
    stub.delay = 0.01
    for pages in (3, 9):
        asked = len(stub.pages())
        program = subprocess.Popen([*PROGRAM, *words], stdout=subprocess.DEVNULL)
        until_pages(stub, asked + pages)
        program.kill()
        assert program.wait() == -signal.SIGKILL
    assert run(["data", "download", *words]) == 0
    assert parquet(tmp_path / "undisturbed") == parquet(tmp_path / "disturbed") != {}


def killed(program: "subprocess.Popen[bytes]", folder: Path, later: float) -> bool:
    """Kill a download so long after it began to write; False when it was done before."""

    def written() -> int:
        return max((file.stat().st_mtime_ns for file in folder.rglob("*.json")), default=0)

    before = written()
    while written() == before and program.poll() is None:
        time.sleep(0.01)
    time.sleep(later)
    program.kill()
    return program.wait() == -signal.SIGKILL


YEAR = """\
cryptoflow: 1
name: year
market: {venue: binance, symbols: [BTC/USDT, ETH/USDT, SOL/USDT], timeframe: 1m}
period: 2023-01-01..2023-12-31
warmup: 0
sources: {history: {use: synthetic}}
strategies: [{id: cross, file: strategies/cross.yaml}]
"""


NEW_YEAR = 1_704_067_200_000


@pytest.mark.long
def test_a_year_of_minutes_killed_twenty_times_ends_in_the_same_files(
    tmp_path: Path, evidence: Callable[[str], None]
) -> None:
    spec = small(tmp_path)
    spec.write_text(YEAR)
    clock, draw = MachineClock(), Random(20)
    with beside(opened(stock_of(resolve(spec), NEW_YEAR), clock)) as venue:
        variables = os.environ | {
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "CRYPTOFLOW_VENUES__BINANCE__URL": venue.url,
            "PYTHONPATH": str(ROOT),
        }
        undisturbed = variables | {"CRYPTOFLOW_HOME": str(tmp_path / "undisturbed")}
        disturbed = variables | {"CRYPTOFLOW_HOME": str(tmp_path / "disturbed")}
        command = [*PROGRAM, str(spec), "--json"]
        began = time.monotonic()
        whole = json.loads(subprocess.run(command, env=undisturbed, check=True, stdout=subprocess.PIPE).stdout)
        took, kills, rounds, folder = time.monotonic() - began, 0, 0, tmp_path / "disturbed"
        while kills < 20:
            program = subprocess.Popen(command, env=disturbed, stdout=subprocess.DEVNULL)
            if killed(program, folder, draw.uniform(0, 0.5)):
                kills += 1
            else:  # it was faster: what it made is whole, and the next one begins anew
                assert parquet(folder) == parquet(tmp_path / "undisturbed")
                shutil.rmtree(folder)
                rounds += 1
        done = json.loads(subprocess.run(command, env=disturbed, check=True, stdout=subprocess.PIPE).stdout)
    files = parquet(tmp_path / "undisturbed")
    assert files == parquet(tmp_path / "disturbed")
    assert [each["bars"] for each in done["series"]] == [each["bars"] for each in whole["series"]]
    assert sum(each["bars"] + each["missing"] for each in done["series"]) == 3 * 365 * 1440
    evidence(
        f"{len(files)} files equal after {kills} kills in {rounds + 1} rounds; "
        f"undisturbed {took:.0f} s for 3 x 525,600 bars"
    )
