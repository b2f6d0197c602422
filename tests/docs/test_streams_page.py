"""The page about live markets says what the code does: its example runs, its numbers are those in force."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from cryptoflow.domain.ticks import Heard
from cryptoflow.market.streams import closing, connection, feed, keeper, knocking, manners, mending, through_ccxt
from cryptoflow.market.streams import watching as through
from cryptoflow.market.streams.backoff import FIRST, JITTER, LONGEST
from cryptoflow.market.streams.channels import Kind, channel
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.freshness import LIMITS
from cryptoflow.pipelines.data import watching
from cryptoflow.pipelines.data.watched import Watched
from cryptoflow.pipelines.live_source import live_source
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.sources.stream import Stream
from cryptoflow.report.watch_table import plain
from tests.cli.projects import small
from tests.market.streams.rehearsal import in_no_time, venue

PAGE = (Path(__file__).parents[2] / "docs" / "streams.md").read_text(encoding="utf-8")


EXAMPLES: dict[type[Heard], tuple[Any, ...]] = {
    kind: tuple(60_000 if name == "timeframe" else 1 for name in kind._fields) for kind in get_args(Heard)
}


def rows(head: str) -> list[list[str]]:
    """The cells of the table whose head begins like this."""
    lines = PAGE.split(f"\n| {head} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines]


def test_the_example_of_the_page_runs_and_its_figures_have_the_names_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0], names)

    async def listened() -> Any:
        async with venue(symbols=("BTC/USDT", "ETH/USDT")) as market:
            return await names["listen"](market.url)

    close, bid, ask, figures = in_no_time(listened)
    assert bid[0] < ask[0]
    assert abs(close / bid[0] - 1) < 0.01
    told = PAGE.split("### Figures")[1]
    parts = (*(figures[name] for name in ("queue", "questions", "clock")), figures["connections"][0])
    parts = (*parts, figures["channels"]["ticks"])
    assert {name for part in parts for name in part} == set(re.findall(r"`(\w+)`", told))


def test_the_channels_and_limits_of_the_page_are_those_in_force() -> None:
    told = {channel(row[0].strip("`"))[0]: row[3] for row in rows("channel")}
    assert set(told) == set(Kind)
    for kind, limit in LIMITS.items():
        assert told[kind] == f"{limit // 1000} s"
    assert f"{feed.BOUND:,} events" in PAGE
    assert f"at most {keeper.HELD:,} of a stream" in PAGE


def test_the_waits_of_the_page_are_those_in_force() -> None:
    text = " ".join(cell for row in rows("what") for cell in row)
    assert f"waits {keeper.REORDER} s" in text
    assert f"within {mending.PATIENCE:.0f} s" in text
    assert f"at most {mending.LONGEST / 60:.0f} minutes" in text
    assert f"{closing.GRACE / 1000} s after its end" in PAGE
    assert f"waits {FIRST:.0f}, 2, 4, 8 … s, at most {LONGEST:.0f}, ± {JITTER:.0%}".replace("%", " %") in text
    assert f"not longer than {knocking.KNOCK:.0f} s" in text
    assert f"(every {connection.PING:.0f} s) within {connection.PONG:.0f} s" in text
    assert keeper.GIVE_UP == 3


def test_the_sources_of_the_page_are_those_of_a_spec_that_may_decide(tmp_path: Path) -> None:
    spec = small(tmp_path)
    sources = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    before = next(line for line in spec.read_text().splitlines() if line.startswith("sources:"))
    spec.write_text(spec.read_text().replace(f"{before}\n", sources))
    resolved = resolve(spec)
    source = live_source(resolved)
    assert isinstance(source, Stream)
    assert (source.ears().limits["top"], source.ears().most) == (5_000, 50)
    assert Stream().ears().limits == {str(kind): limit for kind, limit in LIMITS.items()}
    assert f"`round_wait` ({int(resolved.pipeline.round_wait) // 1000} s)" in PAGE
    assert f"not there within {watching.THERE:.0f} s (4)" in PAGE


def test_what_the_page_says_of_other_venues_is_in_force() -> None:
    text = " ".join(PAGE.split("### Other venues")[1].split("### Figures")[0].split())
    assert f"at most {through_ccxt.MOST} streams" in text
    assert f"after {through.SETTLE:.0f} s and the time" in text
    assert f"or {through.LATE / 1000:g} s after its end" in text
    assert f"every {manners.KEEP_ALIVE // 1000} s" in text
    assert f"{manners.ROOM:,} ticks of a symbol" in text
    first, second = manners.VERBS[Kind.TOP]
    assert f"`top` is `{first}`, or `{second}`" in text


def test_the_fields_of_the_page_are_those_that_programs_read() -> None:
    told = {row[0].strip("`"): re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", row[1])) for row in rows("event")}
    summary = told.pop("summary")
    real = {kind.__name__.lower(): plain(kind(*EXAMPLES[kind])) for kind in get_args(Heard)}
    assert told == {name: list(event)[1:] for name, event in real.items()}

    async def summed_up() -> dict[str, Any]:
        async with venue() as market, Feed("binance", ["BTC/USDT"], ["ticks"], url=market.url) as feed:
            watched = Watched(feed)
            watched.take(await anext(feed))
            return watched.plain()

    found = in_no_time(summed_up)
    assert set(summary) == {"venue", "channels", "remark", "stored", *found}
    listed = PAGE.split("In `symbols` of the summary each has ")[1].split(";")[0]
    assert re.findall(r"`(\w+)`", listed) == list(found["symbols"][0])
