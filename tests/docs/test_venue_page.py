"""The page about the rehearsal venue says what the code does: its faults are read, its program runs."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.clock import virtual_time
from cryptoflow.pipelines.faults import faults_of, profile_files
from cryptoflow.venue.faults.script import KINDS

PAGE = (Path(__file__).parents[2] / "docs" / "venue.md").read_text(encoding="utf-8")
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
