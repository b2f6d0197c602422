"""`cryptoflow doctor`, `warmup` and `tier table`: what concerns the machine and the account, not a spec."""

import json
import re
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.pipelines import doctor, warmup
from cryptoflow.settings import settings

Capsys = pytest.CaptureFixture[str]


def said(capsys: Capsys, *arguments: str, code: int = 0) -> Any:
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def state_of(found: Any, name: str) -> str:
    return " ".join(each["state"] for each in found["checks"] if each["name"] == name)


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)


def test_a_machine_that_can_run_is_told_so(capsys: Capsys) -> None:
    found = said(capsys, "doctor")
    assert found["ok"]
    assert [each["name"] for each in found["checks"] if each["name"] != "packages"] == [
        *("python", "settings", "state", "compiled", "specs", "terminal", "clock")
    ]
    assert all(each["fix"] for each in found["checks"] if each["state"] != "ok")


def test_servers_that_are_named_are_asked_and_a_missing_redis_keeps_nothing_from_starting(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, redis_url: str, postgres_url: str
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_REDIS_URL", redis_url)
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", postgres_url)
    told = {each["name"]: each for each in said(capsys, "doctor")["checks"]}
    assert (told["redis"]["state"], told["database"]["state"]) == ("ok", "ok")
    assert all(re.search(r"answers in \d+\.\d ms", told[name]["told"]) for name in ("redis", "database"))
    settings.cache_clear()
    monkeypatch.setenv("CRYPTOFLOW_REDIS_URL", "redis://desk:secret@127.0.0.1:1")
    found = said(capsys, "doctor")
    assert found["ok"] and state_of(found, "redis") == "warn"
    assert "secret" not in json.dumps(found)


def test_a_database_that_is_named_and_not_there_fails(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "postgresql://desk:secret@127.0.0.1:1/trading")
    found = said(capsys, "doctor", code=4)
    assert state_of(found, "database") == "fail"
    assert "secret" not in json.dumps(found)


def test_a_database_of_another_revision_is_told_with_the_command_that_mends_it(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch, postgres_server: str
) -> None:
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", f"{postgres_server}/postgres")
    found = said(capsys, "doctor")
    assert [each["fix"] for each in found["checks"] if each["name"] == "database"] == ["cryptoflow db upgrade"]


def test_a_state_folder_that_cannot_be_written_fails_with_the_variable_that_helps(
    capsys: Capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "file" / "state"))
    assert run(["doctor", "--quiet"]) == 4
    told = capsys.readouterr().out
    assert "CRYPTOFLOW_HOME" in told
    assert "python" not in told


def test_a_variable_that_nothing_reads_is_pointed_out(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTOFLOW_HOEM", "/somewhere")
    found = said(capsys, "doctor")
    assert (
        next(each["fix"] for each in found["checks"] if each["name"] == "settings") == "did you mean `CRYPTOFLOW_HOME`?"
    )


def test_a_setting_that_cannot_be_read_fails(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTOFLOW_LOG_FORMAT", "xml")
    found = said(capsys, "doctor", code=4)
    assert state_of(found, "settings") == "fail"


def test_packages_that_are_missing_fail_and_extras_are_worth_a_word(
    capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(package: str) -> str:
        if package in ("numba", "keyring"):
            raise PackageNotFoundError(package)
        return "1"

    monkeypatch.setattr(doctor, "version", version)
    found = said(capsys, "doctor", code=4)
    assert state_of(found, "packages") == "fail warn"
    fixes = [each["fix"] for each in found["checks"] if each["name"] == "packages"]
    assert fixes[0] == "pip install numba"
    assert "cryptoflow[keyring]" in fixes[1]


def test_a_full_disk_and_a_clock_in_the_past_fail(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_TO_START", 10**18)
    monkeypatch.setattr("time.time", lambda: 1e9)
    found = said(capsys, "doctor", code=4)
    assert (state_of(found, "state"), state_of(found, "clock")) == ("fail", "fail")


def test_specs_are_counted(capsys: Capsys, tmp_path: Path) -> None:
    assert state_of(said(capsys, "doctor"), "specs") == "warn"
    assert run(["init", str(tmp_path), "--name", "first"]) == 0
    capsys.readouterr()
    assert state_of(said(capsys, "doctor"), "specs") == "ok"


def test_a_second_warm_up_has_nothing_to_do_and_says_so(capsys: Capsys) -> None:
    first = said(capsys, "warmup")
    names = {*first["compiled"], *first["ready"]}
    assert {"kernel", "ema", "crosses_above", "higher timeframes"} <= names
    second = said(capsys, "warmup")
    assert (second["compiled"], {*second["ready"]}) == ([], names)
    assert run(["warmup", "-q"]) == 0
    told = capsys.readouterr()
    assert f"all {len(names)} parts were compiled already" in told.out
    assert first["folder"] in told.out
    assert told.err == ""
    assert state_of(said(capsys, "doctor"), "compiled") == "ok"


def test_compiled_code_that_has_nowhere_to_stay_fails(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cryptoflow.engine.batch.cache.cache_folder", lambda: Path("/tmp/cryptoflow-x/compiled"))
    assert run(["warmup"]) == 4
    assert "CRYPTOFLOW_CACHE" in capsys.readouterr().err


def test_progress_goes_by_how_long_each_cold_part_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    warmed: list[str] = []
    parts = [
        warmup.Part(name, lambda name=name: name != "b", lambda name=name: warmed.append(name), weight)  # type: ignore[misc]
        for name, weight in (("a", 5), ("b", 1), ("c", 1))
    ]
    monkeypatch.setattr(warmup, "parts", lambda: iter(parts))
    drawn: list[tuple[int, int]] = []
    told: list[str] = []
    done = warmup.warmup(tell=told.append, progress=lambda *counts: drawn.append(counts))
    assert (done.compiled, done.ready, warmed) == (("a", "c"), ("b",), ["a", "c"])
    assert drawn == [(5, 6), (6, 6)]
    assert told == ["compiling 2 of 3 parts, once: half a minute for all"]


def test_the_tier_table_has_the_numbers_of_the_rules(capsys: Capsys) -> None:
    found = said(capsys, "tier", "table")
    assert [(each["tier"], each["name"]) for each in found] == [
        *((0, "observer"), (1, "sniper"), (2, "hunter"), (3, "strategist"), (4, "architect"))
    ]
    assert [each["limits"]["daily_loss"] for each in found[1:]] == ["25 USDT", "100 USDT", "500 USDT", "1000 USDT"]
    assert run(["tier", "table"]) == 0
    shown = capsys.readouterr().out
    assert all(part in shown for part in ("500..2000 USDT", "2000 USDT", "20%", "+ cross_venue", "nothing with real"))
