"""The page on discipline says what happens: every example of a gate on it is run, with the numbers that ship."""

import json
import re
from math import nan
from pathlib import Path
from typing import Any

import pytest
import yaml

from cryptoflow.domain.discipline.records import DAYS, STOPS, Evidence
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.spec.shipped import tiers

PAGE = (Path(__file__).parents[2] / "docs" / "discipline.md").read_text(encoding="utf-8")
GATES = PAGE.partition("\n### Gates\n")[2].partition("\n## ")[0]
MINUTE = 60_000
NOW = 100 * 24 * 60 * MINUTE
SAID = {("promotion", 0): "not met", ("promotion", 1): "met", ("demotion", 0): "stays", ("demotion", 1): "down"}


def examples() -> list[Any]:
    """Every example of a gate: the gate it stands under, what is given, when and then."""
    found = []
    for section in re.split(r"\n#### ", GATES)[1:]:
        heading = section.partition("\n")[0].strip("`")
        for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL):
            told = yaml.safe_load(block)
            found += [
                pytest.param(heading, told["given"], each["when"], each["then"], id=f"{heading} {each['when']}")
                for each in told["examples"]
            ]
    return found


def number(said: Any) -> float:
    """A number, or a percentage as a share."""
    return float(said.rstrip("%")) / 100 if isinstance(said, str) else said


def returns(said: str) -> list[float]:
    """Returns of days, as `12 x 0% and 8 x -1%` says them."""
    runs = [part.split(" x ") for part in said.split(" and ")]
    return [number(share) for times, share in runs for _ in range(int(times))]


def finding(given: dict[str, Any], when: dict[str, Any]) -> Any:
    """What the gate finds in a record."""
    gate = find("gate", given["use"]).model_validate_json(
        json.dumps({key: value for key, value in given.items() if key != "use"}), strict=True
    )
    daily, stops = returns(when["daily"]) if "daily" in when else [], when.get("stops", [])
    fields = {name: number(said) for name, said in when.items() if name not in ("daily", "stops")}
    if "under" in fields:
        fields["under"] = int(fields["under"] * MINUTE)
    evidence = Evidence(**{"at": NOW, "kept": len(daily), "stop_outs": len(stops), **fields})
    pairs = [each for hours, cost in stops for each in (NOW - hours * 60 * MINUTE, float(cost))]
    padded = ([*values, *[nan] * (room - len(values))] for values, room in ((daily, DAYS), (pairs, 2 * STOPS)))
    return gate.finding(evidence, *padded, *gate.numbers())  # type: ignore[attr-defined]  # what every gate has


@pytest.mark.parametrize(("heading", "given", "when", "then"), examples())
def test_an_example_of_a_gate_happens_as_it_says(heading: str, given: dict[str, Any], when: Any, then: str) -> None:
    part = "demotion" if find("gate", heading).demotes else "promotion"  # type: ignore[attr-defined]  # what every gate has
    assert given["use"] == heading
    assert SAID[part, finding(given, when).met] == then
    asked = [{"use": block.use, **block.settings} for tier in tiers() for block in getattr(tier, part)]
    assert given in asked, "a line of a tier file that ships"


def test_every_gate_has_its_examples_of_either_outcome() -> None:
    told: dict[str, set[str]] = {}
    for example in examples():
        heading, *_, then = example.values
        told.setdefault(heading, set()).add(then)
    assert set(told) == built_in("gate")
    assert all(len(outcomes) == 2 for outcomes in told.values())
    up, down = GATES.split("\n### Going down\n")
    assert all(f"#### `{name}`" in (down if find("gate", name).demotes else up) for name in built_in("gate"))  # type: ignore[attr-defined]  # what every gate has
