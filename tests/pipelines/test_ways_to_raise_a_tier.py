"""Ways that were tried to raise a tier, each in vain. docs/discipline.md tells of them by these names."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.clock import Clock
from cryptoflow.domain.discipline.account import Account, tell
from cryptoflow.domain.discipline.folding import folding
from cryptoflow.domain.discipline.records import Standing
from cryptoflow.domain.events.discipline import TierAcknowledged, TierBegan
from cryptoflow.domain.events.tilt import TiltObserved
from cryptoflow.domain.journal.recorded import Draft, Head
from cryptoflow.domain.journal.snapshot import taken
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.probing.evidence import code_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.tiers import table
from cryptoflow.pipelines.tiers.live import live
from cryptoflow.pipelines.tiers.showing import GAP
from cryptoflow.pipelines.tiers.showing import on_paper as paper_of
from cryptoflow.pipelines.tiers.standing import standing_of
from cryptoflow.pipelines.tiers.table import law_of
from cryptoflow.settings import VenueKeys, settings
from cryptoflow.spec import shipped as spec_shipped
from cryptoflow.storage.database import Database
from cryptoflow.storage.work.sql_store import SqlStore
from tests.cli.projects import small
from tests.pipelines.lives import (
    BEGIN,
    DAY,
    HOUR,
    demoted,
    evidence,
    hunter,
    kept,
    marked,
    on_paper,
    probed,
    promoted,
    sniper,
)


class At(Clock):
    """A clock that somebody has set."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        return self.at

    def nanoseconds(self) -> int:
        return self.at * 1_000_000


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project to stand in; returns its spec."""
    spec = small(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRYPTOFLOW_HOME", raising=False)
    settings.cache_clear()
    return spec


@pytest.fixture
def home(project: Path) -> Path:
    """Where its state lies."""
    return project.parent.parent / ".cryptoflow"


def untouchable(account: str, venue: str) -> VenueKeys:
    """A key source that must not be asked."""
    raise AssertionError(f"the keys of {account} for {venue} were read")


class Reached(Exception):
    """The keys were about to be read, so nothing else spoke against the start."""


def reached(account: str, venue: str) -> VenueKeys:
    """A key source that says that it was asked."""
    raise Reached(account, venue)


def refusal(spec: Path, *, at: int = BEGIN + 400 * DAY, **asked: object) -> CryptoflowError:
    """What a live start says that is refused before any key is read."""
    with pytest.raises(CryptoflowError) as refused:
        asyncio.run(live(spec, clock=At(at), keys=untouchable, **asked))  # type: ignore[arg-type]  # options by name
    assert refused.value.code is ExitCode.REFUSED
    return refused.value


def tier_of(account: str = "main") -> int:
    return asyncio.run(standing_of(account)).tier


def sql(file: Path, *statements: str) -> None:
    """Change a database past everything that guards it."""
    connection = sqlite3.connect(file)
    for trigger, *_ in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def lie(drafts: Sequence[Draft], *more: Draft) -> list[Draft]:
    return [*drafts, *more]


def test_a_new_account_with_money_is_refused_before_any_key_is_read(project: Path) -> None:
    told = str(refusal(project))
    assert "main is in tier 0 (observer), which trades no real money" in told
    assert "hint: nothing yet: this version does not trade on paper" in told
    for command in ("cryptoflow probe lookahead", "cryptoflow probe warmup"):
        assert f"{command} configs/small.yaml" in told


def test_an_event_of_a_promotion_changed_by_sql_breaks_the_chain(project: Path, home: Path) -> None:
    file = kept(home, "main", sniper())
    assert tier_of() == 1
    sql(file, """UPDATE events SET payload = '{"tier":4}' WHERE name = 'tier.promoted'""")
    assert "the journal of main proves nothing" in str(refusal(project))


def test_a_promotion_appended_with_a_good_chain_is_a_doubt_with_its_number(project: Path, home: Path) -> None:
    kept(home, "main", lie(sniper(), promoted(2, BEGIN + 60 * DAY)))
    assert tier_of() == 1
    assert "event 8 of main is not believed: nothing before it bears out a promotion to tier 2" in str(refusal(project))


def test_a_first_promotion_without_probes_and_paper_is_a_doubt(project: Path, home: Path) -> None:
    kept(home, "main", [each for each in sniper() if not each.event.name.startswith(("probe", "paper"))])
    assert tier_of() == 0
    assert "is not believed" in str(refusal(project))


def test_a_demotion_deleted_by_sql_breaks_the_chain(project: Path, home: Path) -> None:
    file = kept(home, "main", lie(sniper(), demoted(0, BEGIN + HOUR), marked(590, BEGIN + 2 * HOUR)))
    sql(file, "DELETE FROM events WHERE name = 'tier.demoted'")
    assert "proves nothing" in str(refusal(project))


def test_a_head_set_back_to_before_a_demotion_is_seen(project: Path, home: Path) -> None:
    file = kept(home, "main", lie(sniper(), demoted(0, BEGIN + HOUR)))
    sql(file, "UPDATE heads SET seq = 7, hash = (SELECT hash FROM events WHERE seq = 7)")
    assert "proves nothing" in str(refusal(project))


def test_a_snapshot_that_says_more_is_not_read(project: Path, home: Path) -> None:
    file = kept(home, "main", sniper())
    fold_of = folding(law_of(shipped()))

    async def planted() -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        try:
            async with SqlStore(database).work("main") as work:
                head: Head = await work.events.head()
                rich = replace(Account(name="main", mode="live"), standing=Standing(tier=4, since=BEGIN))
                assert tell(rich)["standing"]["tier"] == 4
                await work.snapshots.add(taken(fold_of, "main", head, rich))
                await work.commit()
        finally:
            await database.close()

    asyncio.run(planted())
    assert tier_of() == 1


def test_an_old_copy_of_the_journal_from_before_a_demotion_lacks_what_came_after(project: Path, home: Path) -> None:
    """What it lacks is in the shared database, if there is one; the venue's own trades tell the rest."""
    file = kept(home, "main", sniper())
    old = shutil.copy(file, file.with_name("old"))
    kept(home, "main", [demoted(0, BEGIN + HOUR)])
    assert tier_of() == 0
    shutil.copy(old, file)
    assert tier_of() == 1  # no higher than it ever was, and tier 1 is granted on the venue's answer


