"""What the page about storage says of copies and backups is what happens: its lines run in their order."""

import re
import shlex
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS
from cryptoflow.settings import Settings
from cryptoflow.storage.copying.accounts import BATCH
from tests.storage.estates import journal

PAGE = (Path(__file__).parents[2] / "docs" / "storage.md").read_text(encoding="utf-8")


def section(name: str) -> str:
    """The text under a heading."""
    return PAGE.split(f"\n## {name}\n")[1].split("\n## ")[0]


def lines(name: str) -> list[str]:
    """The command lines of a section."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", section(name), re.MULTILINE | re.DOTALL)
    return [line.removeprefix("cryptoflow ") for block in blocks for line in block.splitlines()]


def test_the_lines_of_the_page_run_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    journal(tmp_path / ".cryptoflow" / "cryptoflow.db", "main", 2)
    journal(tmp_path / ".cryptoflow" / "journal" / "main.db", "main", 3)
    asked = [*lines("Copying"), *lines("Backups")]
    assert len(asked) == 7
    for line in asked:
        assert run(shlex.split(line)) == 0, (line, capsys.readouterr().err)


def test_the_numbers_and_codes_of_the_page_are_those_of_the_program() -> None:
    assert f"batch of {BATCH:,} rows" in section("Copying")
    assert f"older than {Settings().backup_days} days" in section("Backups")
    for name, group in (("Copying", "db copy"), ("Backups", "backup ")):
        told = {int(code) for code in re.findall(r"\((\d)[,)]|ends with (\d)", section(name)) for code in code if code}
        assert told <= {int(code) for command in EXITS if command.startswith(group) for code in EXITS[command]}
        assert told
