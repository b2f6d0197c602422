"""`cryptoflow tier`."""

import json
from pathlib import Path

import pytest
import typer

from cryptoflow.cli.app import run
from cryptoflow.cli.probe import tell
from cryptoflow.clock import MachineClock
from cryptoflow.domain.discipline.reach import Reach
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.probing.evidence import Evidence, Kept, code_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.settings import settings
from tests.cli.projects import small
from tests.pipelines.lives import BEGIN, demoted, hunter, kept, promoted, sniper

FIELDS = ("name", "value", "needed", "met", "available")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the state of a project lies, in which commands run."""
    small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    settings.cache_clear()
    return tmp_path / ".cryptoflow"


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    """What a command answers a program."""
    assert run([*arguments, "--json"]) == ExitCode.OK
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_a_new_account_is_an_observer_and_sees_its_way(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = asked(capsys, "tier", "show")
    assert (shown["tier"], shown["state"], shown["limits"]) == (0, "observer", None)
    gates = asked(capsys, "tier", "gates", "--spec", "configs/small.yaml")
    assert [
        (each["name"], each["value"], each["needed"], each["met"], each["available"]) for each in gates["gates"]
    ] == [  # type: ignore[attr-defined]
        ("equity", None, 500.0, False, False),
        ("paper_trips", 0.0, 10.0, False, True),
        ("paper_hours", 0.0, 24.0, False, True),
        ("evidence", None, 2.0, False, False),
    ]
    assert gates["gates"][3]["feed"] == (  # type: ignore[index]
        "cryptoflow probe lookahead configs/small.yaml; cryptoflow probe warmup configs/small.yaml"
    )
    assert [each["what"] for each in gates["setup"]] == ["SQLite", "one process"]  # type: ignore[attr-defined]


def test_a_demotion_is_taken_note_of_by_name_and_the_wait_goes_on(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = MachineClock().now()
    kept(home, "main", [*sniper(), demoted(0, now)])
    shown = asked(capsys, "tier", "show")
    assert (shown["state"], shown["promotion_from"] is None) == ("observer_exits_only", False)
    done = asked(capsys, "tier", "ack", "--operator", "ada")
    assert done == {"account": "main", "event": 9, "operator": "ada"}
    again = asked(capsys, "tier", "show")
    assert (again["state"], again["promotion_from"]) == ("observer", shown["promotion_from"])
    assert run(["tier", "ack", "--operator", "ada"]) == ExitCode.REFUSED
    capsys.readouterr()
    assert asked(capsys, "journal", "main", "--event", "tier.acknowledged")["by"] == "ada"


def test_a_tier_is_named_once_and_that_only_exits_are_allowed_beside_it(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["tier", "show"]) == ExitCode.OK
    assert capsys.readouterr().out.startswith("main is in tier 0 (observer)\n")
    kept(home, "main", [*sniper(), demoted(0, BEGIN + 1)])
    assert run(["tier", "show"]) == run(["status"]) == ExitCode.OK
    shown, status = (part for part in capsys.readouterr().out.split("main: "))
    assert shown.startswith("main is in tier 0 (observer), exits only\n")
    assert "\ntier 0 (observer), exits only\n" in status


def test_a_machine_takes_note_of_nothing(home: Path) -> None:
    kept(home, "main", [*sniper(), demoted(0, BEGIN + 1)])
    assert run(["tier", "ack", "--operator", "cryptoflow"]) == ExitCode.USAGE


@pytest.mark.parametrize("name", ["live", " paper ", ""])
@pytest.mark.parametrize("command", [["tier", "ack"], ["resume", "--cause", "a fee table"], ["reflect"]], ids=" ".join)
def test_no_command_takes_the_name_of_a_process_for_a_person_s(
    command: list[str], name: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(home, "main", sniper())
    answers = home.parent / "answers.txt"
    answers.write_text("Slowly.")
    more = ["--file", str(answers)] if command == ["reflect"] else []
    code = run([*command, *more, "--operator", name])
    if command == ["reflect"] and not name:
        assert code == ExitCode.INVALID, "without a name it is whoever is logged in, and the answer is too short"
    else:
        assert code == ExitCode.USAGE
        assert "nobody's name" in capsys.readouterr().err


def test_the_history_says_what_is_not_believed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(home, "main", [*sniper(), promoted(3, BEGIN + 1)])
    moves = asked(capsys, "tier", "history")["moves"]
    assert [(each["name"], each["doubt"]) for each in moves] == [  # type: ignore[attr-defined]
        ("tier.began", None),
        ("tier.promoted", None),
        ("tier.promoted", "nothing before it bears out a promotion to tier 3"),
    ]
    assert run(["tier", "history"]) == ExitCode.OK
    assert "not believed: nothing before it" in capsys.readouterr().out


def test_what_a_probe_finds_is_told_in_the_journal_and_feeds_the_gate(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = home.parent / "configs" / "small.yaml"
    resolved = resolve(spec)

    def met() -> bool:
        gates = asked(capsys, "tier", "gates", "--spec", str(spec))["gates"]
        return next(bool(each["met"]) for each in gates if each["name"] == "evidence")  # type: ignore[attr-defined]

    for kind in ("lookahead", "warmup"):
        assert not met()
        tell(found(resolved, kind), Kept(home / "evidence"), resolved, as_json=False)
        capsys.readouterr()
    assert met()
    with pytest.raises(typer.Exit):
        tell(found(resolved, "warmup")._replace(passed=False), Kept(home / "evidence"), resolved, as_json=False)
    capsys.readouterr()
    assert not met()
    short = Kept(home / "evidence", standing=found(resolved, "warmup"))
    tell(found(resolved, "warmup"), short, resolved, as_json=False)  # a pass that does not reach as far
    capsys.readouterr()
    assert not met()


def test_a_probe_is_of_its_spec_and_its_code(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = home.parent / "configs" / "small.yaml"
    for kind in ("lookahead", "warmup"):
        tell(found(resolve(spec), kind), Kept(home / "evidence"), resolve(spec), as_json=False)
    capsys.readouterr()
    spec.write_text(spec.read_text().replace("share: 4%", "share: 3%"))
    gates = asked(capsys, "tier", "gates", "--spec", str(spec))["gates"]
    assert [each["met"] for each in gates if each["name"] == "evidence"] == [False]  # type: ignore[attr-defined]


def found(resolved: Resolved, kind: str) -> Evidence:
    """What a probe that passes has found."""
    return Evidence(
        kind=kind,
        passed=True,
        spec_hash=resolved.spec_hash,
        code=code_of(resolved),
        data="data",
        period="2024-01-03..2024-01-20",
        draws=12,
        signals=1,
        orders=1,
        reach=Reach("2024-01-03..2024-01-20", 12),
        bars=432,
        at="2024-01-01T00:00:00Z",
        version="1",
    )


def test_the_table_is_the_project_s(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cryptoflow.spec.shipped import configs

    tiers = home.parent / "configs" / "tiers"
    tiers.mkdir()
    own = (configs() / "tiers" / "1-sniper.yaml").read_text().replace("order: 100 USDT", "order: 60 USDT")
    (tiers / "1-sniper.yaml").write_text(own)
    assert run(["tier", "table", "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)[1]["limits"]["order"] == "60 USDT"


@pytest.mark.parametrize("command", [["tier", "show"], ["tier", "gates"], ["tier", "history"]], ids=" ".join)
def test_beside_the_journals_of_others_an_account_without_one_is_a_slip_of_the_pen(
    command: list[str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--account", "mian"]) == ExitCode.OK
    kept(home, "backtest-small-0123456789", sniper())
    assert run([*command, "--account", "mian"]) == ExitCode.OK
    assert run([*command, "--account", "backtest-small-012345678"]) == ExitCode.INVALID
    kept(home, "main", sniper())
    capsys.readouterr()
    assert run([*command, "--account", "mian"]) == ExitCode.INVALID
    assert capsys.readouterr().err == "there is no journal of mian\nhint: did you mean `main`?\n"


def test_a_recorded_run_is_measured_at_its_end_and_days_after_it_count_for_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept(home, "backtest-a", [each for each in hunter() if each.event.name != "tier.promoted" or each.at == BEGIN])
    gates = asked(capsys, "tier", "gates", "--account", "backtest-a")["gates"]
    days = {each["name"]: each["value"] for each in gates}  # type: ignore[attr-defined]
    assert all(days[name] < 40 for name in ("days_in_tier", "no_breach") if days.get(name) is not None)
    assert days["days_in_tier"] > 30
