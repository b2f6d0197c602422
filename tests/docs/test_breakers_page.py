"""The page about breakers says what the code does: its examples run, its numbers are those in force."""

import doctest
import re
from pathlib import Path

from cryptoflow.domain.breakers.components import ASIDE, LIMITS, OF_VENUES, Kind
from cryptoflow.domain.breakers.limits import CascadeLimits, Limits
from cryptoflow.domain.breakers.window import BUCKETS
from cryptoflow.domain.patience import PATIENCE
from cryptoflow.execution.idempotent import ASKS
from cryptoflow.market.rest.venue_client import ATTEMPTS

PAGE = (Path(__file__).parents[2] / "docs" / "breakers.md").read_text(encoding="utf-8")


def part(heading: str) -> str:
    """The text under a heading, in one line."""
    return " ".join(PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0].split())


def test_the_examples_run_in_their_order() -> None:
    examples = doctest.DocTestParser().get_doctest(PAGE, {}, "breakers.md", None, 0)
    done = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples)
    assert (done.attempted > 20, done.failed) == (True, 0)


def test_the_numbers_of_a_breaker_are_those_in_force() -> None:
    limits, rests = Limits(), {kind: limits.rest // 1000 for kind, limits in LIMITS.items()}
    text = part("A breaker")
    assert f"of {limits.min_calls} calls or more in the last {limits.window // 1000} s" in text
    assert f"a share above {limits.rate} failed, or {limits.in_a_row} failed in a row" in text
    assert f"{limits.rest // 1000} s are over ({rests[Kind.EXIT_PATH]} s on the path of exits)" in text
    assert f"{limits.successes} calls went well; no more than {limits.probes} are under way" in text
    assert f"{limits.failures} calls failed" in text
    assert f"kept in {BUCKETS} parts: a call is forgotten up to {limits.window / BUCKETS / 1000:g} s early" in text
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", PAGE, re.MULTILINE))
    assert {name: float(number) for name, number in told.items()} == {
        name: getattr(limits, name) for name in Limits.__dataclass_fields__
    }
    assert f"(`exit_path`: {LIMITS[Kind.EXIT_PATH].rest})" in part("Other numbers")
    assert {kind for kind, own in LIMITS.items() if own != limits} == {Kind.EXIT_PATH}


def test_the_kinds_and_what_they_refuse_are_those_in_force() -> None:
    rows = re.findall(r"^\| `(\w+)` \| \w+ \| (refused|as always) \| (.+?) \|$", PAGE, re.MULTILINE)
    assert [Kind(name) for name, _, _ in rows] == [*Kind]
    assert {Kind(name) for name, entries, _ in rows if entries == "as always"} == ASIDE
    assert {Kind(name) for name, _, counts in rows if counts == "no"} == ASIDE
    assert {Kind(name) for name, _, counts in rows if counts == "with its venue"} == OF_VENUES
    cascade = CascadeLimits()
    text = part("What an open breaker means for trading")
    assert cascade.opens == 0.5
    assert f"half or more of at least {cascade.least} open" in text
    assert f"no more than {cascade.closes} of them are open" in text


def test_the_patience_is_that_in_force() -> None:
    text, patience = part("Asking again"), PATIENCE
    assert f"{patience.connect:.0f} s to connect, {patience.read:.0f} s until something comes" in text
    assert f"and {patience.total:.0f} s for all of it" in text
    assert f"Pages of bars have {patience.total:.0f} s each, and {ATTEMPTS} attempts" in text
    assert f"after {patience.first:.0f}, 2, 4, 8 … s, each ± {patience.jitter * 100:.0f} %" in text
    assert f"none longer than {patience.longest:.0f} s" in text
    names = text.partition("whatever is not called ")[2].partition(" at first")[0]
    assert re.findall(r"`(\w+)`", names) == [*ASKS]
