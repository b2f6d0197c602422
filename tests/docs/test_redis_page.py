"""The section about Redis says what the code does: its example runs, its numbers are those in force."""

import re
from pathlib import Path

import pytest

from cryptoflow.storage.redis import cache, fanout, hot

PAGE = (Path(__file__).parents[2] / "docs" / "storage.md").read_text(encoding="utf-8")
SECTION = "## Redis" + PAGE.partition("## Redis")[2].partition("\n## ")[0]


def test_the_example_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)
    exec(example, {})
    assert capsys.readouterr().out.strip() == example.rstrip().rpartition("# ")[2]


def test_the_numbers_of_the_section_are_those_in_force() -> None:
    assert f"waits for at most {1000 * cache.ANSWER:.0f} ms" in SECTION
    assert f"after {1000 * cache.AGAIN.shortest:.0f} ms, then after\ntwice" in SECTION
    assert f"at most {cache.AGAIN.longest:.0f} s" in SECTION
    assert hot.KEEP == 60_000 and "for a minute" in SECTION
    assert f"({fanout.BOUND:,}\n" in SECTION
    assert all(f"`{scheme}://" in SECTION for scheme in cache.SCHEMES)
