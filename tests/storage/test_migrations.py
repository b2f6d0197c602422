"""Migrations: all of a step or nothing, forward only, one process at a time."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.exc import DBAPIError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases import checking
from cryptoflow.pipelines.databases.checking import Checked, checked, mended
from cryptoflow.pipelines.databases.revisions import bring_forward, status
from cryptoflow.pipelines.databases.targets import Target
from cryptoflow.storage import migrating
from cryptoflow.storage.database import Database, url_of
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.reading import audit
from cryptoflow.storage.files import create, existing
from cryptoflow.storage.migrating import differences
from tests.storage.connections import inside
from tests.storage.stories import drafts

NEXT = '''
"""A step that does one thing and then another."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Do both."""
    op.execute("ALTER TABLE heads ADD COLUMN note TEXT")
    op.execute("{then}")
'''

HALFWAY = "INSERT INTO no_such_table VALUES (1)"
WHOLE = "CREATE TABLE notes (note TEXT)"


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make this a version with one more migration, whose second half is given."""

    def step(then: str) -> None:
        folder = tmp_path / "migrations"
        shutil.copytree(migrating.migrations(), folder)
        (folder / "versions" / "0002_next.py").write_text(NEXT.format(then=then))
        monkeypatch.setattr(migrating, "migrations", lambda: folder)

    return step


@pytest.fixture
def target(url: str) -> Target:
    """A database of today's revision with a small journal in it."""
    inside(url, lambda c: append(c, "main", drafts(0, 2)))
    return Target("database", url_of(url))


async def odd(target: Target) -> Sequence[str]:
    """How a database differs from what this version makes."""
    return (await checked(target)).differences


def everything(url: Any) -> Any:
    """All that a database holds, as it is built and what is in it."""

    def look(connection: Connection) -> Any:
        tables = sorted(inspect(connection).get_table_names())
        columns = {name: [each["name"] for each in inspect(connection).get_columns(name)] for name in tables}
        rows = {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar() for name in tables}
        return columns, rows, audit(connection, "main")

    return inside(url, look)


def test_models_and_migrations_say_the_same(url: str) -> None:
    assert inside(url, differences) == [[]]
    assert asyncio.run(odd(Target("database", url_of(url)))) == []


def test_a_step_that_fails_halfway_leaves_the_database_as_it_was(
    target: Target, next_step: Callable[[str], None]
) -> None:
    before = everything(target.url)
    next_step(HALFWAY)
    with pytest.raises(CryptoflowError, match=r"database could not be brought to 0002: .*no_such_table") as refused:
        asyncio.run(bring_forward(target))
    assert refused.value.code == ExitCode.UNAVAILABLE
    assert everything(target.url) == before
    if target.file is not None:
        copied = target.file.with_name("database.db.before-0001")
        assert f"it is as it was, and a copy from before is {copied}" in str(refused.value)
        assert everything(target.url.set(database=str(copied))) == before


def test_a_step_goes_forward_with_all_that_is_there(target: Target, next_step: Callable[[str], None]) -> None:
    next_step(WHOLE)
    done = asyncio.run(bring_forward(target))
    assert (done.before, done.after) == ("0001", "0002")
    assert asyncio.run(status(target)).ready
    assert asyncio.run(odd(target)) == []
    assert inside(target.url, lambda c: audit(c, "main").head.seq) == [16]
    again = asyncio.run(bring_forward(target))
    assert (again.before, again.after, again.copy) == ("0002", "0002", None)


def test_the_copy_from_before_is_on_the_disk_before_a_step_is_done(
    sqlite_file: Path, next_step: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, fsync = [], os.fsync

    def noted(file: int) -> None:
        synced.append(os.fstat(file).st_ino)
        fsync(file)

    monkeypatch.setattr(os, "fsync", noted)
    next_step(HALFWAY)
    with pytest.raises(CryptoflowError, match="could not be brought"):
        asyncio.run(bring_forward(Target("database", url_of(f"sqlite:///{sqlite_file}"))))
    copied = sqlite_file.with_name(f"{sqlite_file.name}.before-0001")
    assert synced == [copied.stat().st_ino, copied.parent.stat().st_ino]


def test_two_who_upgrade_at_once_both_come_to_the_same(target: Target, next_step: Callable[[str], None]) -> None:
    next_step(WHOLE)

    async def both() -> list[Any]:
        return await asyncio.gather(bring_forward(target), bring_forward(target))

    done = asyncio.run(both())
    assert {each.after for each in done} == {"0002"}
    assert sorted(each.before or "" for each in done) == ["0001", "0002"]
    assert inside(target.url, lambda c: audit(c, "main").head.seq) == [16]
    if target.file is not None:  # the copy is of before, whoever made it
        copied = sqlite3.connect(target.file.with_name("database.db.before-0001"))
        assert copied.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        copied.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """A database with nothing in it, not even tables."""
    if request.param == "sqlite":
        yield Target("database", url_of(f"sqlite:///{tmp_path / 'new' / 'empty.db'}"))
        return
    url = request.getfixturevalue("postgres_url")
    inside(
        url, lambda c: c.execute(text("DROP SCHEMA public CASCADE")), lambda c: c.execute(text("CREATE SCHEMA public"))
    )
    yield Target("database", url_of(url))


def test_two_who_begin_with_nothing_at_once_build_it_once(empty: Target) -> None:
    async def both() -> list[Any]:
        return await asyncio.gather(bring_forward(empty), bring_forward(empty))

    assert sorted(each.before or "" for each in asyncio.run(both())) == ["", "0001"]
    assert asyncio.run(odd(empty)) == []


def test_a_database_of_a_newer_version_is_refused_and_left_alone(target: Target) -> None:
    inside(target.url, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    before = everything(target.url)
    with pytest.raises(CryptoflowError, match="is of revision 9999, which this version does not know") as refused:
        asyncio.run(bring_forward(target))
    assert refused.value.code == ExitCode.UNAVAILABLE
    assert "hint: use the version of CryptoFlow that wrote it, or a newer one" in str(refused.value)
    assert everything(target.url) == before
    assert asyncio.run(odd(target)) == ["its revision is 9999, not 0001"]
    if target.file is not None:
        assert not list(target.file.parent.glob("*.before-*"))
        for opening in (existing, create):
            with pytest.raises(CryptoflowError, match="9999, which this version does not know"):
                opening(target.file)


def test_whatever_was_changed_by_hand_is_named(url: str) -> None:
    is_sqlite = url.startswith("sqlite")
    by_hand = {
        "ALTER TABLE orders ADD COLUMN note TEXT": "orders",
        "ALTER TABLE positions DROP COLUMN fees": "positions",
        "ALTER TABLE fills RENAME COLUMN fee TO charge": "fills",
        "DROP TABLE outbox": "table outbox is missing",
        "CREATE TABLE notes (note TEXT)": "table notes is not ours",
        "DROP INDEX orders_by_state": "index orders_by_state of orders is missing",
        "CREATE UNIQUE INDEX once ON leases (holder)": "index once of leases is not ours",
        **(IN_SQLITE if is_sqlite else IN_POSTGRESQL),
    }
    inside(
        url,
        lambda c: append(c, "main", drafts(0)),
        *(partial(Connection.execute, statement=text(each)) for each in by_hand),
    )
    found = "; ".join(asyncio.run(odd(Target("database", url_of(url)))))
    assert [named for named in by_hand.values() if named not in found] == []


IN_SQLITE = {"DROP TRIGGER events_no_update": "trigger events_no_update of events is missing"}
IN_POSTGRESQL = {
    "DROP TRIGGER events_no_truncate ON events": "trigger events_no_truncate of events is missing",
    "ALTER TABLE orders DROP CONSTRAINT within_cap": "constraint within_cap of orders is missing",
    "ALTER TABLE events DISABLE TRIGGER events_append_only": "trigger events_append_only of events is not as it was",
    "ALTER TABLE trades ALTER COLUMN fees DROP NOT NULL": "column trades.fees is not as it was made",
    "ALTER TABLE trades ALTER COLUMN profit TYPE numeric(38, 8)": "column trades.profit is not as it was made",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'":
        "function refuse_change is not as it was made",
}  # fmt: skip
"""What only one of the engines lets be changed, or names by itself."""


GUARDS_IN_SQLITE = {
    "DROP TRIGGER events_no_update": "trigger events_no_update of events",
    "DROP TRIGGER heads_no_delete": "trigger heads_no_delete of heads",
    "CREATE TRIGGER heads_no_delete BEFORE DELETE ON heads BEGIN SELECT 1; END": "trigger heads_no_delete of heads",
    "DROP INDEX orders_by_state": "index orders_by_state of orders",
}
GUARDS_IN_POSTGRESQL = {
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'":
        "function refuse_change",
    "DROP FUNCTION judge_order() CASCADE": "function judge_order",
    "ALTER TABLE heads DISABLE TRIGGER heads_no_delete": "trigger heads_no_delete of heads",
    "DROP TRIGGER events_append_only ON events": "trigger events_append_only of events",
    "DROP INDEX orders_by_state": "index orders_by_state of orders",
    "DROP TRIGGER events_no_truncate ON events_p2023_11": "trigger events_no_truncate of events_p2023_11",
    "ALTER TABLE events_p2023_12 DISABLE TRIGGER USER": "trigger events_after_the_end of events_p2023_12",
}  # fmt: skip
"""What takes a guard away or bends it, also that of a single month, and how it is called."""


def test_what_guards_a_database_is_missed_and_put_back_and_no_row_is_touched(target: Target) -> None:
    before = everything(target.url)
    by_hand = GUARDS_IN_SQLITE if target.file is not None else GUARDS_IN_POSTGRESQL
    inside(target.url, *(partial(Connection.execute, statement=text(each)) for each in by_hand))
    missed = asyncio.run(odd(target))
    assert [name for name in by_hand.values() if not any(each.startswith(f"{name} is ") for each in missed)] == []
    done = asyncio.run(mended(target))
    assert done.differences == [] and set(by_hand.values()) <= set(done.put_back)
    assert asyncio.run(odd(target)) == [] and everything(target.url) == before
    assert asyncio.run(mended(target)).put_back == ()
    with pytest.raises(DBAPIError, match="the journal is append-only"):
        inside(target.url, lambda c: c.execute(text("UPDATE events SET payload = ''")))


def test_a_trigger_of_one_month_that_is_switched_off_is_named_alone(postgres_url: str) -> None:
    switched = text("ALTER TABLE orders_p2023_11 DISABLE TRIGGER orders_law")
    inside(postgres_url, lambda c: append(c, "main", drafts(0)), lambda c: c.execute(switched))
    target = Target("database", url_of(postgres_url))
    assert asyncio.run(odd(target)) == ["trigger orders_law of orders_p2023_11 is not as it was made"]
    assert asyncio.run(mended(target)) == Checked("database", [], ["trigger orders_law of orders_p2023_11"])


def mended_while_somebody_reads(url: str, by_hand: str) -> Checked:
    """Put back what somebody took away, while another one has not finished with the table."""
    inside(url, lambda c: c.execute(text(by_hand)))

    async def run() -> Checked:
        reader = Database(url)
        try:
            async with reader.reading() as connection, asyncio.timeout(30):
                await connection.execute(text("SELECT * FROM heads"))
                return await mended(Target("database", url_of(url)))
        finally:
            await reader.close()

    return asyncio.run(run())


def test_a_trigger_is_switched_on_again_while_somebody_reads(postgres_url: str) -> None:
    done = mended_while_somebody_reads(postgres_url, "ALTER TABLE heads DISABLE TRIGGER heads_no_delete")
    assert done == Checked("database", [], ["trigger heads_no_delete of heads"])


def test_mending_does_not_wait_for_a_table_for_ever(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PATIENCE", 100)
    made = "TRIGGER heads_no_delete BEFORE UPDATE ON heads FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    with pytest.raises(CryptoflowError, match=r"held its tables for 0\.1 s, and nothing was changed") as refused:
        mended_while_somebody_reads(postgres_url, f"CREATE OR REPLACE {made}")
    assert refused.value.code == ExitCode.UNAVAILABLE
    done = asyncio.run(mended(Target("database", url_of(postgres_url))))
    assert done == Checked("database", [], ["trigger heads_no_delete of heads"])


def test_a_schema_of_our_own_has_nothing_to_do_with_what_lies_in_others(postgres_url: str) -> None:
    name = make_url(postgres_url).database
    by_hand = (
        "DROP SCHEMA public CASCADE",
        "CREATE SCHEMA public",
        "CREATE TABLE public.spatial_ref_sys (srid INTEGER)",
        "CREATE TABLE public.alembic_version (version_num TEXT)",
        "INSERT INTO public.alembic_version VALUES ('theirs')",
        'CREATE SCHEMA "Desk"',
        f'ALTER DATABASE "{name}" SET search_path = "Desk", public',
    )
    inside(postgres_url, *(partial(Connection.execute, statement=text(each)) for each in by_hand))
    target = Target("database", url_of(postgres_url))
    assert asyncio.run(status(target)).found is None
    done = asyncio.run(bring_forward(target))
    assert (done.before, done.after, asyncio.run(status(target)).ready) == (None, "0001", True)
    inside(
        postgres_url,
        lambda c: append(c, "main", drafts(0)),
        lambda c: c.execute(text("DROP INDEX orders_by_state")),
        lambda c: c.execute(text("DROP TRIGGER events_append_only ON events")),
    )
    done_again = asyncio.run(mended(target))
    assert done_again.differences == [] and len(done_again.put_back) == 2
    assert inside(postgres_url, lambda c: audit(c, "main").head.seq) == [8]
    theirs = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
    assert inside(postgres_url, lambda c: c.scalars(text(theirs)).all()) == [["alembic_version", "spatial_ref_sys"]]
    kept = "SELECT version_num FROM public.alembic_version"
    assert inside(postgres_url, lambda c: c.scalars(text(kept)).all()) == [["theirs"]]


def test_what_guards_a_table_that_was_bent_itself_waits_until_it_is_not(sqlite_file: Path) -> None:
    target = Target("database", url_of(f"sqlite:///{sqlite_file}"))
    by_hand = ("ALTER TABLE orders DROP COLUMN attempt", "DROP TABLE outbox", "DROP INDEX fills_by_order")
    inside(target.url, lambda c: c.execute(text("DROP TRIGGER orders_intent")))
    inside(target.url, *(partial(Connection.execute, statement=text(each)) for each in by_hand))
    done = asyncio.run(mended(target))
    assert done.put_back == ["index fills_by_order of fills"]
    assert "trigger orders_intent of orders is missing" in done.differences


def test_whoever_was_killed_while_it_made_a_journal_leaves_one_that_can_be_gone_on_with(tmp_path: Path) -> None:
    file = tmp_path / "journal" / "main.db"
    file.parent.mkdir()
    file.touch()
    with pytest.raises(CryptoflowError, match="is of revision none, this version needs 0001"):
        existing(file)
    create(file).dispose()
    existing(file).dispose()


def test_a_database_of_somebody_else_is_not_built_into(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    theirs = sqlite3.connect(file)
    theirs.execute("CREATE TABLE notes (note TEXT)")
    theirs.close()
    with pytest.raises(CryptoflowError, match=r"theirs.db has tables \(notes\) but no revision of CryptoFlow"):
        create(file)
    theirs = sqlite3.connect(file)
    assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("notes",)]
    theirs.close()


@pytest.mark.parametrize("theirs", [["notes"], ["alembic_version", "a", "b", "c", "d"]])
def test_a_database_of_somebody_else_is_refused_with_some_of_its_tables(empty: Target, theirs: list[str]) -> None:
    if empty.file is not None:
        empty.file.parent.mkdir()
    made = [text(f"CREATE TABLE {each} (version_num TEXT)") for each in theirs]
    if len(theirs) > 1:
        made.append(text("INSERT INTO alembic_version VALUES ('0001')"))
    inside(empty.url, *(partial(Connection.execute, statement=each) for each in made))
    named = "notes" if len(theirs) == 1 else "a, b, c and 1 more"
    for asking in (bring_forward, status, odd):
        with pytest.raises(CryptoflowError, match=rf"has tables \({named}\) but no revision of CryptoFlow") as refused:
            asyncio.run(asking(empty))
        assert refused.value.code == ExitCode.INVALID and refused.value.problems[0].what.startswith(empty.place)
    assert sorted(inside(empty.url, lambda c: inspect(c).get_table_names())[0]) == sorted(theirs)


def test_the_address_of_a_database_is_shown_without_its_password() -> None:
    shown = Target("database", make_url("postgresql+asyncpg://desk:secret@127.0.0.1:1/trading")).open().name
    assert shown == "postgresql://desk:***@127.0.0.1:1/trading"
