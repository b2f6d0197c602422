"""Bars are mapped into memory: made once, shared by all runs, given up when others need the room."""

import os
from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.room import Counts
from cryptoflow.settings import settings
from tests.market.store.stores import KEY, filled, made, opened, span

ROWS = 3_000


def column_files(dataset: Dataset) -> list[Path]:
    return [taken.file for taken in dataset.room.files()]


def allowed(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    for name, limit in limits.items():
        monkeypatch.setenv(f"CRYPTOFLOW_{name.upper()}", str(limit))
    settings.cache_clear()


def test_the_second_load_finds_what_the_first_has_made(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    first, second = dataset.load(), opened(tmp_path).load()
    assert first.fingerprint() == second.fingerprint() == made().fingerprint()
    assert dataset.room.counts() == Counts(hits=1, misses=1)
    assert [file.stat().st_size for file in column_files(dataset)] == [64 + 48 * ROWS]


def test_what_a_run_writes_into_its_bars_is_its_own(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    dataset.load()
    mapped = dataset.load()
    mapped.close[:] = 1.0
    assert mapped.close.flags.c_contiguous
    assert dataset.load().fingerprint() == made().fingerprint()


@pytest.mark.parametrize("damage", ["gone", "cut off", "another's"])
def test_a_column_file_that_is_not_what_it_must_be_is_made_anew(tmp_path: Path, damage: str) -> None:
    dataset = filled(tmp_path)
    dataset.load()
    (file,) = column_files(dataset)
    if damage == "gone":
        file.unlink()
    elif damage == "cut off":
        os.truncate(file, 64 + 48 * ROWS - 1)
    else:
        file.write_bytes(bytes(64 + 48 * ROWS))
    assert dataset.load().fingerprint() == made().fingerprint()
    assert dataset.room.counts() == Counts(hits=0, misses=2)


def test_bars_that_came_later_make_another_file(tmp_path: Path) -> None:
    dataset = filled(tmp_path, made(100))
    before = dataset.load()
    filled(tmp_path, made(200))
    assert len(dataset.load()) == 200
    assert before.fingerprint() == made(100).fingerprint()
    assert len(column_files(dataset)) == 2


@pytest.mark.parametrize(
    "limits", [{"column_files": 2}, {"column_bytes": 2 * (64 + 48 * ROWS)}], ids=["count", "bytes"]
)
def test_the_file_used_longest_ago_makes_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    allowed(monkeypatch, **limits)
    sets = [filled(tmp_path, made(ROWS, key=key, start=start), key) for key, start in coins()]
    for each in sets[:2]:
        each.load()
    oldest, newer = column_files(sets[0])
    for age, file in enumerate((oldest, newer)):
        os.utime(file, ns=(age * 10**9, age * 10**9))
    sets[0].load()
    sets[2].load()
    assert oldest in column_files(sets[0])
    assert newer not in column_files(sets[0])
    assert sets[0].room.counts() == Counts(hits=1, misses=3, evictions=1)


def coins() -> list[tuple]:
    day = 86_400_000
    return [(KEY._replace(symbol=f"{coin}/USDT"), 1_706_652_000_000 + at * day) for at, coin in enumerate("ABC")]


def test_bars_larger_than_the_room_are_kept_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    allowed(monkeypatch, column_bytes=100)
    dataset = filled(tmp_path)
    assert dataset.load().fingerprint() == dataset.load().fingerprint()
    assert len(column_files(dataset)) == 1


def test_a_damaged_segment_never_reaches_a_run(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    file = next(dataset.folder.glob("*.parquet"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CryptoflowError, match=file.name):
        dataset.load()
    assert column_files(dataset) == []


def test_bars_are_there_where_nothing_can_be_written_and_say_so(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    (tmp_path / "columns").touch()
    bars = dataset.load()
    assert bars.fingerprint() == made().fingerprint()
    (note,) = bars.notes
    assert note.startswith(
        f"bars of BTC/USDT 1m of binance were read from their segments: {tmp_path}/columns cannot be"
    )


def test_a_count_that_cannot_be_kept_costs_no_bars(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    dataset.load()
    (tmp_path / "columns" / "counts").unlink()
    (tmp_path / "columns" / "counts").mkdir()
    bars = dataset.load()
    assert (bars.fingerprint(), bars.notes) == (made().fingerprint(), ())


def test_who_wants_a_few_bars_once_lays_out_none(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    (january, february) = sorted(dataset.folder.glob("*.parquet"))
    january.rename(tmp_path / "away")
    assert dataset.last(2).bars.fingerprint() == made().cut(2_998, 3_000).fingerprint()
    assert dataset.last(0).manifest.rows == ROWS
    (tmp_path / "away").rename(january)
    february.unlink()
    first = made().cut(3, 9)
    assert dataset.part(*span(first)).fingerprint() == first.fingerprint()
    assert column_files(dataset) == []
