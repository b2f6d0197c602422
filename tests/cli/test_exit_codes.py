"""Exit codes are an API: each command ends with those of its list, and each of today's codes can be reached."""

import shutil
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.cli.exits import EXITS, MEANINGS
from cryptoflow.cli.pages import leaves
from cryptoflow.errors import ExitCode
from tests.cli.projects import data, small
from tests.market.store.stores import filled, made

Capsys = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]
SPEC = "configs/small.yaml"


def command_of(line: str) -> str:
    return max((name for name in EXITS if line.startswith(name)), key=len)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project, which is the current folder."""
    small(tmp_path)
    filled(tmp_path / ".cryptoflow" / "data", made(10))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_declares_its_codes() -> None:
    assert set(EXITS) == set(leaves())


def test_every_code_has_a_meaning_and_none_means_two_things() -> None:
    assert list(MEANINGS) == list(ExitCode)
    assert len({meaning for meaning, _ in MEANINGS.values()}) == len(ExitCode)


def test_every_command_can_go_well_and_can_be_called_wrongly() -> None:
    assert all({ExitCode.OK, ExitCode.USAGE} <= set(exits) for exits in EXITS.values())
    assert all(ExitCode.BUG not in exits for exits in EXITS.values())


@pytest.mark.parametrize(
    "code", [ExitCode.OK, ExitCode.USAGE, ExitCode.INVALID, ExitCode.UNAVAILABLE, ExitCode.REFUSED]
)
def test_the_example_of_a_code_ends_with_it(code: ExitCode, monkeypatch: pytest.MonkeyPatch, capsys: Capsys) -> None:
    monkeypatch.chdir(ROOT)
    before, _, line = MEANINGS[code][1].strip("`").partition("cryptoflow ")
    if before:
        monkeypatch.setenv(*before.strip().split("=", 1))
    assert run(line.split()) == code, capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(EXITS))
def test_an_option_that_is_not_there_ends_with_2(command: str, capsys: Capsys) -> None:
    assert run([*command.split(), "--no-such-option"]) == ExitCode.USAGE
    assert "--no-such-option" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("init elsewhere", 0),
        ("init . --name small", 2),
        (f"validate {SPEC}", 0),
        (f"validate {SPEC} --set sizing.share=140%", 3),
        ("validate", 2),
        (f"explain {SPEC} sizing", 0),
        (f"explain {SPEC} --set nonsense=1", 3),
        (f"explain {SPEC} nonsense", 2),
        ("schema", 0),
        ("schema nonsense", 2),
        (f"backtest {SPEC}", 0),
        (f"backtest {SPEC} --engine steam", 2),
        ("backtest configs/none.yaml", 3),
        (f"diff {SPEC} {SPEC} --detailed-exitcode", 0),
        (f"diff {SPEC} configs/other.yaml", 0),
        (f"diff {SPEC} configs/other.yaml --detailed-exitcode", 10),
        (f"diff {SPEC} configs/none.yaml", 3),
        (f"diff {SPEC} {SPEC} {SPEC}", 2),
        (f"probe lookahead {SPEC} --draws 1", 0),
        (f"probe warmup {SPEC} --draws 1", 0),
        (f"probe warmup {SPEC} --set warmup=2", 6),
        (f"probe lookahead {SPEC} --from 2024-01-20 --set strategies.cross.with.slow=50", 3),
        ("data list", 0),
        ("data list DOGE/USDT", 3),
        ("data show BTC/USDT", 0),
        ("data show", 2),
        ("data verify", 0),
        ("data gaps", 0),
        ("data prune", 0),
        ("data prune BTC/USDT", 0),
        ("data export BTC/USDT --to bars.csv", 0),
        ("data export BTC/USDT --to bars.xls", 2),
        ("runs list", 0),
        ("runs show none", 3),
        ("runs compare none none", 3),
        ("runs reproduce none", 3),
        ("report none", 3),
        ("data download BTC/USDT", 2),
        ("data download BTC/USDT --since 2024-01-01 --venue nowhere", 3),
        ("data download configs/none.yaml", 3),
        ("plugins list", 0),
        ("plugins list --kind none", 2),
        ("plugins show nothing", 3),
        ("plugins new rule mine", 0),
        ("plugins new rule cash", 3),
        ("plugins new broker mine", 2),
        ("tier table", 0),
        (f"backtest {SPEC} --record", 0),
        (f"backtest {SPEC} --record --set discipline=off", 5),
        ("status", 3),
        ("kill --reason odd", 3),
        ("kill", 2),
        ("resume --operator anna", 3),
        ("watchdog --once", 3),
        ("watchdog backtest-a --once", 5),
        ("journal", 2),
        ("journal nobody", 3),
        ("audit verify", 0),
        ("audit verify nobody", 3),
        ("db status", 0),
        ("db upgrade", 0),
        ("db check", 0),
        ("db rebuild", 0),
    ],
)
def test_a_command_line_ends_with_its_code(project: Path, capsys: Capsys, line: str, code: int) -> None:
    spec = (project / SPEC).read_text()
    (project / "configs" / "other.yaml").write_text(spec.replace("4%", "3%"))
    assert run(line.split()) == code, capsys.readouterr().err
    assert ExitCode(code) in EXITS[command_of(line)]


def test_a_run_that_comes_out_differently_ends_with_6(project: Path, capsys: Capsys) -> None:
    assert run(["backtest", SPEC]) == 0
    (run_id,) = (path.name for path in (project / ".cryptoflow" / "runs").glob("small-*"))
    assert run(["runs", "reproduce", run_id]) == ExitCode.OK
    data(project).write_text(data(project).read_text().replace(",5", ",6"))
    assert run(["runs", "reproduce", run_id]) == ExitCode.PROOF_FAILED
    assert ExitCode.PROOF_FAILED in EXITS["runs reproduce"]


@pytest.mark.parametrize(
    "line",
    [f"backtest {SPEC}", "init file/project", "doctor", "plugins new rule my --folder file"],
)
def test_a_folder_that_cannot_be_written_ends_with_4(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    (project / "file").touch()
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(project / "file" / "state"))
    assert run(line.split()) == ExitCode.UNAVAILABLE
    assert ExitCode.UNAVAILABLE in EXITS[command_of(line)]


def test_an_error_names_its_code_in_json(project: Path, capsys: Capsys) -> None:
    shutil.rmtree(project / "configs")
    assert run(["--json", "backtest", SPEC]) == 3
    assert '"exit_code": 3' in capsys.readouterr().out
