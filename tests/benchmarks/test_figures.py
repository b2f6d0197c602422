"""A figure is worse only when it stays worse, and says itself when it misses its aim."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.figures import ATTEMPTS, Aim, Figure, Times, Work, measured, side_by_side
from benchmarks.table import line, markdown, worse


def work(*ratios: float, aim: Aim | None = None, units: int = 1_000_000) -> Work:
    """Return a work that measures these ratios one after the other; the yardstick takes 10 ms."""
    left = iter(ratios)

    def measure() -> Times:
        ratio = next(left)
        return Times(ratio, ratio / 100, ratio / 200, 0.01)

    return Work("w", measure, "a loop", units, aim=aim)


def test_a_figure_that_is_not_good_is_measured_again_and_its_best_median_counts() -> None:
    assert measured(work(4.0, 1.0), lambda _: True).times.ratio == 4.0
    assert measured(work(4.0, 2.0, 1.0), lambda figure: figure.times.ratio < 3.0).times.ratio == 2.0
    assert measured(work(6.0, 5.0, 5.5, 1.0), lambda _: False).times == Times(5.0, 0.05, 0.025, 0.01)
    assert ATTEMPTS == 3


@pytest.mark.parametrize(
    ("aim", "said"),
    [
        (Aim(5.0), "aim ≤ 5 ×: met"),
        (Aim(4.9), "aim ≤ 4.9 ×: MISSED"),
        (Aim(0.06, "seconds"), "aim ≤ 60 ms: met"),
        (Aim(0.04, "seconds"), "aim ≤ 40 ms: MISSED, met by the processor's clock"),
        (Aim(2e-8, "unit"), "aim ≤ 20 ns a bar: MISSED"),
    ],
)
def test_a_missed_aim_says_so(aim: Aim, said: str) -> None:
    figure = Figure(work(), Times(5.0, 0.05, 0.025, 0.01))
    parts = line(figure._replace(work=work(aim=aim)), {"w": 4.5}).split("; ")
    assert parts[0].split() == ["w", "5.00", "×", "a", "loop"]
    assert parts[1:] == [
        "50 ms and 10 ms",
        "processor 25 ms",
        "50 ns a bar, processor 25 ns",
        said,
        "4.50 × in the table",
    ]


def test_what_waits_for_a_disk_is_not_excused_by_an_idle_processor() -> None:
    waiting = work(aim=Aim(0.04, "seconds"))._replace(waits=True)
    assert "aim ≤ 40 ms: MISSED;" in line(Figure(waiting, Times(0.0019, 0.05, 0.025, 0.01)), {"w": 0.0019})


def test_a_very_small_ratio_is_kept_in_digits_and_not_as_nothing() -> None:
    figure = Figure(work(), Times(0.0019234, 0.05, 0.05, 0.01))
    assert line(figure, {"w": 0.0019}).endswith("0.0019 × in the table")
    assert not worse(figure, {"w": 0.0019})


def test_a_ratio_is_worse_when_it_is_more_than_a_quarter_above_the_table() -> None:
    figure = Figure(work(), Times(5.0, 0.05, 0.05, 0.01))
    assert not worse(figure, {})
    assert not worse(figure, {"w": 4.0})
    assert worse(figure, {"w": 3.9})


def test_the_table_of_the_page_has_a_row_for_each_figure() -> None:
    figure = Figure(work(aim=Aim(4.9)), Times(5.0, 0.05, 0.025, 0.01))
    *_, row = markdown([figure])
    assert row == "| w | 50 ms | 25 ms | 50 ns a bar | 10 ms, a loop | 5.00 | ≤ 4.9 ×: MISSED |"


def test_both_sides_take_turns_and_the_first_turn_does_not_count() -> None:
    turns: list[str] = []
    times = side_by_side("w", lambda: turns.append("ours"), lambda: turns.append("loop"), "a loop", rounds=3).measure()
    assert turns == ["ours", "loop"] * 4
    assert min(times) >= 0.0


def test_make_bench_exits_1_when_a_ratio_stays_worse_and_commit_keeps_what_was_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    committed, file = tmp_path / "table.json", tmp_path / "figures.json"
    committed.write_text('{"w": 2.0, "other": 3.0}')
    monkeypatch.setattr(bench, "TABLE", committed)

    def works(*ratios: float) -> dict[str, object]:
        def one() -> Iterator[Work]:
            yield work(*ratios)

        return {"w1": one}

    def run(*arguments: str, ratios: tuple[float, ...] = (4.0, 4.0, 4.0)) -> int:
        monkeypatch.setattr(bench, "WORKS", works(*ratios))
        monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
        return bench.main()

    assert run("--json", str(file)) == 1
    told = capsys.readouterr()
    assert told.err == "worse by more than a quarter: w\n"
    assert "load at the start" in told.out
    assert "load at the end" in told.out
    assert json.loads(file.read_text())["figures"][0]["ratio"] == 4.0
    assert run(ratios=(4.0, 2.1)) == 0
    assert run("--only", "w1", "--commit") == 0
    assert json.loads(committed.read_text()) == {"w": 4.0, "other": 3.0}
    assert run("--commit") == 0
    assert json.loads(committed.read_text()) == {"w": 4.0}
    assert run("--markdown") == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith("| w | 40 ms |")
