"""What the store promises of time, measured for real."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.market.asked import Asked
from cryptoflow.market.checks import check
from cryptoflow.market.store.store import Store
from cryptoflow.market.store.verify import verify
from cryptoflow.plugins.sources.synthetic import Synthetic
from tests.market.store.stores import KEY, MINUTE

YEAR, MANY = 525_600, 5_000_000
BEGIN = 1_420_070_400_000


@pytest.mark.long
@pytest.mark.parametrize("count", [YEAR, MANY])
def test_loading_and_verifying_take_no_longer_than_promised(
    tmp_path: Path, evidence: Callable[[str], None], count: int
) -> None:
    end = BEGIN + count * MINUTE
    dataset = Store(tmp_path, MachineClock()).dataset(KEY)
    dataset.add(Synthetic().load(Asked(KEY.symbol, MINUTE, BEGIN, end)), [(BEGIN, end)], "made up")
    check(dataset.load())
    loading = best(lambda: check(dataset.load(end - YEAR * MINUTE, end)))
    verifying = best(lambda: verify(dataset))
    evidence(
        f"{count:,} bars stored: a year of minutes loads in {loading * 1e3:.0f} ms, all verified in {verifying:.2f} s"
    )
    assert loading < 0.1
    assert verifying < 2.0


def best(act: Callable[[], object]) -> float:
    """The seconds of the best of five, for others use the machine too."""
    taken = []
    for _ in range(5):
        began = perf_counter()
        act()
        taken.append(perf_counter() - began)
    return min(taken)