def test_a_clock_set_forward_and_back_is_behind_its_own_journal(project: Path, home: Path) -> None:
    kept(home, "main", lie(sniper(), marked(600, BEGIN + 30 * DAY)))
    assert "the clock of this machine is behind the last event of main" in str(refusal(project, at=BEGIN + DAY))


def test_a_clock_set_back_adds_no_hours_on_paper(project: Path, home: Path) -> None:
    resolved = resolve(project)
    forth, back = on_paper(resolved.spec_hash, 10, 20), on_paper(resolved.spec_hash, 10, 20)
    kept(home, "paper-main", forth)
    kept(home, "paper-main", [each for each in back if each.event.name != "trade.closed"])
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN))
    assert "gate `paper_hours`: 20, needed 24" in str(refusal(project))


def test_looser_tier_files_are_refused_with_their_line(project: Path, home: Path) -> None:
    tiers = project.parent / "tiers"
    shutil.copytree(shipped_folder(), tiers)
    sniping = tiers / "1-sniper.yaml"
    sniping.write_text(sniping.read_text().replace("{use: paper_trips, min: 10}", "{use: paper_trips, min: 1}"))
    told = str(refusal(project))
    assert "1-sniper.yaml:10:" in told
    assert "`paper_trips` asks min 1, but the tier that ships asks 10" in told


def test_a_gate_left_out_of_a_tier_file_is_refused(project: Path, home: Path) -> None:
    tiers = project.parent / "tiers"
    shutil.copytree(shipped_folder(), tiers)
    sniping = tiers / "1-sniper.yaml"
    sniping.write_text(sniping.read_text().replace("  - {use: evidence, of: [lookahead, warmup]}\n", ""))
    assert "promotion lacks the gate `evidence`" in str(refusal(project))


