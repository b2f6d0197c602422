"""`cryptoflow status`: all that discipline knows of an account."""

import asyncio
import json
import re
from decimal import Decimal
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import MachineClock
from cryptoflow.domain.discipline.folding import shown_by
from cryptoflow.domain.events.accounts import RiskMeasured
from cryptoflow.domain.events.discipline import KillReleased, KillTripped
from cryptoflow.domain.events.evidence import OverrideAttempted
from cryptoflow.domain.events.tilt import TiltObserved, TiltRaised
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.tiers.standing import standing, standing_of
from cryptoflow.pipelines.tiers.table import law_of
from cryptoflow.settings import settings
from cryptoflow.storage.events.reading import Wanted
from cryptoflow.storage.events.reading import events as told
from cryptoflow.storage.files import existing
from tests.pipelines.lives import BEGIN, demoted, kept, marked, promoted, sniper, started
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
DAY = 86_400_000


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where state lies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    settings.cache_clear()
    return tmp_path / ".cryptoflow"


def status(capsys: Capsys, account: str = "main") -> dict[str, Any]:
    capsys.readouterr()
    assert run(["status", "--account", account, "--json"]) == 0
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]  # an object


def lines(capsys: Capsys, account: str = "main") -> list[str]:
    capsys.readouterr()
    assert run(["status", "--account", account]) == 0
    return capsys.readouterr().out.splitlines()


def test_an_account_that_is_well_is_told_in_a_few_lines(home: Path, capsys: Capsys) -> None:
    risk = RiskMeasured(Decimal(600), Decimal(60), 0.032, 12.0)
    kept(home, "main", [*sniper(), *drafts(0), Draft(risk, BEGIN + 60_000, "live")])
    assert lines(capsys) == [
        "main: kill switch armed",
        "entries: normal size",
        "tier 1 (sniper)",
        "tilt calm, score 0",
        "risk score 12 of 100, 3.2% below its high, 2023-11-14 22:14 UTC",
        "last decision 2023-11-14 22:13:20 UTC: entry of BTC/USDT (trend), ordered",
        "held by nobody",
    ]
    facts = status(capsys)
    assert (facts["size"], facts["kill"]["state"], facts["lease"], facts["untold"]) == (1.0, "armed", None, {})
    assert facts["risk"] == {"score": 12.0, "drawdown": 0.032, "at": BEGIN + 40_000}  # its minute
    assert (facts["decision"]["symbol"], facts["decision"]["verdict"]) == ("BTC/USDT", "ordered")


def test_a_lock_out_a_demotion_and_a_trip_are_all_told_and_nothing_is_entered(home: Path, capsys: Capsys) -> None:
    now = MachineClock().now()
    until = now + 3_600_000
    locked = Draft(TiltRaised("locked", 60.0, 6.0, ("T2",), until), now - 3_000)
    kept(home, "main", [*sniper(), demoted(0, now - 4_000), locked])
    facts = status(capsys)
    assert (facts["size"], facts["kill"]["state"]) == (0.0, "armed")
    assert (facts["tier"]["tier"], facts["tier"]["state"]) == (0, "observer_exits_only")
    assert facts["tier"]["promotion_from"] > now + 29 * DAY
    assert (facts["tilt"]["level"], facts["tilt"]["until"], facts["tilt"]["size"]) == ("locked", until, 0.0)
    assert facts["tilt"]["needs_reflection"]
    kept(home, "main", [Draft(KillTripped("drawdown", 0.2, 0.15), now - 1_000, "live")])
    said = "\n".join(lines(capsys))
    for each in (
        "kill switch tripped",
        'release: --phrase "resume main after drawdown',
        "entries: none",
        "no promotion before",
        "locked",
    ):
        assert each in said


def test_what_is_not_believed_and_what_cannot_be_told_is_said(home: Path, capsys: Capsys) -> None:
    file = kept(home, "main", [*sniper(), promoted(3, BEGIN + 1)])
    assert status(capsys)["tier"]["doubts"][0]["what"] == "nothing before it bears out a promotion to tier 3"
    engine = existing(file)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS events_stay")
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE events SET by = 'mallory' WHERE seq = 2")
    engine.dispose()
    facts = status(capsys)
    assert facts["tier"] is None and facts["size"] is None
    assert "the journal of main proves nothing" in facts["untold"]["tier"]
    assert any(line.startswith("tier cannot be told: ") for line in lines(capsys))


