"""The journal: events as they were written, and where each account's ends."""

from sqlalchemy import BigInteger, Index, SmallInteger, Text
from sqlmodel import Field, SQLModel


class EventRow(SQLModel, table=True):
    """An event. Rows are added and read, never changed or removed: the database itself refuses."""

    __tablename__ = "events"
    __table_args__ = (
        Index("events_by_stream", "account", "stream", "version"),
        Index("events_by_name", "account", "name", "seq"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    account: str = Field(primary_key=True, sa_type=Text)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    stream: str = Field(sa_type=Text)
    version: int = Field(sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    schema_: int = Field(sa_type=SmallInteger, sa_column_kwargs={"name": "schema"})
    by: str = Field(sa_type=Text)
    correlation: str = Field(sa_type=Text)
    causation: str = Field(sa_type=Text)
    payload: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text)


class HeadRow(SQLModel, table=True):
    """The end of an account's journal, and the highest fencing token that wrote to it.

    `first_seq` and `first_hash` are what the oldest event kept is chained to: those before it were retired with
    their partition.
    """

    __tablename__ = "heads"

    account: str = Field(primary_key=True, sa_type=Text)
    seq: int = Field(sa_type=BigInteger)
    hash: str = Field(sa_type=Text)
    token: int = Field(sa_type=BigInteger)
    first_seq: int = Field(default=0, sa_type=BigInteger)
    first_hash: str = Field(sa_type=Text)


class RetiredRow(SQLModel, table=True):
    """How far a stream had come in events that were retired, so that those that follow are counted on."""

    __tablename__ = "retired_streams"

    account: str = Field(primary_key=True, sa_type=Text)
    stream: str = Field(primary_key=True, sa_type=Text)
    version: int = Field(sa_type=BigInteger)


class RetiredBeforeRow(SQLModel, table=True):
    """The moment before which an account's rows of a table were retired: they are not made of its events again."""

    __tablename__ = "retired_rows"

    account: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True, sa_type=Text)
    before: int = Field(sa_type=BigInteger)


class SnapshotRow(SQLModel, table=True):
    """What a fold had come to at an event: a saving of time, never a source of truth."""

    __tablename__ = "snapshots"

    account: str = Field(primary_key=True, sa_type=Text)
    fold: str = Field(primary_key=True, sa_type=Text)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    schema_: int = Field(sa_type=SmallInteger, sa_column_kwargs={"name": "schema"})
    event_hash: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    hash: str = Field(sa_type=Text)
