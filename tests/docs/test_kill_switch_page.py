"""The page on discipline says what the kill switch does: each example and each transcript on it is run."""

import asyncio
import re
import shlex
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest
import yaml

from cryptoflow.cli.app import run
from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline import alarms, drops, together, trips
from cryptoflow.domain.discipline.records import Streak, Tier
from cryptoflow.domain.events.accounts import PositionChanged
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.records import Bar
from cryptoflow.domain.recovery.deadman import sending
from cryptoflow.domain.recovery.plans import PLANS
from cryptoflow.execution.recovering import Recovering
from cryptoflow.pipelines.journals.lines import line_of
from cryptoflow.spec.shipped import tiers
from cryptoflow.storage.leases.lease import Terms
from tests.execution.little_journal import START, LittleJournal
from tests.execution.little_venue import LittleDesk, Venue
from tests.pipelines.lives import kept

PAGE = (Path(__file__).parents[2] / "docs" / "discipline.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("\n## The kill switch\n")[2].partition("\n## ")[0]
CONDITIONS = SECTION.partition("\n### Recovery plans\n")[0]
DEAD = SECTION.partition("### When the process itself is gone")[2]
TICKS, BARS = PAGE.partition("\n## Flash drops\n")[2].partition("\n## ")[0].split("\n`risk.flash_drop`")
Told = Mapping[str, Any]


def share(said: Any) -> float:
    """A number, or a percentage as a share."""
    return float(said.rstrip("%")) / 100 if isinstance(said, str) else float(said)


def examples(text: str, *, named: bool) -> list[Any]:
    """Every example in a part of the page: its heading, what is given, when and then."""
    found = []
    for section in re.split(r"\n#### ", text)[1:] if named else [text]:
        heading = section.partition("\n")[0].strip("`") if named else ""
        for block in re.findall(r"```yaml\n(.*?)```", section, re.DOTALL):
            told = yaml.safe_load(block)
            found += [
                pytest.param(heading, told["given"], each["when"], each["then"], id=f"{heading} {each['when']}")
                for each in told["examples"]
            ]
    return found


def lost(given: Told, when: Told) -> trips.Trip:
    """Hold an account against limits of which all but the given ones are out of reach."""
    tier = Tier(
        **{"day_amount": inf, "fall_share": 1.0, "streak": 99} | {name: share(to) for name, to in given.items()}
    )
    opened, highest = when.get("opened", when["equity"]), when.get("highest", when["equity"])
    streak = Streak(losses=when.get("losses", 0), cost=when.get("cost", 0.0))
    return trips.trip_of(1.0 * when["equity"], 1.0 * opened, 1.0 * highest, streak, tier)


def moving(given: Told, when: Told) -> trips.Trip:
    """Two positions of that correlation, or that moved alike in so many minutes and had no price in the others."""
    mean = when.get("correlation", nan)
    if "alike" in when:
        closes = [nan] * (2 * together.ROOM)
        for minute in range(together.ROOM - when["alike"] - 1, together.ROOM):
            for symbol in (0, 1):
                together.note(closes, symbol, minute, (100.0 + minute % 4) * (1 + symbol))
        mean = together.mean_correlation(closes, [0, 1], 2, together.ROOM - 1)
    return alarms.correlated(mean, when["positions"])


LOOKS: Mapping[str, Callable[[Told, Told], trips.Trip]] = {
    "day_loss": lost,
    "drawdown": lost,
    "losing_streak": lost,
    "system_error": lambda _, when: alarms.system_error(when["errors"]),
    "manual": lambda _, when: alarms.manual(when["asked"]),
    "no_contact": lambda _, when: alarms.no_contact(round(when["silent"] * 1000), when["naked"]),
    "correlation": moving,
    "breaker_cascade": lambda _, when: alarms.cascade(when["open"], when["of"]),
}


@pytest.mark.parametrize(("heading", "given", "when", "then"), examples(CONDITIONS, named=True))
def test_a_condition_trips_as_its_example_says(heading: str, given: Told, when: Told, then: str) -> None:
    found = LOOKS[heading](given, when)
    waits = heading == "no_contact" and alarms.outage(round(when["silent"] * 1000)) == 1
    assert then == ("trips" if found.cause >= 0 else "pauses" if waits else "goes on")
    if found.cause >= 0:
        assert Cause(found.cause).name.lower() == heading
        assert found.value >= found.limit > 0


def test_every_condition_has_examples_of_either_outcome_in_the_order_in_which_they_win() -> None:
    told: dict[str, set[str]] = {}
    for example in examples(CONDITIONS, named=True):
        told.setdefault(example.values[0], set()).add(example.values[3])
    assert list(told) == [cause.name.lower() for cause in Cause] == list(LOOKS)
    assert all({"trips", "goes on"} <= outcomes for outcomes in told.values())


def test_what_is_given_on_the_page_is_what_ships() -> None:
    given = {example.values[0]: example.values[1] for example in examples(CONDITIONS, named=True)}
    sniper = tiers()[1].limits
    assert given["day_loss"]["day_amount"] == float(sniper.daily_loss.amount)  # type: ignore[union-attr]  # it has one
    assert {name: share(to) for name, to in given["drawdown"].items()} == {"fall_share": Tier().fall_share}
    streak = {name: share(to) for name, to in given["losing_streak"].items()}
    assert streak == {"streak": Tier().streak, "streak_cost": Tier().streak_cost}
    silences = {"naked_silence": alarms.NAKED_SILENCE, "silence": alarms.SILENCE, "outage": alarms.OUTAGE}
    assert {name: 1000 * to for name, to in given["no_contact"].items()} == silences
    assert list(given["correlation"].values()) == [alarms.TOGETHER, together.MINUTES, together.POINTS]
    assert [share(to) for to in given["breaker_cascade"].values()] == [alarms.OPEN_SHARE, alarms.LEAST_BREAKERS]


@pytest.mark.parametrize(("heading", "given", "when", "then"), examples(TICKS, named=False))
def test_a_drop_pauses_as_its_example_says(heading: str, given: Told, when: Told, then: str) -> None:
    assert [share(given["drop"]), given["seconds"], given["pause"]] == [drops.DROP, drops.SECONDS, drops.PAUSE / 1000]
    drop, highs, seconds = drops.Drop(), [0.0] * drops.ROOM, [0] * drops.ROOM
    at = 0
    for second, price in when["ticks"]:
        at = 1000 * second
        drops.guarded(drop, drops.fallen(drop, highs, seconds, 0, at, 1.0 * price), at)
    at += round(1000 * when.get("later", 0))
    assert then == ("pauses" if drops.paused(drop, at) else "goes on")


@pytest.mark.parametrize(("heading", "given", "when", "then"), examples(BARS, named=False))
def test_a_bar_shows_a_drop_as_its_example_says(heading: str, given: Told, when: Told, then: str) -> None:
    bar = Bar(open=when["open"], low=when["low"], length=60_000 * when["minutes"])
    assert then == ("pauses" if drops.dropped(bar, share(given["share"])) else "goes on")


@pytest.mark.parametrize(("heading", "given", "when", "then"), examples(DEAD, named=False))
def test_a_process_without_its_lease_sends_what_its_example_says(
    heading: str, given: Told, when: Told, then: str
) -> None:
    assert (given["silence"], given["expiry"]) == (Terms().silence, Terms().expiry)
    allowed = sending(when["silent"], Terms().silence, is_lost=when.get("taken", False))
    assert then == f"sends {allowed.value}"


def test_the_plans_on_the_page_are_those_that_are_carried_out() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (`.+`) \|$", SECTION, re.MULTILINE)
    assert {name: steps.replace("`", "").split(" → ") for name, steps in rows} == {
        name: [str(step) for step in steps] for name, steps in PLANS.items()
    }


class Still:
    """A clock that stands."""

    def now(self) -> int:
        return START

    def nanoseconds(self) -> int:
        return START * 1_000_000


def carried_out() -> LittleJournal:
    """The journal of the plan on the page."""
    venue, journal = Venue(odd={("ETH/USDT", "limit"): ["naked"]}), LittleJournal()
    venue.hold("ETH/USDT", "4", "1900")
    venue.entries = {"JNQW3QXPDMVLB6WQXG7C2TLZYA": "BTC/USDT"}
    journal.trip()
    asyncio.run(Recovering("main", journal.switch(), journal, LittleDesk(venue, str), Still()).run())
    return journal


def test_the_journal_on_the_page_is_that_of_a_plan() -> None:
    (told,) = re.findall(r"```text transcript\n(.*?)```", SECTION, re.DOTALL)
    assert told.splitlines() == [line_of(event, None).rstrip() for event in carried_out().events]


def test_what_is_typed_on_the_page_is_answered_as_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("cryptoflow.clock.time.time_ns", Still().nanoseconds)
    monkeypatch.setattr("cryptoflow.pipelines.halting.operating.getuser", lambda: "anna")
    money = (Decimal(40_000), Decimal(0), Decimal(0))
    held = PositionChanged("BTC/USDT", "trend", Decimal("0.5"), *money, START)
    kept(tmp_path / ".cryptoflow", "main", [Draft(held, START, "live")])
    for block, typed in enumerate(re.findall(r"```console\n(.*?)```", SECTION, re.DOTALL)):
        if block == 1:
            finish()
        said: list[str] = []
        for line in typed.splitlines():
            if line.startswith("$ cryptoflow "):
                run(shlex.split(line)[2:])
                told = capsys.readouterr()
                said += [line, *(told.out + told.err).splitlines()]
        assert said == typed.splitlines()


def finish() -> None:
    """Let the plan be carried out by a process that has a desk."""
    from cryptoflow.pipelines.halting.standing import switch_of
    from cryptoflow.pipelines.journals.writing import appending

    async def carry_out() -> None:
        async with appending("main", "live", Still()) as journal:
            await Recovering("main", await switch_of("main"), journal, LittleDesk(Venue(), str), Still()).run()

    asyncio.run(carry_out())
