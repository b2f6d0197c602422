"""Old months taken away: whole ones only, from the oldest on, and nothing that is still needed.

What stays after the minutes of a curve are gone are its hours and days. What stays after events are gone is a journal
that begins later and still verifies: `heads` keeps what its first event is chained to. `retired_rows` keeps since when
rows are there: whoever makes them again, or proves them, begins there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Table, and_, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from cryptoflow.domain.orders import OrderState, is_terminal
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.events.appending import EVENTS, HEADS
from cryptoflow.storage.rows.partitions import TABLES, after, month_of, start_of
from cryptoflow.storage.rows.projecting import EQUITY, ORDERS, RISK, table_of
from cryptoflow.storage.rows.rolling import DAY
from cryptoflow.storage.tables.every import METADATA
from cryptoflow.storage.tables.journal import RetiredBeforeRow, RetiredRow, SnapshotRow

RETIRED, BEFORE, SNAPSHOTS = map(table_of, (RetiredRow, RetiredBeforeRow, SnapshotRow))

MINUTES = (EQUITY.name, RISK.name)
"""Tables whose rows live on in longer ones."""

CUT = bindparam("cut", type_=BigInteger)
ENDS = [state.value for state in OrderState if is_terminal(state)]
OPEN_BEFORE = select(ORDERS.c.id).where(ORDERS.c.at < CUT, ORDERS.c.state.not_in(ENDS)).order_by(ORDERS.c.id).limit(1)

OF = EVENTS.c.account == bindparam("of")
LAST_BEFORE = select(EVENTS.c.account, func.max(EVENTS.c.seq)).where(EVENTS.c.at < CUT).group_by(EVENTS.c.account)
KEPT_EARLIER = select(func.min(EVENTS.c.seq)).where(OF, EVENTS.c.seq < bindparam("last"), EVENTS.c.at >= CUT)
COVERED = (
    select(SNAPSHOTS.c.fold, func.max(SNAPSHOTS.c.seq).label("seq"))
    .where(SNAPSHOTS.c.account == bindparam("of"))
    .group_by(SNAPSHOTS.c.fold)
    .order_by(SNAPSHOTS.c.fold)
)

PATIENCE = "5s"
"""How long to wait for readers of a month: whoever writes waits behind us meanwhile."""


class Retired(NamedTuple):
    """A month of a table that goes, and its rows."""

    table: str
    month: str
    rows: int


class Kept(NamedTuple):
    """The first month of a table that is old enough and has to stay, with all after it, and why."""

    table: str
    month: str
    why: str


class Retirement(NamedTuple):
    """What a table loses, and what stops it from losing more."""

    retired: Sequence[Retired]
    kept: Kept | None


def retire(
    connection: Connection,
    table: str,
    before: int,
    *,
    finished: Collection[str] = (),
    folds: Collection[str] = (),
    untold: Mapping[str, str] = MappingProxyType({}),
    pretend: bool = False,
) -> Retirement:
    """Take away the months of a table that ended before a moment, inside a transaction of the caller's.

    A month stays with all after it when an account wrote its newest event in it: what that account has not shipped
    yet may belong there. Accounts that are `finished` ship nothing any more. Events go only as far as a snapshot covers
    them for each of `folds`, and for every other fold that an account has one of; `untold` says of accounts why there
    is none. With `pretend` nothing is taken away.
    """
    if table not in TABLES:
        raise CryptoflowError(
            f"{table} is not kept by month", fix=f"these are: {', '.join(TABLES)}", code=ExitCode.USAGE
        )
    of = METADATA.tables[table]
    is_sqlite = connection.dialect.name == "sqlite"
    if of is EVENTS and is_sqlite:
        raise CryptoflowError(
            "a journal in SQLite is append-only: none of its events is ever taken away",
            fix="retire equity or risk_metrics; events are retired in PostgreSQL alone",
            code=ExitCode.REFUSED,
        )
    if not is_sqlite and not pretend:
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        connection.execute(select(HEADS.c.account).order_by(HEADS.c.account).with_for_update()).all()
    old = old_months(connection, table, before)
    going, kept = _allowed(of, old, lambda cut: _obstacle(connection, of, cut, finished, folds, untold))
    retired = [Retired(table, month, _count(connection, of, month)) for month in going]
    if going and not pretend:
        _remember(connection, table, start_of(after(going[-1])))
        if of is EVENTS:
            _begin_later(connection, start_of(after(going[-1])))
        for month in going:
            _drop(connection, of, month)
    return Retirement(retired, kept)


def old_months(connection: Connection, table: str, before: int) -> list[str]:
    """Return the months of a table that ended before a moment."""
    return [month for month in months(connection, METADATA.tables[table]) if start_of(after(month)) <= before]


def months(connection: Connection, table: Table) -> list[str]:
    """Return the months that a table has a part for, or rows of, from the oldest on."""
    if connection.dialect.name == "sqlite":
        days = connection.scalars(select(table.c.at.op("/")(DAY)).distinct())
        return sorted({month_of(day * DAY) for day in days})
    parts = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:name AS regclass)")
    found = connection.scalars(parts, {"name": table.name})
    return sorted(part.strip('"').removeprefix(f"{table.name}_p") for part in found)


def _allowed(
    table: Table, old: Sequence[str], obstacle: Callable[[int], str | None]
) -> tuple[Sequence[str], Kept | None]:
    """Return the most months, from the oldest on, that may go together, and why it is not one more."""
    kept = None
    for count in range(len(old), 0, -1):
        why = obstacle(start_of(after(old[count - 1])))
        if why is None:
            return old[:count], kept
        kept = Kept(table.name, old[count - 1], why)
    return (), kept


def _obstacle(
    connection: Connection,
    table: Table,
    cut: int,
    finished: Collection[str],
    folds: Collection[str],
    untold: Mapping[str, str],
) -> str | None:
    """Return why not everything before a moment may go."""
    if (account := _still_behind(connection, cut, finished)) is not None:
        why = f"{account} wrote nothing after it: what it has not shipped yet may belong there"
        return f"{why}; --finished {account} says that nothing does"
    if table is ORDERS and (order := connection.scalar(OPEN_BEFORE, {"cut": cut})) is not None:
        return f"order {order} is still open"
    return _not_covered(connection, cut, folds, untold) if table is EVENTS else None


def _still_behind(connection: Connection, cut: int, finished: Collection[str]) -> str | None:
    """Return an account whose newest event is older than a moment, and who may therefore still ship older ones."""
    of_head = (EVENTS.c.account == HEADS.c.account, EVENTS.c.seq == HEADS.c.seq)
    behind = select(HEADS.c.account).join(EVENTS, and_(*of_head)).where(EVENTS.c.at < cut)
    return connection.scalar(behind.where(HEADS.c.account.not_in(finished)).order_by(HEADS.c.account).limit(1))


def _not_covered(connection: Connection, cut: int, folds: Collection[str], untold: Mapping[str, str]) -> str | None:
    """Return what could no longer be folded, or followed, without the events before a moment."""
    for account, last in connection.execute(LAST_BEFORE, {"cut": cut}).all():
        earlier = connection.scalar(KEPT_EARLIER, {"of": account, "last": last, "cut": cut})
        if earlier is not None:
            return f"event {earlier} of {account} comes before one that would go, and happened later"
        if account in untold:
            return untold[account]
        covered = {row.fold: row.seq for row in connection.execute(COVERED, {"of": account}).all()}
        if not covered:
            return f"no snapshot of {account} covers its events up to {last}"
        for fold in folds:
            if fold not in covered:
                return f"no snapshot of {fold} of {account} covers its events up to {last}"
        for fold, seq in covered.items():
            if seq < last:
                return f"the newest snapshot of {fold} of {account} covers its events up to {seq}, not to {last}"
    return None


def retired_before(connection: Connection, account: str) -> Mapping[str, int]:
    """Return the moment before which an account's rows were retired, by table."""
    wanted = select(BEFORE.c.name, BEFORE.c.before).where(BEFORE.c.account == account)
    return {row.name: row.before for row in connection.execute(wanted)}


