"""`cryptoflow db retire`: what has grown old goes, as a day or the settings say."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.retiring import wanted
from cryptoflow.settings import Kept, settings
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create
from cryptoflow.storage.rows.partitions import TABLES, start_of
from tests.storage.stories import life

DAY = 86_400_000


class Standing(NamedTuple):
    """A clock that a test moves."""

    at: int

    def now(self) -> int:
        return self.at

    def nanoseconds(self) -> int:
        return self.at * 1_000_000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder whose database has seen two months of an account."""
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path))
    settings.cache_clear()
    engine = create(tmp_path / "cryptoflow.db")
    for number, month in enumerate(["2023_11", "2023_12"]):
        with engine.begin() as connection:
            append(connection, "main", [Draft(event, start_of(month)) for event in life(number)])
    engine.dispose()
    yield tmp_path
    settings.cache_clear()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert run(["db", "retire", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_rehearsal_says_what_would_go_and_leaves_it(capsys: pytest.CaptureFixture[str]) -> None:
    going = {"retired": [{"table": "equity", "month": "2023_11", "rows": 1}], "kept": []}
    for _ in range(2):
        assert said(capsys, "--before", "2023-12-01", "--dry-run") == {"pretended": True, **going}
    assert said(capsys, "--before", "2023-12-01") == {"pretended": False, **going}
    assert run(["db", "retire", "--before", "2023-12-01"]) == 0
    assert capsys.readouterr().out == "nothing is old enough\n"


def test_what_has_to_stay_is_named_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "retire", "--before", "2024-01-01", "--table", "orders"]) == 0
    assert capsys.readouterr().out == (
        "gone: orders of 2023_11, 1 rows\n"
        "stays: orders from 2023_12 on, for main wrote nothing after it: what it has not shipped yet may belong there; "
        "--finished main says that nothing does\n"
    )


@pytest.mark.parametrize(
    ("day", "told"), [("2024-1-1", "2024-1-1: that is no day"), ("2024-02-30", "the calendar has no such day")]
)
def test_a_day_that_is_written_otherwise_is_told_from_one_that_never_was(
    capsys: pytest.CaptureFixture[str], day: str, told: str
) -> None:
    assert run(["db", "retire", "--before", day]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("CRYPTOFLOW_RETENTION__NOPE", "3", "is no setting: what follows CRYPTOFLOW_RETENTION__ is 'events', 'orders'"),
        ("CRYPTOFLOW_RETENTION__EQUITY", "abc", "is 'abc', but that is no whole number"),
        ("CRYPTOFLOW_RETENTION__EQUITY", "0", "is '0', but it is at least 1"),
    ],
)
def test_a_retention_that_cannot_be_is_told_in_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    assert run(["db", "retire"]) == 2
    assert capsys.readouterr().err.startswith(f"{variable} {told}")


def test_events_of_a_file_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["db", "retire", "--before", "2024-01-01", "--table", "events"]) == 5
    assert "a journal in SQLite is append-only" in capsys.readouterr().err


def test_without_a_day_the_settings_say_how_long_a_table_is_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["db", "retire"]) == 0
    assert "everything is kept for ever" in capsys.readouterr().out
    monkeypatch.setenv("CRYPTOFLOW_RETENTION__EQUITY", "30")
    settings.cache_clear()
    assert wanted(None, (), Standing(100 * DAY)) == {"equity": 70 * DAY}
    assert wanted(None, ("orders",), Standing(100 * DAY)) == {}


def test_the_settings_know_the_tables_that_are_kept_by_month() -> None:
    assert get_args(Kept) == TABLES


def test_a_day_that_is_none_is_refused() -> None:
    with pytest.raises(CryptoflowError, match="--before"):
        wanted("yesterday", (), Standing(0))
