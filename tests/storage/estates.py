"""Databases with something of everything in them, for tests of what moves them elsewhere."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, insert

from cryptoflow.domain.events.accounts import EquityMarked, PositionChanged, RiskMeasured, TradeClosed
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.journal import SnapshotRow
from cryptoflow.storage.tables.runtime import CommandRow, LeaseRow, MarketSnapshotRow, OutboxRow, RunRow
from tests.storage.stories import BEGIN, MINUTE, drafts

FINE = Decimal("0.123456789012345678")
DUST = Decimal("0.00000001")
VAST = Decimal("1000000000000.000000000000000001")
LEASED_UNTIL = BEGIN - 60_000
MONTH = 31 * 24 * 60 * MINUTE


def journal(file: Path, account: str, lives: int = 20) -> None:
    """Write the journal of an account into a file, which may be there."""
    engine = create(file)
    with engine.begin() as connection:
        append(connection, account, drafts(0, lives))
    engine.dispose()


def odd_amounts() -> list[Draft]:
    """Return events whose amounts are hard to keep: eighteen places, dust, a million millions."""
    trade = TradeClosed("T1", "ETH/USDT", "trend", BEGIN, FINE, VAST, DUST, VAST, -FINE, DUST, 3, "stop")
    held = PositionChanged("ETH/USDT", "trend", FINE, VAST, VAST, DUST, BEGIN)
    return [
        Draft(held, BEGIN + MONTH),
        Draft(trade, BEGIN + MONTH, by="desk", correlation="order/ÄÖÜ €", causation="main:1"),
        Draft(EquityMarked(VAST, DUST), BEGIN + MONTH),
        Draft(RiskMeasured(VAST, DUST, 0.1, 99.99999999999999), BEGIN + MONTH),
    ]


def everything(connection: Connection) -> None:
    """Put something into every table, for the accounts `main` and `Zoë`."""
    append(connection, "main", [*drafts(0, 60), *odd_amounts()], token=3)
    append(connection, "Zoë", drafts(0, 5))
    snapshot = {"account": "main", "fold": "book", "seq": 8, "schema": 1, "event_hash": "e", "state": "{}", "hash": "h"}
    connection.execute(insert(table_of(SnapshotRow)), snapshot)
    run = {"id": "r1", "account": "main", "mode": "paper", "spec": "s", "spec_hash": "h", "code": "c", "started_at": 1}
    connection.execute(insert(table_of(RunRow)), {**run, "manifest": "{}"})
    command = {"account": "main", "payload": "{}", "by": "desk", "asked_at": 1, "state": "waiting"}
    connection.execute(
        insert(table_of(CommandRow)), [{**command, "name": name} for name in ("pause", "resume", "flatten")]
    )
    message = {"channel": "webhook", "payload": "{}", "made_at": 1, "due_at": 1, "state": "waiting", "attempts": 0}
    connection.execute(insert(table_of(OutboxRow)), [{**message, "key": f"main:{number}"} for number in range(4)])
    lease = {"name": "main", "holder": "desk:1", "token": 3, "taken_at": 1, "expires_at": LEASED_UNTIL}
    connection.execute(insert(table_of(LeaseRow)), lease)
    terms = {"venue": "binance", "symbol": "BTC/USDT", "day": "2024-01-01", "at": 1, "terms": "{}", "digest": "d"}
    connection.execute(insert(table_of(MarketSnapshotRow)), terms)
