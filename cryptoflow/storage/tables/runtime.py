"""What processes share: runs, commands on their way, messages that leave, who may write, what venues said."""

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text
from sqlmodel import Field, SQLModel

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""A number that a row had is given to no other, also after the row was removed; PostgreSQL does so by itself."""


class RunRow(SQLModel, table=True):
    """A run and where its folder lies."""

    __tablename__ = "runs"

    id: str = Field(primary_key=True, sa_type=Text)
    account: str = Field(sa_type=Text)
    mode: str = Field(sa_type=Text)
    spec: str = Field(sa_type=Text)
    spec_hash: str = Field(sa_type=Text)
    code: str = Field(sa_type=Text)
    started_at: int = Field(sa_type=BigInteger)
    ended_at: int | None = Field(default=None, sa_type=BigInteger)
    manifest: str = Field(sa_type=Text)


class CommandRow(SQLModel, table=True):
    """What an operator asks of an account's process, and what became of it."""

    __tablename__ = "commands"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'taken', 'done', 'refused')", name="known_command_state"),
        Index("commands_waiting", "account", "state", "id"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer, "sqlite"))
    account: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    payload: str = Field(sa_type=Text)
    by: str = Field(sa_type=Text)
    asked_at: int = Field(sa_type=BigInteger)
    state: str = Field(sa_type=Text)
    answered_at: int | None = Field(default=None, sa_type=BigInteger)
    answer: str | None = Field(default=None, sa_type=Text)


class OutboxRow(SQLModel, table=True):
    """A message that leaves the process, written with what it tells of and sent afterwards, at least once."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="known_message_state"),
        Index("outbox_due", "state", "due_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger().with_variant(Integer, "sqlite"))
    channel: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text, unique=True)
    payload: str = Field(sa_type=Text)
    made_at: int = Field(sa_type=BigInteger)
    due_at: int = Field(sa_type=BigInteger)
    state: str = Field(sa_type=Text)
    attempts: int = Field(sa_type=Integer)
    error: str | None = Field(default=None, sa_type=Text)


class LeaseRow(SQLModel, table=True):
    """Who may write for an account, until when; `token` rises with every new holder and never falls."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True, sa_type=Text)
    holder: str = Field(sa_type=Text)
    token: int = Field(sa_type=BigInteger)
    taken_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)


class MarketSnapshotRow(SQLModel, table=True):
    """What a venue allowed and charged for a symbol on a day, as a run relied on it."""

    __tablename__ = "market_snapshots"

    venue: str = Field(primary_key=True, sa_type=Text)
    symbol: str = Field(primary_key=True, sa_type=Text)
    day: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(sa_type=BigInteger)
    terms: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
