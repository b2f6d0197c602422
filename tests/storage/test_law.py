"""The law in the database itself, for what comes by raw SQL: it says what the law of our code says."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, text, update
from sqlalchemy.exc import IntegrityError

from cryptoflow.domain.events.orders import OrderCreated
from cryptoflow.domain.journal.recorded import Draft, Head, record
from cryptoflow.domain.orders import OrderState
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.law import against, may_move
from cryptoflow.storage.rows.partitions import make_room
from cryptoflow.storage.rows.projecting import ORDERS, created
from tests.storage.connections import inside
from tests.storage.stories import BEGIN, drafts, intent

PAIRS = list(product(OrderState, OrderState))


def row_of(event: OrderCreated, **others: Any) -> dict[str, Any]:
    """Return the row that an intent would become."""
    (change,) = created(record("main", Head(), 1, Draft(event, BEGIN)), event)
    return {**change.values, **others}


def refuses(connection: Connection, doing: Callable[[], object]) -> bool:
    """Say whether the database refuses something; the rest of the transaction stays as it is."""
    try:
        with connection.begin_nested():
            doing()
    except IntegrityError:
        return True
    return False


def test_the_database_allows_the_moves_that_we_allow_and_no_others(url: str) -> None:
    move = text("UPDATE orders SET state = :state WHERE id = :id")

    def allowed(c: Connection) -> set[tuple[OrderState, OrderState]]:
        make_room(c, [BEGIN])
        c.execute(insert(ORDERS), [row_of(intent(n), state=str(before)) for n, (before, _) in enumerate(PAIRS)])
        asked = [{"state": str(after), "id": f"ORDER{n}"} for n, (_, after) in enumerate(PAIRS)]
        return {PAIRS[n] for n, each in enumerate(asked) if not refuses(c, lambda each=each: c.execute(move, each))}

    assert inside(url, allowed) == [{pair for pair in PAIRS if may_move(*pair)}]


def test_what_an_order_was_meant_to_be_does_not_change(url: str) -> None:
    other = row_of(
        intent(7), symbol="X", strategy="x", side="x", leg="add", type="x", quantity=Decimal(7), price=Decimal(7),
        stop=Decimal(7), notional=Decimal(7), cap=Decimal(700), correlation=1, correlation_limit=7, attempt=7, at=7,
        account="x", state="validated", filled=Decimal(7), cost=Decimal(7), reason="x", changed_at=7,
    )  # fmt: skip

    def changeable(c: Connection) -> set[str]:
        make_room(c, [BEGIN])
        c.execute(insert(ORDERS), row_of(intent(0)))
        return {
            name
            for name, value in other.items()
            if not refuses(c, lambda name=name, value=value: c.execute(update(ORDERS).values({name: value})))
        }

    assert inside(url, changeable) == [{"state", "filled", "cost", "reason", "changed_at"}]


LIMITS = [None, 0.7]
SHARES = [None, 0.6999994, 0.6999996, 0.7, 0.8]


@st.composite
def intents(draw: st.DrawFn) -> OrderCreated:
    """Draw orders near every edge of the law."""
    notional = draw(st.decimals(99, 101, places=9) | st.just(Decimal("100.000000001")))
    cap, stop = draw(st.sampled_from([None, "100", "100.000000001"])), draw(st.sampled_from([None, "98"]))
    return replace(
        intent(1, stop=stop, notional=str(notional), cap=cap),
        leg=draw(st.sampled_from(["entry", "add", "exit", "hedge"])),
        correlation=draw(st.sampled_from(SHARES)),
        correlation_limit=draw(st.sampled_from(LIMITS)),
    )


def test_the_database_refuses_the_intents_that_we_refuse_and_no_others(url: str) -> None:
    verdicts: list[tuple[bool, bool]] = []

    def judged(c: Connection) -> None:
        make_room(c, [BEGIN])

        @settings(max_examples=100)
        @given(intents())
        def judge(event: OrderCreated) -> None:
            row = row_of(event, id=f"ORDER{len(verdicts)}")
            verdicts.append((against(event) is not None, refuses(c, lambda: c.execute(insert(ORDERS), row))))
            assert verdicts[-1][0] == verdicts[-1][1], event

        judge()

    inside(url, judged)
    assert len(set(verdicts)) == 2, "nothing was refused, or everything"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET payload = '{}' WHERE seq = 1",
        "UPDATE events SET at = at + 1",
        "DELETE FROM events WHERE seq = 8",
        "INSERT INTO events SELECT * FROM events WHERE seq = 1",
    ],
)
def test_the_journal_is_only_ever_added_to(url: str, statement: str) -> None:
    inside(url, lambda c: append(c, "main", drafts(0)))
    with pytest.raises(IntegrityError):
        inside(url, lambda c: c.execute(text(statement)))


@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_sqlite_does_not_replace_a_row_of_the_journal_or_its_end_either(sqlite_file: str, verb: str) -> None:
    url = f"sqlite:///{sqlite_file}"
    inside(url, lambda c: append(c, "main", drafts(0)))
    columns = "account, seq, at, stream, version, name, schema, by, correlation, causation, '{}', hash"
    for table, wanted, law in (
        ("events", columns, "append-only"),
        ("heads", "account, seq - 1, hash, token, first_seq, first_hash", "never taken back"),
    ):
        with pytest.raises(IntegrityError, match=law):
            inside(
                url,
                lambda c, table=table, wanted=wanted: c.execute(
                    text(f"{verb} INTO {table} SELECT {wanted} FROM {table}")
                ),
            )


@pytest.mark.parametrize("tables", ["events", "heads", "events, heads", "events_p2023_11", "heads CASCADE"])
def test_postgresql_does_not_empty_the_journal_either(postgres_url: str, tables: str) -> None:
    inside(postgres_url, lambda c: append(c, "main", drafts(0)))
    with pytest.raises(IntegrityError, match=r"append-only|never taken back"):
        inside(postgres_url, lambda c: c.execute(text(f"TRUNCATE {tables}")))


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM heads",
        "UPDATE heads SET seq = seq - 1",
        "UPDATE heads SET token = token - 1",
        "UPDATE heads SET first_seq = first_seq - 1",
        "UPDATE heads SET account = 'another'",
    ],
)
def test_the_end_of_a_journal_is_never_taken_back(url: str, statement: str) -> None:
    inside(url, lambda c: append(c, "main", drafts(0)))
    with pytest.raises(IntegrityError, match="never taken back"):
        inside(url, lambda c: c.execute(text(statement)))


@pytest.mark.parametrize("table", ["events", "events_p2023_11"])
@pytest.mark.parametrize("seqs", ["8", "-1", "9), (9"])
def test_postgresql_has_one_event_of_a_number_whatever_its_moment(postgres_url: str, table: str, seqs: str) -> None:
    inside(postgres_url, lambda c: append(c, "main", drafts(0)))
    columns = "stream, version, name, schema, by, correlation, causation, payload, hash"
    again = (
        f"INSERT INTO {table} SELECT account, new.seq, at + row_number() OVER (), {columns} "
        f"FROM events, (VALUES ({seqs})) AS new (seq) WHERE events.seq = 8"
    )
    with pytest.raises(IntegrityError, match="append-only"):
        inside(postgres_url, lambda c: c.execute(text(again)))
