"""Old events go from the shared database, and what they say of an account's discipline stays."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text

from cryptoflow.domain.discipline.account import Account
from cryptoflow.domain.discipline.account import tell as spelled
from cryptoflow.domain.events.discipline import KillTripped
from cryptoflow.domain.events.evidence import OverrideAttempted
from cryptoflow.domain.events.tilt import TiltRaised
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.recovery.switch import Switch
from cryptoflow.domain.tilt.conduct import Conduct
from cryptoflow.domain.tilt.conduct import tell as conduct_told
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.retiring import taken_away
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.halting.standing import switch_of
from cryptoflow.pipelines.tiers.standing import standing_of
from cryptoflow.pipelines.tilting.standing import conduct_of
from cryptoflow.settings import settings
from cryptoflow.storage.events.appending import EVENTS, append
from cryptoflow.storage.rows.partitions import after, month_of, start_of
from cryptoflow.storage.rows.retiring import SNAPSHOTS, Retirement
from tests.pipelines.lives import BEGIN, marked, sniper
from tests.storage.connections import Inside, transactions

CUT = start_of(after(month_of(BEGIN)))
LATER = start_of(after(month_of(CUT)))
Seen = tuple[Switch, Any, Any, int]


@pytest.fixture
def inside(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside[Any]]:
    """The shared database of a machine without journals: an account that moved, tripped and tilted in a first month."""
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", postgres_url)
    settings.cache_clear()
    moved = [
        *sniper(),
        Draft(TiltRaised("locked", 60.0, 6.0, ("T2",), LATER), BEGIN + 1),
        Draft(OverrideAttempted("resume", granted=False), BEGIN + 2, "ada"),
        Draft(KillTripped("drawdown", 0.2, 0.15), BEGIN + 3, "live"),
    ]
    with transactions(postgres_url) as inside:
        inside(lambda c: append(c, "main", [*moved, marked(601, CUT + 5), marked(602, LATER + 5)]))
        yield inside
    settings.cache_clear()


def retired(*, pretend: bool = False) -> Retirement:
    (found,) = asyncio.run(taken_away(shared(), {"events": CUT}, pretend=pretend))
    return found


def seen() -> Seen:
    """What is told of the account."""

    async def asked() -> tuple[Switch, Conduct, Account, int]:
        tier = await standing_of("main")
        return await switch_of("main"), await conduct_of("main"), tier.account, tier.events

    switch, conduct, account, events = asyncio.run(asked())
    return switch, conduct_told(conduct), spelled(account), events


def test_what_is_told_of_an_account_is_the_same_once_its_oldest_events_are_gone(inside: Inside[Any]) -> None:
    before = seen()
    assert (before[0].cause, before[2]["standing"]["tier"], before[2]["overrides"]) == ("drawdown", 1, [BEGIN + 2])
    assert [(each.month, each.rows) for each in retired(pretend=True).retired] == [(month_of(BEGIN), 10)]
    assert inside(lambda c: c.execute(SNAPSHOTS.select()).all()) == []
    assert [(each.month, each.rows) for each in retired().retired] == [(month_of(BEGIN), 10)]
    assert seen() == before
    inside(lambda c: append(c, "main", [marked(600, LATER + 7)]))
    assert (seen()[0], seen()[3]) == (before[0], before[3] + 1)


def test_without_its_snapshots_nothing_is_made_up(inside: Inside[Any]) -> None:
    retired()
    inside(lambda c: c.execute(delete(SNAPSHOTS)))
    for asked in (switch_of, conduct_of, standing_of):
        with pytest.raises(CryptoflowError, match=r"of main cannot be told: events up to 10 were retired"):
            asyncio.run(asked("main"))


def test_a_journal_that_was_altered_keeps_its_events(inside: Inside[Any]) -> None:
    def alter(connection: Any) -> None:
        connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        connection.execute(EVENTS.update().where(EVENTS.c.seq == 2).values(by="mallory"))

    inside(alter)
    found = retired()
    assert found.retired == [] and found.kept is not None
    assert found.kept.why.startswith("the journal of main proves nothing: ")
