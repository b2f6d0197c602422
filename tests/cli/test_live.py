"""`cryptoflow live` up to its first refusal."""

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.events.accounts import PositionChanged
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import ExitCode
from cryptoflow.pipelines.databases.targets import SHARED
from cryptoflow.pipelines.probing.evidence import code_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.settings import settings
from cryptoflow.storage.events.reading import Wanted, events
from cryptoflow.storage.files import create, existing
from tests.cli.projects import small
from tests.pipelines.lives import BEGIN, DAY, demoted, kept, marked, on_paper, probed, promoted, sniper

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


RESUME = "exits only until `cryptoflow resume --account main --operator NAME --cause CAUSE --phrase PHRASE`"
ACK = "exits only until `cryptoflow tier ack --account main --operator NAME`"


def holding(quantity: str) -> Draft:
    """What is held of BTC/USDT."""
    money = (Decimal(1000), Decimal(0), Decimal(0))
    return Draft(PositionChanged("BTC/USDT", "one", Decimal(quantity), *money, BEGIN), BEGIN + 1, "live")


def lived(spec: Path, *more: Draft) -> None:
    """Write the journal of an account that is in tier 1, and what happened to it since."""
    kept(spec.parent.parent / ".cryptoflow", "main", [*sniper(), *more])


def named(spec: Path) -> list[str]:
    """What the events of the account are called."""
    engine = existing(spec.parent.parent / ".cryptoflow" / "journal" / "main.db")
    try:
        with engine.connect() as connection:
            return [each.name for each in events(connection, Wanted("main"))]
    finally:
        engine.dispose()


def test_an_account_in_order_is_told_nothing_of_exits(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived(spec)
    assert run(["live", str(spec)]) == ExitCode.UNAVAILABLE
    assert "exits only" not in capsys.readouterr().err


def test_a_tripped_account_starts_for_exits_only_and_first_ends_a_plan_that_has_nothing_to_do(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lived(spec)
    assert run(["kill", "--reason", "odd fills"]) == 0
    assert run(["live", str(spec)]) == ExitCode.UNAVAILABLE
    told = capsys.readouterr().err
    assert told.count(RESUME) == 1
    assert "nothing of main is open, so its recovery plan had nothing to do, and has finished" in told
    assert next(iter(KEYS)) in told
    assert named(spec)[-1] == "recovery.finished"


def test_a_tripped_account_that_holds_something_starts_for_exits_only_and_says_what_is_open(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    lived(spec, holding("0.5"))
    assert run(["kill", "--reason", "odd fills"]) == 0
    assert run(["live", str(spec)]) == ExitCode.UNAVAILABLE
    told = capsys.readouterr().err
    assert RESUME in told
    assert "in tier 1, for exits only, but this version does not trade yet" in told
    assert "still open are: 0.5 of BTC/USDT" in told
    assert named(spec)[-1] == "kill.tripped"


DOUBT = promoted(2, BEGIN + DAY)
"""What nothing before it bears out."""

AHEAD = marked(600, 4_000_000_000_000)
"""What was written by a clock that was far ahead."""


@pytest.mark.parametrize(
    ("odd", "what"),
    [(DOUBT, "event 9 of main is not believed"), (AHEAD, "the clock of this machine is behind the last event of main")],
)
@pytest.mark.parametrize("tripped", [True, False])
def test_neither_a_doubt_nor_a_clock_that_is_behind_keeps_anybody_from_leaving(
    spec: Path, capsys: pytest.CaptureFixture[str], odd: Draft, what: str, tripped: bool
) -> None:
    lived(spec, holding("0.5"), odd)
    if tripped:
        assert run(["kill", "--reason", "odd fills"]) == 0
    assert run(["live", str(spec)]) == ExitCode.UNAVAILABLE
    told = capsys.readouterr().err
    assert told.count(f"exits only: {what}") == 1
    assert (RESUME in told) is tripped
    assert next(iter(KEYS)) in told


@pytest.mark.parametrize("odd", [DOUBT, AHEAD])
def test_with_nothing_to_leave_a_doubt_and_a_clock_that_is_behind_are_refused_as_ever(
    spec: Path, capsys: pytest.CaptureFixture[str], odd: Draft
) -> None:
    lived(spec, holding("0.5"), holding("0"), odd)
    assert run(["kill", "--reason", "odd fills"]) == 0
    assert run(["live", str(spec)]) == ExitCode.REFUSED
    assert "exits only" not in capsys.readouterr().err


def test_play_money_is_refused_though_something_is_open(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept(spec.parent.parent / ".cryptoflow", "paper-main", [*sniper(), holding("0.5"), DOUBT])
    assert run(["live", str(spec), "--account", "paper-main"]) == ExitCode.REFUSED
    assert "has no real money" in capsys.readouterr().err


def test_a_demotion_that_nobody_took_note_of_leaves_exits_only(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived(spec, holding("0.5"), demoted(0, BEGIN + 1))
    assert run(["live", str(spec)]) == ExitCode.UNAVAILABLE
    told = capsys.readouterr().err
    assert ACK in told
    assert next(iter(KEYS)) in told


def test_a_demotion_to_tier_0_with_nothing_to_leave_is_refused(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lived(spec, demoted(0, BEGIN + 1))
    assert run(["live", str(spec)]) == ExitCode.REFUSED
    told = capsys.readouterr().err
    assert "exits only" not in told
    assert f"main went down a tier\nhint: {ACK.removeprefix('exits only until ')}" in told
    assert "main is in tier 0 (observer), which trades no real money" in told
    assert next(iter(KEYS)) not in told


@pytest.mark.parametrize(("quantity", "code"), [("0.5", ExitCode.UNAVAILABLE), ("0", ExitCode.REFUSED)])
def test_a_feature_that_the_tier_locks_keeps_nobody_from_leaving(spec: Path, quantity: str, code: ExitCode) -> None:
    spec.write_text(spec.read_text() + "execution: {entry: {order: limit, offset: 5 bps}}\n")
    lived(spec, holding(quantity))
    assert run(["live", str(spec)]) == ExitCode.REFUSED
    assert run(["kill", "--reason", "odd fills"]) == 0
    assert run(["live", str(spec)]) == code


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