def test_a_recorded_backtest_waits_while_tripped_and_resumes_when_its_operator_releases_it(
    home: Path, capsys: Capsys
) -> None:
    """Its journal tells of no plan: the decision leaves by itself, and nobody can release it later."""
    account = "backtest-a"
    kept(
        home,
        account,
        [started("spec", "backtest", BEGIN), Draft(KillTripped("drawdown", 0.2, 0.15), BEGIN, "backtest")],
    )
    facts = status(capsys, account)
    assert (facts["kill"]["state"], facts["kill"]["phrase"], facts["size"]) == ("waiting", None, 0.0)
    assert not any("release" in line and "phrase" in line for line in lines(capsys, account))
    kept(home, account, [Draft(KillReleased("drawdown"), BEGIN + DAY, "backtest")])
    assert status(capsys, account)["kill"] == {"state": "armed", "size": 1.0}  # years later
    kept(home, account, [Draft(KillTripped("day_loss", 0.2, 0.15), BEGIN + 2 * DAY, "backtest")])
    assert status(capsys, account)["kill"]["cause"] == "day_loss"


def test_an_override_is_one_event_that_tilt_and_gates_hear(home: Path, capsys: Capsys) -> None:
    now = MachineClock().now()
    kept(home, "main", sniper())
    seen = home.parent / "seen.jsonl"
    seen.write_text(f'{{"at": {now - 5_000}, "what": "override", "setting": "resume", "accepted": true}}\n')
    assert run(["tilt", "ingest", str(seen), "--by", "ada"]) == 0
    engine = existing(journal_file("main"))
    with engine.connect() as connection:
        journal = list(told(connection, Wanted("main")))
    engine.dispose()
    assert [(each.name, each.by) for each in journal[7:]] == [("override.attempted", "ada")]
    tilt = status(capsys)["tilt"]
    assert (tilt["live"], tilt["next_entry_by_hand"]) == (["T8"], now - 5_000 + DAY)
    found = standing(journal, "main").account
    assert (found.overrides, found.evidence.overrides) == ([now - 5_000], 1)
    assert found.evidence.days_since_override < 1


def test_that_nobody_overrides_is_known_from_the_first_event_that_would_tell(home: Path, capsys: Capsys) -> None:
    kept(home, "main", sniper())
    assert isnan(override_free(BEGIN + 90 * DAY))
    kept(
        home,
        "main",
        [
            Draft(TiltObserved("restart", "", None, None, False, "", False), BEGIN + 90 * DAY, "ada"),
            marked(600, BEGIN + 100 * DAY),
        ],
    )
    assert override_free(BEGIN + 100 * DAY) == 10
    kept(home, "main", [Draft(OverrideAttempted("resume", False), BEGIN + 101 * DAY, "ada")])
    assert override_free(BEGIN + 104 * DAY) == 3


def override_free(at: int) -> float:
    """The days without an override that the gates of `main` read at a moment."""
    account = asyncio.run(standing_of("main")).account
    return shown_by(law_of(shipped()), account, at, "spec", "code").days_since_override


def test_every_field_is_named_on_the_page(home: Path, capsys: Capsys) -> None:
    kept(home, "main", [*sniper(), *drafts(0), Draft(RiskMeasured(Decimal(1), Decimal(1), 0.0, 0.0), BEGIN, "live")])
    kept(home, "main", [Draft(KillTripped("drawdown", 0.2, 0.15), BEGIN, "live")])
    page = (Path(__file__).parents[2] / "docs" / "discipline.md").read_text()
    rows = re.findall(r"^\| (`.*) \| (.*) \|$", page.partition("### What `status` tells")[2], re.MULTILINE)
    named = {name: set(re.findall(r"`(\w+)`", says)) for names, says in rows for name in re.findall(r"`(\w+)`", names)}
    facts = status(capsys)
    assert set(facts) <= set(named)
    for name in ("kill", "tier", "tilt", "risk", "decision"):
        assert set(facts[name]) <= named[name], name
