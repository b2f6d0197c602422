"""Many changes in one append leave what they would have left one by one."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cryptoflow.domain.events.accounts import PositionChanged
from cryptoflow.domain.events.orders import OrderAcknowledged, OrderFilled
from cryptoflow.domain.journal.recorded import Draft, Head
from cryptoflow.storage.events.appending import adopt, append, numbered
from cryptoflow.storage.events.rebuilding import MADE, digest
from cryptoflow.storage.rows.projecting import POSITIONS
from cryptoflow.storage.tables.types import TooExact
from tests.storage.connections import transactions
from tests.storage.stories import BEGIN, SYMBOL, drafts, life


def held(quantity: str) -> Draft:
    return Draft(PositionChanged(SYMBOL, "trend", Decimal(quantity), *[Decimal(1)] * 3, BEGIN), BEGIN)


def rows(connection: Any, account: str) -> list[Any]:
    """An account's rows without its name."""
    found = [connection.execute(select(table).where(table.c.account == account)).all() for table in MADE]
    return [sorted(map(repr, (row[1:] for row in each))) for each in found]


def test_events_appended_together_leave_the_rows_of_events_appended_one_by_one(url: str) -> None:
    told = drafts(0, 12)
    with transactions(url) as inside:
        inside(lambda c: append(c, "together", told))
        for draft in told:
            inside(lambda c, draft=draft: append(c, "single", [draft]))
        assert inside(lambda c: rows(c, "together")) == inside(lambda c: rows(c, "single"))


def test_the_database_judges_each_move_of_an_order_that_moves_often_in_one_append(url: str) -> None:
    moves = [*life(0), OrderAcknowledged("ORDER0", ""), OrderFilled("ORDER0", "")]
    with transactions(url) as inside:
        told = numbered("main", Head(), {}, [Draft(event, BEGIN) for event in moves], {})
        with pytest.raises(IntegrityError, match="does not move"):
            inside(lambda c: adopt(c, "main", told))  # which asks no law but the database's
        assert {inside(lambda c, table=table: digest(c, table, "main")[0]) for table in MADE} == {0}


def test_a_number_that_no_column_keeps_is_refused_also_where_a_later_one_replaces_it(url: str) -> None:
    with transactions(url) as inside:
        with pytest.raises(TooExact):
            inside(lambda c: append(c, "main", [held(f"0.{'1' * 19}"), held("1")]))
        inside(lambda c: append(c, "main", [held("1"), held("2"), held("3")]))
        assert inside(lambda c: c.scalar(select(POSITIONS.c.quantity))) == 3