@pytest.mark.parametrize("change", ["looser", "away", "more"])
def test_a_shipped_tier_file_that_is_not_as_it_ships_is_refused(
    change: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout = project.parents[1] / "checkout"
    shutil.copytree(shipped_folder(), checkout / "tiers")
    monkeypatch.setattr(spec_shipped, "configs", lambda: checkout)
    sniping, name = checkout / "tiers" / "1-sniper.yaml", "1-sniper.yaml"
    match change:
        case "looser":
            sniping.write_text(sniping.read_text().replace("position: 5%", "position: 100%"))
        case "away":
            sniping.unlink()
        case "more":
            name = "5-god.yaml"
            (checkout / "tiers" / name).write_text(sniping.read_text())
    try:
        for arguments in (["tier", "table"], ["live", str(project)]):
            shipped.cache_clear()
            spec_shipped.tiers.cache_clear()
            table._laid.cache_clear()
            assert run(arguments) == ExitCode.REFUSED
            assert f"checkout/tiers/{name} is" in capsys.readouterr().err
    finally:
        shipped.cache_clear()
        spec_shipped.tiers.cache_clear()
        table._laid.cache_clear()


def test_a_home_elsewhere_leaves_the_table_the_project_s(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tiers = project.parent / "tiers"
    tiers.mkdir()
    own = (shipped_folder() / "1-sniper.yaml").read_text().replace("order: 100 USDT", "order: 60 USDT")
    (tiers / "1-sniper.yaml").write_text(own.replace("{use: paper_trips, min: 10}", "{use: paper_trips, min: 25}"))
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(project.parents[1] / "elsewhere" / "state"))
    settings.cache_clear()
    assert run(["tier", "table", "--json"]) == ExitCode.OK
    assert '"order": "60 USDT"' in capsys.readouterr().out
    assert run(["tier", "gates", "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["gates"][1]["needed"] == 25


def test_a_second_home_is_a_new_account(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(home, "main", sniper())
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(home.parent / "second"))
    settings.cache_clear()
    assert tier_of() == 0
    assert "has no journal yet" in str(refusal(project))


def test_a_second_database_is_a_new_account(project: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(home, "main", lie(sniper(), demoted(0, BEGIN + HOUR)))
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", f"sqlite:///{home.parent}/second.db")
    settings.cache_clear()
    assert tier_of() == 0  # the journal of the account is local, whatever database it is shipped to


@pytest.mark.parametrize("asked", [1, 2, 4])
def test_a_lower_tier_and_back_is_no_higher_than_before(project: Path, home: Path, asked: int) -> None:
    """`--tier` caps a start, and leaves nothing behind."""
    kept(home, "main", sniper())
    remarks: list[str] = []
    with pytest.raises(Reached):
        asyncio.run(live(project, tier=asked, clock=At(BEGIN + DAY), keys=reached, tell=remarks.append))
    assert remarks[-1].startswith("main is in tier 1 (sniper)")
    assert (remarks[0] == f"`--tier` only lowers: main is in tier 1, so {asked} changes nothing") == (asked > 1)
    assert tier_of() == 1


@pytest.mark.parametrize(
    ("asked", "tier"), [(None, "2 (hunter)"), (1, "1 (sniper)"), (2, "2 (hunter)"), (4, "2 (hunter)")]
)
def test_an_account_runs_in_the_tier_it_has_come_to_or_lower(
    project: Path, home: Path, asked: int | None, tier: str
) -> None:
    kept(home, "main", hunter())
    remarks: list[str] = []
    with pytest.raises(Reached):
        asyncio.run(live(project, tier=asked, clock=At(BEGIN + 40 * DAY), keys=reached, tell=remarks.append))
    assert remarks[-1].startswith(f"main is in tier {tier}")
    assert tier_of() == 2


def test_an_account_with_a_doubt_comes_up_no_more_whatever_it_shows_after_it(project: Path, home: Path) -> None:
    """All that tier 2 asks for comes after a promotion that nothing bore out."""
    sound, lies = hunter(), promoted(2, BEGIN + 1)
    kept(home, "main", [*sound[:7], lies, *sound[7:]])
    found = asyncio.run(standing_of("main"))
    assert found.tier == 1
    assert found.doubts[0].seq == 8


def test_who_went_down_to_tier_0_waits_out_its_days_though_every_gate_is_met(project: Path, home: Path) -> None:
    resolved = resolve(project)
    kept(home, "paper-main", on_paper(resolved.spec_hash, 10, 24))
    noted = Draft(TierAcknowledged(0), BEGIN + 2 * HOUR, "ada")
    kept(home, "main", [*sniper(resolved.spec_hash, code_of(resolved)), demoted(0, BEGIN + HOUR), noted])
    over = BEGIN + HOUR + 30 * DAY
    told = str(refusal(project, at=over - 1))
    assert "went down a tier, and comes up again from 2023-12-14 23:13" in told
    with pytest.raises(Reached):
        asyncio.run(live(project, clock=At(over), keys=reached))


def test_a_tier_set_on_the_command_line_only_lowers(project: Path) -> None:
    assert "main is in tier 0" in str(refusal(project, sets=("tier=4",)))


def test_a_tier_in_an_overlay_only_lowers(project: Path) -> None:
    project.with_name("small.rich.yaml").write_text("tier: 4\n")
    assert "main is in tier 0" in str(refusal(project, env="rich"))


@pytest.mark.parametrize("name", ["CRYPTOFLOW_TIER", "CRYPTOFLOW_ACCOUNTS__MAIN__TIER", "CRYPTOFLOW_DISCIPLINE"])
def test_no_variable_says_a_tier(project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "4")
    settings.cache_clear()
    assert "main is in tier 0" in str(refusal(project))


def test_discipline_switched_off_is_refused(project: Path) -> None:
    assert "`discipline: off` is for research" in str(refusal(project, sets=("discipline=off",)))


def test_the_journal_of_another_account_under_this_name_is_not_this_account_s(project: Path, home: Path) -> None:
    other = kept(home, "other", sniper())
    shutil.copy(other, home / "journal" / "main.db")
    assert tier_of() == 0
    assert "tier 0" in str(refusal(project))


def test_the_journal_of_a_backtest_renamed_to_main_is_no_evidence(project: Path, home: Path) -> None:
    rich = ["--engine", "event", "--quiet", "--set", "capital=9000 USDT"]
    assert run(["backtest", str(project), "--record", *rich]) == 0
    (file,) = (home / "journal").glob("backtest-*.db")
    shutil.copy(file, home / "journal" / "main.db")
    assert tier_of() == 0
    sql(home / "journal" / "main.db", "UPDATE events SET account = 'main'", "UPDATE heads SET account = 'main'")
    assert "proves nothing" in str(refusal(project))


@pytest.mark.parametrize("account", ["paper-main", "rehearse-main", "backtest-main"])
def test_play_money_is_in_no_tier_of_an_account_with_money(project: Path, home: Path, account: str) -> None:
    from tests.pipelines.lives import started

    began = TierBegan("table", "code", 4, 4, BEGIN, None)
    rich = replace(started("spec", "paper", BEGIN).event, capital=Decimal(60_000))  # type: ignore[call-arg]  # a run's
    kept(home, account, [Draft(rich, BEGIN, "paper"), Draft(began, BEGIN, "paper"), marked(60_000, BEGIN)])
    assert tier_of(account) == 4
    assert f"{account}, whose journal began with a paper, has no real money" in str(refusal(project, account=account))
    assert "paper-new has no real money" in str(refusal(project, account="paper-new"))


def test_play_money_under_another_name_is_in_no_tier_either(project: Path, home: Path) -> None:
    from tests.pipelines.lives import started

    kept(home, "savings", [started("spec", "paper", BEGIN), marked(60_000, BEGIN)])
    assert "savings, whose journal began with a paper, has no real money" in str(refusal(project, account="savings"))


def test_a_backtest_told_under_the_name_of_main_is_a_doubt(project: Path, home: Path) -> None:
    """Even with a chain made anew, its first event says what it was."""
    from tests.pipelines.lives import started

    kept(home, "main", [started("spec", "backtest", BEGIN), marked(60_000, BEGIN + HOUR)])
    assert tier_of() <= 1
    assert "a backtest is no evidence in the journal of main" in str(refusal(project))


def test_a_doubt_outlives_the_start_that_follows_it(project: Path, home: Path) -> None:
    """A start says how high an account may come; it says nothing for what was not believed before."""
    from tests.pipelines.lives import started

    began = TierBegan("table", "code", 4, 4, BEGIN, None)
    rich = started("spec", "backtest", BEGIN, 60_000)
    kept(home, "main", [rich, Draft(began, BEGIN, "backtest"), marked(60_000, BEGIN + HOUR)])
    assert tier_of() == 1
    more = [started("spec", "live", BEGIN + DAY), Draft(began, BEGIN + DAY, "live"), marked(60_000, BEGIN + DAY)]
    kept(home, "main", more)
    found = asyncio.run(standing_of("main"))
    assert (found.tier, found.account.ceiling, len(found.account.doubts)) == (1, 1, 1)


def test_a_start_after_a_promotion_that_is_not_believed_lifts_no_doubt(project: Path, home: Path) -> None:
    restart = Draft(TierBegan("table", "code", 1, 4, BEGIN, None), BEGIN + 61 * DAY, "live")
    kept(home, "main", lie(sniper(), promoted(2, BEGIN + 60 * DAY), restart, marked(90_000, BEGIN + 61 * DAY)))
    found = asyncio.run(standing_of("main"))
    assert (found.tier, found.account.ceiling) == (1, 1)
    assert "event 8 of main is not believed" in str(refusal(project))


def test_a_first_tier_above_what_the_money_allows_begins_in_tier_1(home: Path) -> None:
    from tests.pipelines.lives import started

    began = Draft(TierBegan("table", "code", 4, 4, BEGIN, None), BEGIN, "paper")
    kept(home, "paper-main", [started("spec", "paper", BEGIN, 9_000), began, marked(9_000, BEGIN)])
    assert tier_of("paper-main") == 1


def test_probes_of_another_spec_or_other_code_do_not_count(project: Path, home: Path) -> None:
    resolved = resolve(project)
    kept(home, "paper-main", on_paper(resolved.spec_hash, 10, 24))
    kept(home, "main", [*probed("another", code_of(resolved), BEGIN), *probed(resolved.spec_hash, "older", BEGIN)])
    assert "gate `evidence`: nothing, needed 2" in str(refusal(project))


@pytest.mark.parametrize(
    "tried",
    [
        {"draws": 1},
        {"days": "2024-01-04..2024-01-20"},
        {"own": "", "bars": 999},
        {"bars": 249},
    ],
)
def test_probes_that_tried_too_little_do_not_count(project: Path, home: Path, tried: dict[str, Any]) -> None:
    resolved = resolve(project)
    kept(home, "paper-main", on_paper(resolved.spec_hash, 10, 24))
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN, **tried))
    assert "gate `evidence`: nothing, needed 2" in str(refusal(project))


def test_a_probe_with_one_draw_on_two_days_is_told_and_meets_no_gate(project: Path, home: Path) -> None:
    days = ["--from", "2024-01-10", "--to", "2024-01-12", "--quiet"]
    assert run(["probe", "warmup", str(project), "--draws", "1", *days]) == 0
    assert asyncio.run(standing_of("main")).account.probes == []
    assert run(["probe", "warmup", str(project), "--quiet"]) == 0
    (told,) = asyncio.run(standing_of("main")).account.probes
    assert (told.passed, told.period, told.draws) == (True, "2024-01-03..2024-01-20", 6)


def test_paper_of_another_spec_does_not_count(project: Path, home: Path) -> None:
    resolved = resolve(project)
    kept(home, "paper-main", on_paper("another", 10, 24))
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN))
    told = str(refusal(project))
    assert "gate `paper_trips`: 0, needed 10" in told
    assert "gate `evidence`" not in told


