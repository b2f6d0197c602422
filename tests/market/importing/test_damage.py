"""A damaged file is refused by row, or its rows are left out and declared; nothing is mended in silence.

One file of `tests/golden/imports/` per damage: what is said, and what comes of it with `--drop-bad`.
`UPDATE_GOLDEN=1 pytest tests/market/importing/test_damage.py` writes them anew; read them as the person who will.
"""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.cli.data_import import lines as told
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.bars import COLUMNS
from cryptoflow.market.checks import check
from cryptoflow.pipelines.data.importing import Imported, Wish, import_files
from cryptoflow.pipelines.data.whose import Whose
from tests.market.importing.damages import DAMAGES, FILES, content
from tests.market.importing.tables import HOURS, NOW, lines, rows

GOLDEN = Path(__file__).parents[2] / "golden" / "imports"
AT = 7
"""The hour that is damaged in the golden files: line 9."""

CASES = {name: ("BTCUSDT-1h.csv", content(damage(lines(), AT))) for name, damage in DAMAGES.items()} | FILES
BINANCE = Wish(Whose("binance"))


class Clock:
    """A clock that stands still."""

    def now(self) -> int:
        return NOW

    def nanoseconds(self) -> int:
        return NOW * 1_000_000


def imported(file: Path, wish: Wish) -> Imported:
    (found,) = import_files([file], wish, Clock())
    return found


def answer(file: Path, wish: Wish) -> str:
    try:
        return "\n".join(told(imported(file, wish), dry_run=False, quiet=False))
    except CryptoflowError as error:
        return f"{error}\nexit code {int(error.code)}"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state folder, in the current one."""
    monkeypatch.setenv("CRYPTOFLOW_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_damage_is_told_by_row(case: str, tmp_path: Path) -> None:
    name, data = CASES[case]
    (tmp_path / name).write_bytes(data)
    said = answer(tmp_path / name, BINANCE)
    if "cannot be bars" in said:
        said += f"\n\nwith --drop-bad\n\n{answer(tmp_path / name, BINANCE._replace(drop_bad=True))}"
    golden = GOLDEN / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == golden.read_text(encoding="utf-8")


def test_the_golden_files_are_those_of_the_damages() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(CASES)
    assert len(CASES) >= 60


@given(damage=st.sampled_from(sorted(DAMAGES)), hour=st.integers(0, HOURS - 1))
@settings(max_examples=150)
def test_one_damaged_row_is_named_and_nothing_else_is_lost(
    tmp_path_factory: pytest.TempPathFactory, damage: str, hour: int
) -> None:
    file = tmp_path_factory.mktemp("drawn") / "BTCUSDT-1h.csv"
    file.write_bytes(content(DAMAGES[damage](lines(), hour)))
    bad, lost = spoilt(damage, hour)
    with pytest.raises(CryptoflowError) as raised:
        imported(file, BINANCE._replace(dry_run=True))
    assert raised.value.code == ExitCode.INVALID
    assert {int(line) for line in re.findall(r"\bline (\d+)", str(raised.value))} == bad
    found = imported(file, BINANCE._replace(dry_run=True, drop_bad=True)).sifted
    assert {flaw.row for flaw in found.flaws} == bad
    check(found.bars)
    kept = np.array([row for hour, row in enumerate(rows()) if hour not in lost])
    for name, column in zip(COLUMNS, kept.T, strict=True):
        np.testing.assert_array_equal(getattr(found.bars, name), column)


def spoilt(damage: str, hour: int) -> tuple[set[int], set[int]]:
    """The lines that a damage of an hour spoils, and the hours that are lost with them."""
    line = hour + 2
    match damage:
        case "names-repeated":
            return {line + 1}, set()
        case "rows-contradict":
            return {line, line + 1}, {hour}
        case "row-displaced":
            return ({HOURS + 1} if hour < 12 else {2}), {hour}
    return {line}, {hour}
