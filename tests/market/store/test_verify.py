"""Verifying finds every byte that is not as it was, and names its file and what is lost with it."""

import fcntl
import os
from pathlib import Path

import pytest

from cryptoflow.market.store import disk
from cryptoflow.market.store.verify import verify
from tests.market.store.stores import filled, made, opened, span


def flipped(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 0x10
    file.write_bytes(content)


def test_what_was_not_touched_is_sound(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    dataset.load()
    found = verify(dataset)
    assert (found.manifest.rows, len(found.manifest.segments), found.problems) == (3_000, 2, ())


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.7, 0.999999])
def test_a_flipped_byte_is_found_wherever_it_is(tmp_path: Path, share: float) -> None:
    dataset = filled(tmp_path)
    second = sorted(dataset.folder.glob("*.parquet"))[1]
    flipped(second, int(share * second.stat().st_size))
    (problem,) = verify(dataset).problems
    assert problem.what == f"{second}: its bytes are not those that were written (1,440 bars, 2024-02)"


def test_files_that_are_gone_are_named_all_of_them(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    for file in dataset.folder.glob("*.parquet"):
        file.unlink()
    problems = verify(dataset).problems
    assert [problem.what.partition(": ")[2] for problem in problems] == [
        "it is not there (1,560 bars, 2024-01)",
        "it is not there (1,440 bars, 2024-02)",
    ]


def test_a_flipped_byte_in_a_column_file_is_found_too(tmp_path: Path) -> None:
    dataset = filled(tmp_path)
    dataset.load()
    (taken,) = dataset.room.files()
    flipped(taken.file, taken.size - 1)
    (problem,) = verify(dataset).problems
    assert "its bars are not those of 2024-02" in problem.what
    assert "data prune --columns" in problem.fix


def test_what_somebody_adds_meanwhile_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, more = filled(tmp_path, made(100)), made(200)
    known = dataset.manifest()
    opened(tmp_path).add(more, [span(more)], "meanwhile")
    answers = [known]
    now = dataset.manifest
    monkeypatch.setattr(dataset, "manifest", lambda: answers.pop() if answers else now())
    assert verify(dataset).problems == ()
    answers.append(known)
    assert len(dataset.load()) == 200


def test_who_waits_for_a_lock_too_long_is_told_whose_it_is(tmp_path: Path) -> None:
    file = tmp_path / "lock"
    with disk.alone(file), pytest.raises(Exception, match=rf"{file} has been locked by another process for 0.1 s"):  # noqa: SIM117
        with disk.alone(file, patience=0.1):
            pass
    with disk.alone(file, patience=0.1):
        file.unlink()
        with disk.alone(file, patience=0.1):
            assert file.exists()


def test_a_lock_on_a_file_that_was_removed_meanwhile_keeps_nobody_out_and_is_taken_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, flock = tmp_path / "lock", fcntl.flock

    def too_late(opened: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        file.unlink()
        file.touch()
        flock(opened, how)

    monkeypatch.setattr(fcntl, "flock", too_late)
    with disk.alone(file) as held:
        assert os.path.samestat(os.fstat(held), file.stat())
