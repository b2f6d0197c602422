"""What a restore leaves: tokens that rise, copies that are named, files that nobody loses, words after Ctrl-C."""

import errno
import json
import os
import shlex
import shutil
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cryptoflow.cli.app import run
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.backups import creating, moving, proving, restoring
from cryptoflow.settings import settings
from cryptoflow.storage.database import local_engine
from cryptoflow.storage.events.appending import append, head_of
from cryptoflow.storage.files import create
from cryptoflow.storage.leases.grants import LEASES
from tests.storage.connections import inside
from tests.storage.estates import everything, journal
from tests.storage.stories import drafts

Capsys = pytest.CaptureFixture[str]
Monkeypatch = pytest.MonkeyPatch


@pytest.fixture
def home(tmp_path: Path, monkeypatch: Monkeypatch) -> Path:
    """The state folder of the current folder's project, with a shared database and a journal."""
    home = tmp_path / ".cryptoflow"
    journal(home / "cryptoflow.db", "main", 1)
    journal(home / "journal" / "main.db", "main", 2)
    monkeypatch.chdir(tmp_path)
    return home


def token_of(home: Path) -> int:
    """Return the token that the lease of `main` stands at."""
    engine = local_engine(str(home / "cryptoflow.db"))
    with engine.connect() as connection:
        found = connection.scalar(select(LEASES.c.token).where(LEASES.c.name == "main"))
    engine.dispose()
    return found or 0


def token_given(home: Path) -> int:
    """Take the lease of `main` as anybody would, and return its token."""
    assert run(["db", "lease", "main", "--", "true"]) == 0
    return token_of(home)


def written(file: Path, token: int, begin: int) -> int:
    """Write to the journal of `main` as the holder of a token, and return its new end."""
    engine = create(file)
    with engine.begin() as connection:
        append(connection, "main", drafts(begin), token=token)
        end = head_of(connection, "main").seq
    engine.dispose()
    return end


@pytest.mark.parametrize("lost", [False, True], ids=["the database is there", "the database is lost"])
def test_after_an_older_database_is_restored_no_token_is_given_that_a_journal_has_seen(home: Path, lost: bool) -> None:
    assert run(["backup", "create"]) == 0
    for _ in range(3):
        token = token_given(home)
    end = written(home / "journal" / "main.db", token + 4, 2)
    if lost:
        for file in home.glob("cryptoflow.db*"):
            file.unlink()
    assert run(["backup", "restore", "--only", "database", "--force"]) == 0
    assert token_of(home) == token + 4  # before anybody takes the lease, which looks into the journal by itself
    assert written(home / "journal" / "main.db", token_given(home), 3) > end


def test_what_the_lost_database_had_given_rises_too_where_no_journal_saw_it(home: Path) -> None:
    assert run(["backup", "create"]) == 0
    token = [token_given(home) for _ in range(3)][-1]
    shutil.rmtree(home / "journal")
    assert run(["backup", "restore", "--force"]) == 0
    assert token_of(home) == token