def test_what_the_gates_ask_for_leads_to_the_keys_and_to_nothing_else(project: Path, home: Path) -> None:
    """The other way round: nothing above is refused for want of a way."""
    resolved = resolve(project)
    kept(home, "paper-main", on_paper(resolved.spec_hash, 10, 24))
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN))
    with pytest.raises(Reached):
        asyncio.run(live(project, clock=At(BEGIN + DAY), keys=reached))


def test_hours_on_paper_begin_again_with_an_order_by_hand(project: Path, home: Path) -> None:
    resolved = resolve(project)
    by_hand = Draft(ordered(), BEGIN + 20 * HOUR, "ada")
    kept(home, "paper-main", sorted([*on_paper(resolved.spec_hash, 10, 30), by_hand], key=attrgetter("at")))
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN))
    assert "gate `paper_hours`: 10, needed 24" in str(refusal(project))


def test_commands_now_and_then_are_no_hours_on_paper(project: Path, home: Path) -> None:
    """A run that died after three hours, and what is written into its journal afterwards."""
    resolved = resolve(project)
    died = on_paper(resolved.spec_hash, 10, 3)[:-1]
    told = TiltObserved("edit", "", None, None, stopped=False, setting="risk", raised=False)
    commands = [Draft(told, BEGIN + hour * HOUR, by) for hour in range(3, 40) for by in ("ada", "paper", "cryptoflow")]
    kept(home, "paper-main", [*died, *commands])
    kept(home, "main", probed(resolved.spec_hash, code_of(resolved), BEGIN))
    assert "gate `paper_hours`: 2, needed 24" in str(refusal(project))


@pytest.mark.parametrize(("silent", "hours"), [(GAP, 24.0), (GAP + 1, 0.0)])
def test_hours_on_paper_in_which_the_run_says_nothing_do_not_count(
    project: Path, home: Path, silent: int, hours: float
) -> None:
    resolved = resolve(project)
    kept(home, "paper-main", on_paper(resolved.spec_hash, 0, 16 * silent / HOUR, silent))
    assert round(asyncio.run(paper_of("main", resolved.spec_hash)).hours, 3) == hours


def ordered() -> object:
    from tests.storage.stories import drafts

    return next(each.event for each in drafts(0, 1) if each.event.name == "order.created")


def shipped_folder() -> Path:
    from cryptoflow.spec.shipped import configs

    return configs() / "tiers"


def test_evidence_is_all_that_a_promotion_to_tier_1_takes(home: Path) -> None:
    kept(home, "main", sniper())
    assert tier_of() == 1
    assert len(evidence("spec", "code", BEGIN)) == 3
