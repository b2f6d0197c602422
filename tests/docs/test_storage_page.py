"""The page about journals and databases says what the code does: its examples run, its numbers are those in force."""

import os
import re
import sys
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.settings import Settings
from cryptoflow.storage.shipping.shipper import Pace
from cryptoflow.storage.waits import JITTER

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "storage.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    """The text under a heading."""
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_the_console_of_the_page_is_what_a_console_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    for block in re.findall(r"```console\n(.*?)```", part("Leases") + part("Shipping"), re.DOTALL):
        for line in block.strip().split("$ ")[1:]:
            command, _, wanted = line.strip().partition("\n")
            run(command.split()[1:])
            said = capfd.readouterr()
            told = (said.out + said.err).strip()
            assert re.fullmatch(".+?".join(map(re.escape, wanted.split("…"))), told), told


def test_the_numbers_of_leases_are_those_in_force() -> None:
    rows = re.findall(r"\| `CRYPTOFLOW_(\w+)` \| (\d+) \|", part("Leases"))
    fields = Settings.model_fields
    assert {name: float(told) for name, told in rows} == {name: fields[name.lower()].default for name, _ in rows}
    assert len(rows) == 4


def test_the_numbers_of_shipping_are_those_in_force() -> None:
    pace, told = Pace(), part("Shipping")
    assert f"batches of {pace.batch:,}" in told
    assert f"after {pace.shortest:.0f}, 2, 4, 8 … s, at most {pace.longest:.0f}, ± {JITTER * 100:.0f} %" in told
    assert f"more than {pace.patience:.0f} s" in " ".join(told.split())


def test_the_fields_of_an_event_are_those_of_the_page() -> None:
    table = re.findall(r"^\| (`.*?) \|", part("A journal to look at"), re.MULTILINE)
    assert [name for row in table for name in re.findall(r"`(\w+)`", row)] == sorted(
        Recorded._fields, key=["account", "seq", "stream", "version", "name", "schema"].__contains__, reverse=True
    )
