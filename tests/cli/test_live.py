"""`cryptoflow live` up to its first refusal."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.databases.targets import SHARED
from cryptoflow.pipelines.probing.evidence import code_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.settings import settings
from cryptoflow.storage.files import create
from tests.cli.projects import small
from tests.pipelines.lives import BEGIN, demoted, kept, on_paper, probed, sniper

MAIN = "from cryptoflow.cli.main import main; main()"
KEYS = {"CRYPTOFLOW_ACCOUNTS__MAIN__BINANCE__KEY": "a-key", "CRYPTOFLOW_ACCOUNTS__MAIN__BINANCE__SECRET": "a-secret"}


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project to stand in, on a machine without keys."""
    spec = small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    settings.cache_clear()
    yield spec
    settings.cache_clear()


@pytest.fixture
def proved(spec: Path) -> Path:
    """The same, with all that the gates to tier 1 ask for but money."""
    prove(spec)
    return spec


def prove(spec: Path) -> None:
    """Trade a spec on paper for as long as it takes, and let its probes pass."""
    resolved, home = resolve(spec), spec.parent.parent / ".cryptoflow"
    kept(home, "paper-main", on_paper(resolved.spec_hash, 10, 24))
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN))


def test_nothing_named_is_a_wrong_line(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live"]) == ExitCode.USAGE
    assert "cryptoflow live --tier 1" in capsys.readouterr().err


def test_a_spec_with_mistakes_comes_first(spec: Path) -> None:
    assert run(["live", str(spec), "--set", "sizing.share=140%"]) == ExitCode.INVALID


def test_tier_1_runs_the_spec_that_its_file_names(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live", "--tier", "1"]) == ExitCode.REFUSED
    assert "btc_trend.yaml" in capsys.readouterr().err


def test_a_project_s_tier_file_names_its_own(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from cryptoflow.spec.shipped import configs

    tiers = spec.parent / "tiers"
    tiers.mkdir()
    own = (configs() / "tiers" / "1-sniper.yaml").read_text().replace("../btc_trend.yaml", "../small.yaml")
    (tiers / "1-sniper.yaml").write_text(own)
    assert run(["live", "--tier", "1"]) == ExitCode.REFUSED
    assert "small.yaml" in capsys.readouterr().err


def test_a_feature_that_the_tier_locks_is_refused_with_its_line(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec.write_text(spec.read_text() + "execution: {entry: {order: limit, offset: 5 bps}}\n")
    prove(spec)
    assert run(["live", str(spec)]) == ExitCode.REFUSED
    told = capsys.readouterr().err
    assert "limit orders take tier 2, and this start is in tier 1 (sniper)" in told
    assert "small.yaml:9:" in told


def test_a_demotion_that_nobody_took_note_of_is_refused(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = spec.parent.parent / ".cryptoflow"
    kept(home, "main", [*sniper(), demoted(0, BEGIN + 1)])
    assert run(["live", str(spec)]) == ExitCode.REFUSED
    assert "cryptoflow tier ack --account main --operator NAME" in capsys.readouterr().err


def test_missing_keys_are_named_and_come_last(proved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live", str(proved)]) == ExitCode.UNAVAILABLE
    told = capsys.readouterr().err
    assert all(name in told for name in KEYS)


def test_with_keys_it_says_plainly_that_it_does_not_trade_yet(
    proved: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert run(["live", str(proved)]) == ExitCode.UNAVAILABLE
    told = "".join(capsys.readouterr())
    assert "this version does not trade yet: no order was sent" in told
    assert not any(value in told for value in KEYS.values())


def test_a_lease_that_another_process_holds_comes_before_the_keys(
    proved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    create(proved.parent.parent / ".cryptoflow" / SHARED).dispose()
    held = ["db", "lease", "main", "--", sys.executable, "-c", MAIN, "live", str(proved)]
    assert run(held) == ExitCode.LEASE_HELD


def test_discipline_off_is_refused(spec: Path) -> None:
    assert run(["live", str(spec), "--set", "discipline=off"]) == ExitCode.REFUSED


def test_another_account_is_another_journal(proved: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["live", str(proved), "--account", "second"]) == ExitCode.REFUSED
    assert "second is in tier 0" in capsys.readouterr().err
