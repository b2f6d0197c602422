"""What streams ask is counted with everything else that this machine asks of a venue."""

import json
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.domain.ticks import Filled, Tick
from cryptoflow.market.rest.dialects import allowance_of
from cryptoflow.market.streams.channels import Stream, streams_of
from cryptoflow.market.streams.dialects.dialect import Dialect, Question
from cryptoflow.market.streams.manners import made
from cryptoflow.market.streams.native import DIALECTS
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import START, in_no_time, listened, venue

SECOND = 1_000
STREAMS = streams_of(["BTC/USDT"], ["ticks", "bars 1m", "book"])


def cost_of(exchange: Any, question: Question) -> float:
    """Return what ccxt counts for a question."""
    path = question.path.removeprefix("/api/v3/").removeprefix("/")
    told = exchange.api["public"]["get"][path]
    limit = int(question.params.get("limit", "0"))
    return float(next((cost for most, cost in told.get("byLimit", []) if limit <= most), told["cost"]))


@pytest.mark.parametrize("name", DIALECTS)
def test_our_readers_count_a_venues_requests_as_ccxt_does_or_more(name: str) -> None:
    exchange, dialect = made(name, None), DIALECTS[name](STREAMS)
    assert dialect.allowance == allowance_of(name, exchange)
    for question in asked(dialect, STREAMS):
        assert cost_of(exchange, question) <= question.cost <= 2 * cost_of(exchange, question), question.path


def asked(dialect: Dialect, streams: tuple[Stream, ...]) -> list[Question]:
    """Return all that a reader may ask; a book that is told is not asked for."""
    return [dialect.clock, *(dialect.ask(each, 0) for each in streams if not (dialect.told and each.kind == "book"))]


def count(folder: Path) -> tuple[float, int]:
    """Return what was spent, and until when nobody may ask."""
    (file,) = folder.glob("binance-*.json")
    kept = json.loads(file.read_text())
    return sum(cost for _, cost in kept["slots"]), kept["silent_until"]


def test_what_a_reader_of_ours_asks_to_fill_a_hole_is_counted(budgets: Path) -> None:
    gap = Fault("gap", at=(20 * SECOND,), lasts=5 * SECOND, channel="ticks")
    run = in_no_time(lambda: listened(venue([gap]), 40, channels=["ticks", "book"]))
    assert len(run.of(Filled)) == 1
    time, listed, ticks, book = 0.2, 4.0, 0.8, 10.0
    assert count(budgets)[0] == pytest.approx(2 * time + listed + ticks + book)


def test_a_venue_that_wants_peace_gets_it_from_everyone(budgets: Path) -> None:
    gap = Fault("gap", at=(20 * SECOND,), lasts=5 * SECOND, channel="ticks")
    limited = Fault("limited", at=(20 * SECOND,), lasts=15 * SECOND)
    run = in_no_time(lambda: listened(venue([gap, limited]), 60, channels=["ticks"]))
    assert count(budgets)[1] > START + 30 * SECOND
    numbers = [tick.number for tick in run.of(Tick)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1)), "and the hole is filled afterwards"
