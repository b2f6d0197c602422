"""Old months go whole, and nothing that is still needed goes with them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, update

from cryptoflow.domain.events.accounts import EquityMarked, PositionChanged
from cryptoflow.domain.events.orders import OrderSubmitted, OrderValidated
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError
from cryptoflow.storage.events.appending import EVENTS, Conflict, append
from cryptoflow.storage.events.reading import audit
from cryptoflow.storage.events.rebuilding import MADE, rebuild, rows_of
from cryptoflow.storage.rows.partitions import TABLES, after, month_of, start_of
from cryptoflow.storage.rows.projecting import EQUITY, FILLS, ORDERS, POSITIONS
from cryptoflow.storage.rows.retiring import SNAPSHOTS, Retirement, months, retire
from cryptoflow.storage.rows.rolling import DAY
from tests.storage.connections import Inside, transactions
from tests.storage.stores import seen
from tests.storage.stories import intent, life

MONTHS = ["2023_11", "2023_12", "2024_01"]
CUT = start_of("2024_01")


@pytest.fixture
def inside(url: str) -> Iterator[Inside[Any]]:
    """A database of either engine after three months of an account: an order filled in each, and its equity."""
    with transactions(url) as inside:
        yield lived_in(inside)


@pytest.fixture
def in_postgresql(postgres_url: str) -> Iterator[Inside[Any]]:
    """The same in PostgreSQL."""
    with transactions(postgres_url) as inside:
        yield lived_in(inside)


def lived_in(inside: Inside[Any]) -> Inside[Any]:
    for number, month in enumerate(MONTHS):
        inside(lambda c, number=number, month=month: append(c, "main", lived(number, start_of(month) + DAY)))
    return inside


def lived(number: int, at: int) -> list[Draft]:
    return [Draft(event, at + place) for place, event in enumerate(life(number))]


def count(table: Any) -> Any:
    return lambda c: c.scalar(select(func.count()).select_from(table))


def snapshot(fold: str, seq: int) -> Any:
    row = {"account": "main", "fold": fold, "seq": seq, "schema": 1, "event_hash": "", "state": "{}", "hash": ""}
    return lambda c: c.execute(insert(SNAPSHOTS).values(row))


def test_minutes_of_months_that_are_over_go_and_their_days_stay(inside: Inside[Any], url: str) -> None:
    before = seen(url, lambda work: work.equity.over(start_of("2023_11"), start_of("2024_02")))
    assert before is not None and before.minutes == 3
    told = inside(lambda c: retire(c, "equity", CUT + DAY, pretend=True))
    assert [(each.month, each.rows) for each in told.retired] == [("2023_11", 1), ("2023_12", 1)]
    assert inside(count(EQUITY)) == 3
    assert inside(lambda c: retire(c, "equity", CUT + DAY)) == told
    assert inside(count(EQUITY)) == 1
    assert seen(url, lambda work: work.equity.over()) == before
    assert inside(lambda c: retire(c, "equity", CUT + DAY)) == Retirement([], None)


def test_a_month_in_which_an_account_wrote_last_stays_until_it_is_said_to_be_finished(inside: Inside[Any]) -> None:
    inside(lambda c: append(c, "slow", lived(7, start_of("2023_12"))))
    told = inside(lambda c: retire(c, "equity", CUT))
    assert [each.month for each in told.retired] == ["2023_11"]
    assert told.kept is not None and told.kept.month == "2023_12" and "slow" in told.kept.why
    told = inside(lambda c: retire(c, "equity", CUT, finished=["slow"]))
    assert [(each.month, each.rows) for each in told.retired] == [("2023_12", 2)]


def test_an_order_that_is_still_open_keeps_its_month(inside: Inside[Any]) -> None:
    inside(lambda c: append(c, "main", [Draft(intent(9), start_of("2023_12") + 5), *lived(3, CUT + 2 * DAY)]))
    told = inside(lambda c: retire(c, "orders", CUT))
    assert [each.month for each in told.retired] == ["2023_11"]
    assert told.kept is not None and told.kept.why == "order ORDER9 is still open"


def test_events_in_sqlite_are_never_taken_away(sqlite_file: Any) -> None:
    with (
        transactions(f"sqlite:///{sqlite_file}") as inside,
        pytest.raises(CryptoflowError, match="a journal in SQLite is append-only"),
    ):
        inside(lambda c: retire(c, "events", CUT))


def test_events_go_only_as_far_as_every_fold_has_a_snapshot(in_postgresql: Inside[Any]) -> None:
    inside = in_postgresql
    told = inside(lambda c: retire(c, "events", CUT))
    assert told.retired == [] and told.kept.why == "no snapshot of main covers its events up to 8"
    inside(snapshot("positions", 16)), inside(snapshot("orders", 8))
    told = inside(lambda c: retire(c, "events", CUT))
    assert [(each.month, each.rows) for each in told.retired] == [("2023_11", 8)]
    assert told.kept.why == "the newest snapshot of orders of main covers its events up to 8, not to 16"


def test_what_is_left_of_a_journal_verifies_and_goes_on_counting(in_postgresql: Inside[Any]) -> None:
    inside = in_postgresql
    inside(snapshot("positions", 16))
    head = inside(lambda c: audit(c, "main")).head
    assert [each.month for each in inside(lambda c: retire(c, "events", CUT)).retired] == MONTHS[:2]
    assert inside(count(EVENTS)) == 8
    assert inside(lambda c: audit(c, "main")) == ("main", head, None, 16)
    with pytest.raises(Conflict, match="order/ORDER0 of main has 6 events, not 0"):
        inside(lambda c: append(c, "main", [Draft(OrderSubmitted("ORDER0", ""), CUT)], expected={"order/ORDER0": 0}))
    (marked,) = inside(lambda c: append(c, "main", [Draft(EquityMarked(Decimal(1), None), CUT + 2 * DAY)]))
    assert (marked.seq, marked.version) == (25, 4)


def rows(connection: Connection) -> dict[str, list[list[object]]]:
    return {table.name: list(rows_of(connection, table, "main")) for table in MADE}


def test_minutes_that_were_retired_are_not_made_again(inside: Inside[Any]) -> None:
    for table in (EQUITY, ORDERS):
        inside(lambda c, table=table: retire(c, table.name, CUT))
    before = inside(rows)
    assert inside(lambda c: rebuild(c, "main")) == (24, ())
    assert inside(rows) == before and [len(before[table.name]) for table in (EQUITY, ORDERS, FILLS)] == [1, 1, 3]
    inside(lambda c: c.execute(update(EQUITY).values(equity=Decimal(7))))
    assert [each.table for each in inside(lambda c: rebuild(c, "main"))[1]] == ["equity"]
    assert inside(rows) == before


def test_rows_of_events_that_were_retired_stay_as_they_are(in_postgresql: Inside[Any]) -> None:
    inside = in_postgresql
    inside(lambda c: append(c, "main", [Draft(intent(9), CUT - 1), Draft(OrderValidated("ORDER9", ""), CUT - 1)]))
    inside(lambda c: append(c, "main", [Draft(PositionChanged("ETH/USDT", "trend", *[Decimal(1)] * 4, CUT), CUT - 1)]))
    inside(lambda c: append(c, "main", [Draft(OrderSubmitted("ORDER9", ""), CUT + 2 * DAY)]))
    inside(snapshot("positions", 27))
    inside(lambda c: retire(c, "equity", start_of("2023_12")))
    assert inside(lambda c: retire(c, "events", start_of("2023_12"))).retired
    before = inside(rows)
    assert inside(lambda c: rebuild(c, "main")) == (20, ())
    assert inside(rows) == before
    for table in (FILLS, POSITIONS):
        inside(lambda c, table=table: c.execute(delete(table)))
    inside(lambda c: rebuild(c, "main"))
    assert inside(rows)["positions"] == before["positions"] and inside(rows)["fills"] == before["fills"][1:]


def test_an_event_written_late_keeps_the_month_that_it_happened_in(in_postgresql: Inside[Any]) -> None:
    inside = in_postgresql
    inside(lambda c: append(c, "main", [Draft(EquityMarked(Decimal(1), None), start_of("2023_11") + 1)]))
    inside(lambda c: append(c, "main", lived(4, start_of("2024_02"))))
    inside(snapshot("positions", 33))
    told = inside(lambda c: retire(c, "events", start_of("2023_12")))
    assert told.retired == []
    assert told.kept.why == "event 9 of main comes before one that would go, and happened later"
    assert [each.month for each in inside(lambda c: retire(c, "events", start_of("2024_02"))).retired] == MONTHS


def test_as_time_passes_every_table_has_a_part_for_the_month_and_the_next(in_postgresql: Inside[Any]) -> None:
    inside, at = in_postgresql, start_of("2024_01")
    for _ in range(14):
        at += 27 * DAY
        inside(lambda c, at=at: append(c, "main", [Draft(EquityMarked(Decimal(1), None), at)]))
        for table in TABLES:
            found = inside(lambda c, table=table: months(c, EVENTS.metadata.tables[table]))
            assert found[-2:] == [month_of(at), after(month_of(at))]
