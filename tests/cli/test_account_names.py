"""An account that a spec could not name is none for any command: its name is that of a file."""

from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode

Capsys = pytest.CaptureFixture[str]

LINES = [
    "status --account NAME",
    "kill --reason odd --account NAME",
    "resume --operator ada --account NAME",
    "watchdog NAME --once",
    "journal NAME",
    "live none.yaml --account NAME",
    "audit verify NAME",
    "db rebuild --account NAME",
    "db ship NAME",
    "db lease NAME -- true",
    "db retire --finished NAME --before 2024-01-01",
    "tier show --account NAME",
    "tier gates --account NAME",
    "tier history --account NAME",
    "tier ack --operator ada --account NAME",
    "tilt show --account NAME",
    "tilt history --account NAME",
    "tilt baseline --account NAME",
    "tilt ingest observed.jsonl --account NAME",
    "reflect --file answers.txt --account NAME",
]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "state" / "of" / "mine"))
    (tmp_path / "observed.jsonl").write_text('{"at": 1, "what": "restart"}\n')
    return tmp_path


def ended(line: str, name: str) -> int:
    return run([name if word == "NAME" else word for word in line.split()])


@pytest.mark.parametrize("line", LINES)
def test_a_name_that_no_spec_may_have_is_refused_before_anything_is_read_or_written(
    line: str, project: Path, capsys: Capsys
) -> None:
    for name in ("../../evil", "a b/c", "", " main", "7th", "a" * 65, f"backtest-{'a' * 65}-0123456789"):
        assert ended(line, name) == ExitCode.USAGE
        assert f"{name!r} is no account: its name is of letters" in capsys.readouterr().err
    assert not list(project.rglob("*evil*"))
    assert not (project / "state").exists()


@pytest.mark.parametrize("name", ["main", "Desk_2", "paper-main", f"backtest-{'a' * 64}-0123456789", "backtest-x"])
def test_a_name_that_an_account_or_a_recorded_run_may_have_is_looked_for(name: str, capsys: Capsys) -> None:
    assert ended("journal NAME", name) == ExitCode.INVALID
    assert f"there is no journal of {name}" in capsys.readouterr().err