def root_of(file: Path, table: str) -> int:
    """Return where the rows of a table begin in a file that has no log any more."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return (int(page) - 1) * 4096


@pytest.mark.parametrize(("harmed", "kept"), [("heads", True), ("leases", False)])
def test_a_damaged_database_tells_the_tokens_that_can_be_read_and_what_cannot_is_named(
    home: Path, capsys: Capsys, harmed: str, kept: bool
) -> None:
    assert run(["backup", "create"]) == 0
    token = [token_given(home) for _ in range(3)][-1]
    file = home / "cryptoflow.db"
    root = root_of(file, harmed)
    with file.open("r+b") as opened:
        opened.seek(root)
        opened.write(b"\xa5" * 200)
    capsys.readouterr()
    assert run(["backup", "restore", "--only", "database", "--force"]) == 0
    said = capsys.readouterr().err
    assert f"{harmed} of {home}/set-aside" in said and "may be given again" in said
    assert (token_of(home) == token) is kept


def stopped(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_tokens_that_are_given_after_a_restore_was_killed_are_not_given_again_when_it_is_finished(
    home: Path, monkeypatch: Monkeypatch
) -> None:
    token_given(home)
    assert run(["backup", "create"]) == 0
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(restoring, "carry_out", stopped)
        assert run(["backup", "restore", "--only", "database", "--force"]) == 130
    token = [token_given(home) for _ in range(2)][-1]
    assert run(["backup", "restore", "--only", "journal/main", "--force"]) == 0
    assert token_of(home) == token


def test_what_was_set_aside_is_listed_with_its_size_and_the_command_that_removes_it(home: Path, capsys: Capsys) -> None:
    assert run(["backup", "create"]) == run(["backup", "restore", "--force"]) == 0
    capsys.readouterr()
    assert run(["backup", "list", "--json"]) == 0
    (aside,) = json.loads(capsys.readouterr().out)["set_aside"]
    held = [file.stat().st_size for file in Path(aside["place"]).rglob("*.db")]
    assert len(held) == 2 and aside["bytes"] == sum(held)
    assert run(["backup", "list"]) == 0
    assert f"; to remove it: {aside['remove']}" in capsys.readouterr().out
    subprocess.run(shlex.split(aside["remove"]), check=True)
    assert run(["backup", "list"]) == 0
    assert "set aside" not in capsys.readouterr().out


def test_what_was_set_aside_on_a_server_is_listed_and_a_server_that_is_away_hides_nothing(
    home: Path, postgres_url: str, monkeypatch: Monkeypatch, capsys: Capsys
) -> None:
    inside(postgres_url, everything)
    monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", postgres_url)
    settings.cache_clear()
    try:
        assert run(["backup", "create"]) == 0
        assert run(["backup", "restore", "--only", "database", "--force"]) == 0
        capsys.readouterr()
        assert run(["backup", "list", "--json"]) == 0
        (aside,) = json.loads(capsys.readouterr().out)["set_aside"]
        assert aside["place"].startswith("schema cryptoflow_set_aside_") and aside["bytes"] > 100_000
        assert f'DROP SCHEMA "{aside["place"].removeprefix("schema ")}" CASCADE' in aside["remove"]
        monkeypatch.setenv("CRYPTOFLOW_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        settings.cache_clear()
        assert run(["backup", "list"]) == 0
        said = capsys.readouterr()
        assert "there, sizes agree" in said.out and "on the server is not known" in said.err
    finally:
        settings.cache_clear()


def no_links(*_: Any) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_a_restore_needs_no_hard_links(home: Path, monkeypatch: Monkeypatch) -> None:
    assert run(["backup", "create"]) == 0
    monkeypatch.setattr(os, "link", no_links)
    assert run(["backup", "restore", "--force"]) == 0
    assert written(home / "journal" / "main.db", 1, 2) == 24
    assert run(["audit", "verify"]) == 0 and not [*home.rglob("*.restoring")]


def test_without_hard_links_nothing_that_was_made_meanwhile_is_written_over(
    home: Path, monkeypatch: Monkeypatch, capsys: Capsys
) -> None:
    assert run(["backup", "create"]) == 0
    file = home / "journal" / "main.db"

    def made_meanwhile(*_: Any) -> None:
        file.write_bytes(b"somebody's")
        no_links()

    monkeypatch.setattr(os, "link", made_meanwhile)
    assert run(["backup", "restore", "--only", "journal/main", "--force"]) == 5
    assert file.read_bytes() == b"somebody's" and "was made anew" in capsys.readouterr().err


def test_without_hard_links_a_restore_that_was_killed_between_a_name_and_its_file_goes_on(
    home: Path, monkeypatch: Monkeypatch, capsys: Capsys
) -> None:
    assert run(["backup", "create"]) == 0
    file, claim = home / "journal" / "main.db", moving.claim

    def killed(step: moving.Step) -> None:
        claim(step)
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(os, "link", no_links)
        meanwhile.setattr(moving, "claim", killed)
        assert run(["backup", "restore", "--only", "journal/main", "--force"]) == 130
    with pytest.raises(CryptoflowError, match="is no database"):
        create(file)
    assert run(["backup", "create"]) == 0
    assert written(file, 1, 2) == 24


@pytest.mark.parametrize("links", [True, False], ids=["with hard links", "without them"])
def test_a_journal_that_somebody_has_just_opened_is_never_replaced(
    home: Path, monkeypatch: Monkeypatch, capsys: Capsys, links: bool
) -> None:
    assert run(["backup", "create"]) == 0
    file, link = home / "journal" / "main.db", os.link

    def opened(*names: Any) -> None:
        file.touch()  # as SQLite leaves it until the first write
        link(*names) if links else no_links()

    monkeypatch.setattr(os, "link", opened)
    assert run(["backup", "restore", "--only", "journal/main", "--force"]) == 5
    assert file.stat().st_size == 0 and "was made anew" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.chdir(home.parent)
    assert run(["backup", "create"]) == 5  # nor by whoever finishes that restore
    assert file.stat().st_size == 0


@pytest.mark.parametrize(
    ("line", "place", "verb", "left"),
    [
        ("backup create", creating, "looks", "no backup was made, and nothing was changed"),
        ("backup create", creating, "prune", "is made; what is too old goes with the next one"),
        ("backup verify", proving, "check", "nothing was changed"),
        ("backup restore --force", restoring, "planned", "nothing was changed"),
        ("backup restore --force", moving, "put_in_place", "`cryptoflow backup restore --force` ends that"),
    ],
)
def test_ctrl_c_is_obeyed_at_once_and_says_what_is_left(
    home: Path, monkeypatch: Monkeypatch, capsys: Capsys, line: str, place: Any, verb: str, left: str
) -> None:
    assert run(["backup", "create"]) == 0
    before = {file: file.stat().st_ino for file in home.rglob("*.db")}

    def stopped(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(place, verb, stopped)
        for more in ([], ["--json"]):
            capsys.readouterr()
            assert run([*line.split(), *more]) == 130
            said = capsys.readouterr()
            (told,) = [each for each in said.err.splitlines() if each.startswith("stopped; ")]
            assert left in told
            if more:
                assert json.loads(said.out) == {"interrupted": True, "left": told.removeprefix("stopped; ")}
    assert not [*home.rglob("*.part"), *(home / "backups").glob("cryptoflow-scratch-*")]
    if "nothing was changed" in left:
        assert {file: file.stat().st_ino for file in home.rglob("*.db")} == before
        assert not [*home.rglob("*.restoring"), *home.glob("restoring")]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
