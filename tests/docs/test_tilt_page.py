"""What docs/discipline.md says of tilt is what happens: its examples run, its numbers are those in force."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cryptoflow.domain.calendar import DAY, HOUR, MINUTE
from cryptoflow.domain.tilt import indicators
from cryptoflow.domain.tilt.baseline import ENOUGH, MONTH, REACH, SEVEREST, WEEK
from cryptoflow.domain.tilt.conduct import Conduct
from cryptoflow.domain.tilt.cooldowns import AFTER_CAUTION, AFTER_OVERRIDE, BETWEEN_ENTRIES
from cryptoflow.domain.tilt.levels import SHARES, WINS, Level
from cryptoflow.domain.tilt.lockouts import CALM_DAYS, DEBT, length_of
from cryptoflow.domain.tilt.records import DEFAULTS, SAMPLES
from cryptoflow.domain.tilt.reflection import DISTINCT, PROMPTS, WORDS
from cryptoflow.domain.tilt.signs import level_due
from cryptoflow.domain.tilt.table import INDICATORS
from cryptoflow.pipelines.tilting.ingesting import told
from cryptoflow.pipelines.tilting.observations import observations

PAGE = (Path(__file__).parents[2] / "docs" / "discipline.md").read_text(encoding="utf-8")
TILT = PAGE.partition("\n## Tilt\n")[2].partition("\n## ")[0]
LIVE = {"live": True, "calm": False}


def look(name: str, usual: dict[str, Any], when: dict[str, Any]) -> bool:
    """Whether an indicator is live, its numbers given as the page gives them."""
    numbers = {**usual, **when}
    for field in ("after_loss", "after_stop"):
        if field in numbers:
            numbers[field] = round(numbers[field] * 1_000)
    if "hours" in numbers:
        numbers["since_losing_day"] = round(numbers.pop("hours") * HOUR)
    return bool(getattr(indicators, f"{name}_odd")(**numbers))


def examples() -> list[Any]:
    found = []
    for section in re.split(r"\n#### ", TILT)[1:]:
        name = section.partition("`")[2].partition("`")[0]
        for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL):
            said = yaml.safe_load(block)
            found += [
                pytest.param(name, said["given"], each["when"], each["then"], id=f"{name} {each['when']}")
                for each in said["examples"]
            ]
    return found


@pytest.mark.parametrize(("name", "given", "when", "then"), examples())
def test_an_example_of_an_indicator_happens_as_it_says(name: str, given: Any, when: Any, then: str) -> None:
    usual = {key: value for key, value in given.items() if key != "look"}
    assert look(given["look"], usual, when) is LIVE[then]


def test_every_indicator_that_is_fed_has_examples_of_either_outcome() -> None:
    outcomes: dict[str, set[str]] = {}
    for example in examples():
        name, *_, then = example.values
        outcomes.setdefault(name, set()).add(then)
    assert set(outcomes) == {each.id for each in INDICATORS if each.fed}
    assert all(len(each) == 2 for each in outcomes.values())


def test_the_table_of_indicators_is_that_in_force() -> None:
    rows = re.findall(r"^\| (T\d+) \| (.+?) \| (.+?) \| (.+?) \|$", TILT, re.MULTILINE)
    assert [(number, name, whose, "not yet" not in by) for number, name, whose, by in rows] == [
        (each.id, each.name, each.whose.value, each.fed) for each in INDICATORS
    ]


def test_the_numbers_are_those_in_force() -> None:
    text = " ".join(TILT.split())
    assert f"the last {MONTH // DAY} days, at least {ENOUGH} of them and no more than the newest {SAMPLES:,}" in text
    assert (REACH, WEEK, SEVEREST) == (1.5, 7 * DAY, 10)
    assert f"distance from that range in spreads, {SEVEREST} at most" in text
    for needed, level, _, first in re.findall(r"^\| (\d) \| (\w+) \| (.+?) \| (\d+) min \|$", TILT, re.MULTILINE):
        number = Level[level.upper()]
        assert (level_due(float(needed)), level_due(float(needed) - 0.1)) == (number, number - 1)
        assert length_of(number, 0) == int(first) * MINUTE
    assert f"lasts {DEFAULTS.repeated} times as long, {DEFAULTS.longest // MINUTE} min at most" in text
    assert f"{len(PROMPTS)}" == "5" and f"five prompts, {WORDS} words, {DISTINCT} different ones" in text
    assert "25, 50, 75 and 100 %" in text and sorted(SHARES) == [0.25, 0.5, 0.75, 1.0]
    assert f"takes {WINS[1]}, {WINS[2]} and {WINS[3]} winning trades or {CALM_DAYS} calm days" in text
    assert f"Of losses made at a level {DEBT[1]:.0%}".rstrip("%") in text
    assert AFTER_CAUTION == BETWEEN_ENTRIES
    assert f"{BETWEEN_ENTRIES // MINUTE} min between entries by hand, as many after a caution, and " in text
    assert f"{AFTER_OVERRIDE // HOUR} h after an override that was granted" in text


def test_hands_alone_come_no_further_than_the_page_says() -> None:
    (told,) = re.findall(r"five indicators go live by what .+? own hands do: (.+?)\. T12", " ".join(TILT.split()))
    fed = [each.id for each in INDICATORS if each.fed]
    assert [each for each in fed if each not in ("T11", "T12")] == re.findall(r"T\d+", told)
    assert (level_due(5.0), level_due(6.0), level_due(4 * 1.5)) == (Level.RESTRICTED, Level.LOCKED, Level.LOCKED)


def test_the_lines_of_the_page_raise_the_levels_it_says() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", TILT, re.DOTALL)
    _, drafts = told(Conduct(), observations(block.splitlines(), "page", 2**42), "test")
    raised = [draft.event for draft in drafts if draft.event.name == "tilt.raised"]
    assert [(each.level, each.live) for each in raised] == [  # type: ignore[attr-defined]  # what the event has
        ("caution", ("T2", "T5")),
        ("restricted", ("T2", "T5", "T7", "T8")),
    ]
