"""The page about the rehearsal venue says what the code does: its faults are read, its program runs."""

import asyncio
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import virtual_time
from cryptoflow.pipelines.faults import faults_of, profile_files
from cryptoflow.settings import settings
from cryptoflow.venue.faults.script import KINDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "venue.md").read_text(encoding="utf-8")
PROGRAM = [sys.executable, "-c", "from cryptoflow.cli.main import main; main()"]
START = 1_717_200_000_000


def block(language: str) -> str:
    """The first block of the page in a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def test_every_kind_of_fault_has_its_line_and_every_profile_is_named() -> None:
    table = PAGE.split("| fault |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(KINDS)
    assert all(f"`{name}`" in PAGE for name in profile_files())


def test_the_faults_of_the_page_are_read(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(block("yaml"))
    told = faults_of(str(file), seed=0).faults
    assert [fault.kind for fault in told] == ["disconnect", "gap", "silence", "slow", "skew"]
    assert (told[1].symbol, told[1].channel, told[1].share) == ("BTCUSDT", "ticks", 0.005)
    assert (told[2].at, told[2].lasts, told[4].amount) == ((120_000, 600_000), 20_000, -1_500)


@pytest.mark.parametrize("profile", ["calm", "rough", "storm"])
def test_every_profile_that_ships_is_read(profile: str) -> None:
    assert bool(faults_of(profile, seed=0).faults) == (profile != "calm")


def test_the_program_of_the_page_hears_ten_ticks() -> None:
    names: dict[str, Any] = {}
    exec(compile(block("python"), "venue.md", "exec"), names)
    with virtual_time(START) as loop, asyncio.Runner(loop_factory=lambda: loop) as runner:
        told = runner.run(names["main"](START))
    assert told == list(range(told[0], told[0] + 10))


def transcripts() -> list[tuple[list[str], list[str]]]:
    """The commands of the page, and what it says that they print."""
    found = re.findall(r"^```console\n\$ cryptoflow (.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [(lines[0].split(), lines[1:]) for lines in map(str.splitlines, found)]


def test_the_commands_of_the_page_print_what_it_says_and_download_the_whole_period(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    rehearsal, period, (download, told) = transcripts()
    for words, printed in (rehearsal, period):
        with subprocess.Popen([*PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as venue:
            assert venue.stdout
            lines = [venue.stdout.readline().strip() for _ in printed]
            address = lines[-1].partition("=")[2]
            if words is period[0]:
                monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", address)
                settings.cache_clear()
                time.sleep(3)  # in which the last bar counts as open
                assert run(download) == 0
            venue.send_signal(signal.SIGINT)
            assert venue.wait(10) == 0
            assert [line.replace(address, "http://127.0.0.1:43117") for line in lines] == printed
    assert capsys.readouterr().out.splitlines() == told


def test_after_the_last_bar_the_latest_start_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    assert run(["venue", "serve", "configs/btc_trend.yaml", "--start", "2025-01-02"]) == 3
    assert "the latest is 2025-01-01 00:00 UTC" in capsys.readouterr().err