def _remember(connection: Connection, table: str, cut: int) -> None:
    """Keep in mind for every account that rows before a moment are gone on purpose."""
    rows = [
        {"account": account, "name": table, "before": cut} for account in connection.scalars(select(HEADS.c.account))
    ]
    if rows:
        kind = postgresql if connection.dialect.name == "postgresql" else sqlite
        kept = kind.insert(BEFORE)
        later = {"before": kept.excluded.before}
        known = kept.on_conflict_do_update(
            set_=later, index_elements=BEFORE.primary_key, where=BEFORE.c.before < later["before"]
        )
        connection.execute(known, rows)


def _begin_later(connection: Connection, cut: int) -> None:
    """Let journals begin at a moment: their chains with the last hash before it, their streams where they had come."""
    for account, last in connection.execute(LAST_BEFORE, {"cut": cut}).all():
        sealed = select(EVENTS.c.hash).where(EVENTS.c.account == account, EVENTS.c.seq == last).scalar_subquery()
        connection.execute(update(HEADS).where(HEADS.c.account == account).values(first_seq=last, first_hash=sealed))
    counted = (
        select(EVENTS.c.account, EVENTS.c.stream, func.max(EVENTS.c.version))
        .where(EVENTS.c.at < cut)
        .group_by(EVENTS.c.account, EVENTS.c.stream)
    )
    kept = postgresql.insert(RETIRED).from_select(["account", "stream", "version"], counted)
    newest = {"version": func.greatest(RETIRED.c.version, kept.excluded.version)}
    connection.execute(kept.on_conflict_do_update(index_elements=["account", "stream"], set_=newest))


def _within(table: Table, month: str) -> ColumnElement[bool]:
    return and_(table.c.at >= start_of(month), table.c.at < start_of(after(month)))


def _count(connection: Connection, table: Table, month: str) -> int:
    return connection.scalar(select(func.count()).select_from(table).where(_within(table, month))) or 0


def _drop(connection: Connection, table: Table, month: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(delete(table).where(_within(table, month)))
    else:
        connection.execute(text(f'DROP TABLE "{table.name}_p{month}"'))
