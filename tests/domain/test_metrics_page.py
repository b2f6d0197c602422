"""The page on metrics says what the code does: its example is computed, and no metric is missing from it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from cryptoflow.domain.metrics import Metrics, measure

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
GIVEN, SAID = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))


def test_the_example_on_the_page_comes_out_as_it_says() -> None:
    rows = [line.rsplit(maxsplit=1) for line in GIVEN["equity"].splitlines()]
    opens = [datetime.fromisoformat(at.strip()).replace(tzinfo=UTC) for at, _ in rows]
    run = measure(
        capital=GIVEN["capital"],
        times=[int(at.timestamp() * 1000) for at in opens],
        equity=[float(worth) for _, worth in rows],
        profits=GIVEN["profits"],
        fees=GIVEN["fees"],
        slippage=GIVEN["slippage"],
        notional=GIVEN["bought_and_sold"],
        exposure=GIVEN["closes_with_something_held"] / len(rows),
    )
    assert run._asdict() == pytest.approx(SAID, rel=1e-6)


def test_every_metric_has_a_formula_and_a_number_on_the_page() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(Metrics._fields)
    assert list(SAID) == list(Metrics._fields)
