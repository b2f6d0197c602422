import numpy as np
import pytest

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.bars import Bars
from cryptoflow.market.checks import check
from cryptoflow.market.times import moment

HOUR = 3_600_000


def bars(count: int = 6, **columns: list[float]) -> Bars:
    """Flat hours at 10, but for the columns given."""
    flat = {"open": 10.0, "high": 11.0, "low": 9.0, "close": 10.0, "volume": 1.0}
    made = {name: np.array(columns.get(name, [value] * count), np.float64) for name, value in flat.items()}
    open_at = np.array(columns.get("open_at", [HOUR * row for row in range(count)]), np.int64)
    return Bars("BTC/USDT", HOUR, open_at, **made)


def refusal(broken: Bars) -> str:
    with pytest.raises(CryptoflowError) as raised:
        check(broken)
    assert raised.value.code == ExitCode.INVALID
    return str(raised.value)


def test_a_span_includes_its_start_and_not_its_end() -> None:
    cut = bars().between(HOUR, 3 * HOUR)
    assert cut.open_at.tolist() == [HOUR, 2 * HOUR]
    assert cut.symbol == "BTC/USDT"


def test_gaps_are_counted_and_pass_the_check() -> None:
    holed = bars(open_at=[0, HOUR, 2 * HOUR, 5 * HOUR, 6 * HOUR, 8 * HOUR])
    check(holed)
    assert holed.gaps() == 3


def test_the_fingerprint_sees_every_number_and_nothing_else() -> None:
    same = bars()
    assert same.fingerprint() == bars().fingerprint()
    assert same.between(0, 9 * HOUR).fingerprint() == same.fingerprint()
    changed = bars(volume=[1, 1, 1, 1, 1, 1.0000001])
    assert changed.fingerprint() != same.fingerprint()


def test_columns_can_be_written_even_when_they_come_from_read_only_memory() -> None:
    frozen = np.array([1.0, 2.0])
    frozen.flags.writeable = False
    made = Bars("X/Y", HOUR, np.array([0, HOUR]), frozen, frozen, frozen, frozen, frozen)
    assert made.close.flags.writeable


def test_columns_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="volume has shape"):
        bars(volume=[1.0])


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"close": [10, 10, float("nan"), 10, 10, 10]},
            "a number is missing or infinite: row 3 (1970-01-01 02:00 UTC)",
        ),
        ({"volume": [1, float("inf"), 1, 1, 1, 1]}, "a number is missing or infinite: row 2"),
        ({"low": [9, 9, 0, 9, 9, 9]}, "a price is zero or negative: row 3"),
        ({"high": [11, 9.5, 11, 11, 11, 11]}, "high is below open or close: row 2"),
        ({"low": [9, 9, 9, 9, 10.5, 9]}, "low is above open or close: row 5"),
        ({"volume": [1, 1, -1, 1, 1, 1]}, "volume is negative: row 3"),
        ({"open_at": [0, HOUR, HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR]}, "a time stands twice: row 3"),
        ({"open_at": [0, 2 * HOUR, HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR]}, "before the one above it: row 3"),
        ({"open_at": [0, HOUR, 2 * HOUR + 60_000, 3 * HOUR, 4 * HOUR, 5 * HOUR]}, "off the 1h grid: row 3"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(columns: dict[str, list[float]], said: str) -> None:
    assert said in refusal(bars(**columns))


def test_all_kinds_of_defects_are_told_at_once_and_many_rows_are_cut() -> None:
    told = refusal(bars(close=[float("nan")] * 6, volume=[-1.0] * 6))
    assert "row 1 (1970-01-01 00:00 UTC), row 2 (1970-01-01 01:00 UTC), row 3 (1970-01-01 02:00 UTC) and 3 more" in told
    assert "volume is negative" in told


@pytest.mark.parametrize("row", [2, 16_384, 16_385, 16_386, 40_000])
def test_a_defect_is_found_wherever_it_stands(row: int) -> None:
    long = bars(40_000)
    long.open_at[row - 1] = long.open_at[row - 2]
    long.low[row - 1] = 10.5
    told = refusal(long)
    assert f"a time stands twice: row {row} (" in told
    assert f"low is above open or close: row {row} (" in told


def test_no_bars_at_all_are_refused() -> None:
    assert "BTC/USDT 1h has no bars" in refusal(bars(count=0))


def test_weeks_open_on_a_monday() -> None:
    week, monday = 7 * 24 * HOUR, 4 * 24 * HOUR
    flat = np.ones(2)
    check(Bars("X/Y", week, np.array([monday, monday + week]), flat, flat, flat, flat, flat))
    assert "off the 1w grid" in refusal(Bars("X/Y", week, np.array([0, week]), flat, flat, flat, flat, flat))


@pytest.mark.parametrize("at", [-62_135_596_800_001, 253_402_300_800_000, 10**18])
def test_a_moment_that_no_calendar_has_is_told_as_a_count(at: int) -> None:
    assert moment(at) == f"{at} ms from 1970"


def test_the_first_and_the_last_moment_of_the_calendar_are_told_by_it() -> None:
    assert moment(-62_135_596_800_000).endswith("-01-01 00:00 UTC")
    assert moment(253_402_300_799_999) == "9999-12-31 23:59:59.999 UTC"
