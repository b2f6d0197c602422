"""How commands are spoken to and how they answer: shared options, forms of talk, completion, version."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.arguments import arranged
from tests.cli.projects import small

Capsys = pytest.CaptureFixture[str]


def program(*arguments: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "from cryptoflow.cli.main import main; main()", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | variables,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )


def lines(told: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in told.splitlines()]


@pytest.mark.parametrize(
    ("given", "arrangement"),
    [
        ("runs list --log-format=json", "--log-format=json runs list"),
        ("-q --json plugins list", "plugins list -q --json"),
        ("--env live --set a=1 backtest x.yaml --set b=2", "backtest x.yaml --set b=2 --env live --set a=1"),
        ("--json runs show -- --log-format", "runs show --json -- --log-format"),
        ("--version", "--version"),
        ("--set", "--set"),
    ],
)
def test_shared_options_may_stand_before_or_after_the_command(given: str, arrangement: str) -> None:
    assert arranged(given.split()) == arrangement.split()


def test_talk_becomes_lines_of_json_when_asked(tmp_path: Path, capsys: Capsys) -> None:
    small(tmp_path)
    assert run(["--log-format", "json", "init", str(tmp_path / "other")]) == 0
    (remark,) = lines(capsys.readouterr().err)
    assert (remark["event"], remark["text"][:5]) == ("remark", "next:")
    assert remark["at"].endswith("Z")
    spec = tmp_path / "configs" / "small.yaml"
    assert run(["backtest", str(spec), "--set", "sizing.share=140%", "--set", "nmae=x", "--log-format", "json"]) == 3
    errors = lines(capsys.readouterr().err)
    assert [error["event"] for error in errors] == ["error", "error"]
    assert {"what", "file", "line", "column", "fix", "exit_code"} <= errors[0].keys()


def test_the_form_of_talk_is_a_setting_of_the_machine_too(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRYPTOFLOW_LOG_FORMAT", "json")
    assert run(["runs", "show", "none"]) == 3
    assert lines(capsys.readouterr().err)[0]["event"] == "error"
    assert run(["runs", "show", "none", "--log-format", "text"]) == 3
    assert capsys.readouterr().err.startswith("there is no run")


def test_a_form_that_is_none_is_refused_wherever_it_was_asked_for(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["runs", "list", "--log-format", "xml"]) == 2
    assert "choose text or json" in capsys.readouterr().err
    (tmp_path / ".env").write_text("CRYPTOFLOW_LOG_FORMAT=xml\n")
    assert run(["runs", "list"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("CRYPTOFLOW_LOG_FORMAT is 'xml'")
    assert told.count("CRYPTOFLOW_LOG_FORMAT") == 1


def test_the_version_needs_no_more_than_the_package_itself() -> None:
    watched = """
import sys
from cryptoflow.cli.main import main
sys.argv[1:] = ["--version"]
try: main()
finally: print(sorted(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", watched], check=True, capture_output=True, text=True)
    version, modules = done.stdout.splitlines()
    assert version.startswith("cryptoflow ")
    assert "typer" not in modules
    assert "pydantic" not in modules


@pytest.mark.parametrize(("shell", "part"), [("bash", "COMPREPLY"), ("zsh", "compdef"), ("fish", "complete --command")])
def test_completion_is_printed_for_the_shell_that_is_named(tmp_path: Path, shell: str, part: str) -> None:
    done = program("--show-completion", shell, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert part in done.stdout
    assert "cryptoflow" in done.stdout


def test_completion_is_installed_for_the_shell_that_is_named(tmp_path: Path) -> None:
    done = program("--install-completion", "bash", folder=tmp_path, HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / ".bash_completions" / "cryptoflow.sh").is_file()


def test_a_shell_nobody_knows_is_a_mistake_in_the_command(tmp_path: Path) -> None:
    done = program("--show-completion", "sh2", folder=tmp_path)
    assert done.returncode == 2
    assert "zsh" in done.stderr


def test_commands_and_runs_are_completed(tmp_path: Path) -> None:
    run_folder = tmp_path / ".cryptoflow" / "runs" / "first-0123456789"
    run_folder.mkdir(parents=True)
    (run_folder / "run.json").write_text('{"run_id": "first-0123456789", "created_at": "2024-01-01T00:00:00Z"}')
    asked = {"_CRYPTOFLOW_COMPLETE": "complete_bash"}
    commands = program(folder=tmp_path, COMP_WORDS="cryptoflow pl", COMP_CWORD="1", **asked)
    assert "plugins" in commands.stdout.split()
    runs = program(folder=tmp_path, COMP_WORDS="cryptoflow runs show fi", COMP_CWORD="3", **asked)
    assert runs.stdout.split() == ["first-0123456789"]


def test_a_reader_that_goes_away_is_no_fault_of_ours(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", "from cryptoflow.cli.main import main; main()", "plugins", "list", "--json"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        text=True,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")


def test_nothing_is_ever_asked_without_a_terminal(tmp_path: Path) -> None:
    for arguments in (("init",), ("init",), ("plugins", "new", "rule", "mine"), ("doctor",), ("runs", "list")):
        assert program(*arguments, folder=tmp_path).returncode in (0, 2)


def test_a_pipe_that_lacks_a_character_gets_a_stand_in(tmp_path: Path) -> None:
    spec = Path(__file__).parents[2] / "configs" / "btc_trend.yaml"
    words = ("backtest", str(spec), "--from", "2024-01-01", "--to", "2024-02-01")
    done = program(*words, folder=tmp_path, PYTHONIOENCODING="ascii", CRYPTOFLOW_HOME=str(tmp_path / "home"))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "Total return" in done.stdout
