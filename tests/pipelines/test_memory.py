"""However long history is, a backtest's memory is bounded."""

from collections.abc import Callable

import pytest

from benchmarks.memory import LIMIT, decade


@pytest.mark.long
def test_ten_years_of_minutes_of_twenty_symbols_stay_under_4_gib(evidence: Callable[[str], None]) -> None:
    found = decade()
    assert found.code == 0
    assert found.memory < LIMIT
    evidence(f"{found.memory / 2**30:.2f} GiB at most, {found.seconds:.0f} s")
