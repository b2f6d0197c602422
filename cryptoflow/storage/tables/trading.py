"""What became of orders: rows made of the journal's events, and made again by `db rebuild`.

An order's row carries the law: what was allowed at its review stands beside what it asks for, and the database
refuses a row, or a move, that breaks it. Facts (fills, positions, trades) are never refused.
"""

from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Double, Index, Integer, Text
from sqlmodel import Field, SQLModel

from cryptoflow.domain.orders import OrderState
from cryptoflow.storage.tables.types import Exact, Units

STATES = ", ".join(f"'{state}'" for state in OrderState)


class OrderRow(SQLModel, table=True):
    """An order as it stands."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"state IN ({STATES})", name="known_state"),
        CheckConstraint("leg IN ('entry', 'add', 'exit')", name="known_leg"),
        CheckConstraint("leg = 'exit' OR stop IS NOT NULL", name="entry_has_stop"),
        CheckConstraint("leg = 'exit' OR (cap IS NOT NULL AND notional <= cap)", name="within_cap"),
        CheckConstraint(
            "correlation IS NULL OR correlation_limit IS NULL OR correlation < correlation_limit",
            name="within_correlation",
        ),
        Index("orders_by_state", "account", "state"),
        Index("orders_by_symbol", "account", "symbol", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    account: str = Field(primary_key=True, sa_type=Text)
    id: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    symbol: str = Field(sa_type=Text)
    strategy: str = Field(sa_type=Text)
    side: str = Field(sa_type=Text)
    leg: str = Field(sa_type=Text)
    type: str = Field(sa_type=Text)
    quantity: Decimal = Field(sa_type=Exact)
    price: Decimal = Field(sa_type=Exact)
    stop: Decimal | None = Field(default=None, sa_type=Exact)
    notional: Decimal = Field(sa_type=Units)
    cap: Decimal | None = Field(default=None, sa_type=Units)
    correlation: int | None = Field(default=None, sa_type=Integer)
    correlation_limit: int | None = Field(default=None, sa_type=Integer)
    decided_at: int = Field(sa_type=BigInteger)
    attempt: int = Field(sa_type=Integer)
    state: str = Field(sa_type=Text)
    filled: Decimal = Field(sa_type=Exact)
    cost: Decimal = Field(sa_type=Exact)
    reason: str = Field(sa_type=Text)
    changed_at: int = Field(sa_type=BigInteger)


class FillRow(SQLModel, table=True):
    """A fill, once by account, venue and trade id."""

    __tablename__ = "fills"
    __table_args__ = (
        Index("fills_by_order", "account", "order"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    account: str = Field(primary_key=True, sa_type=Text)
    venue: str = Field(primary_key=True, sa_type=Text)
    trade: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    order: str = Field(sa_type=Text)
    symbol: str = Field(sa_type=Text)
    strategy: str = Field(sa_type=Text)
    side: str = Field(sa_type=Text)
    leg: str = Field(sa_type=Text)
    quantity: Decimal = Field(sa_type=Exact)
    price: Decimal = Field(sa_type=Exact)
    fee: Decimal = Field(sa_type=Exact)
    fee_currency: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)


class PositionRow(SQLModel, table=True):
    """What is held of a symbol."""

    __tablename__ = "positions"

    account: str = Field(primary_key=True, sa_type=Text)
    symbol: str = Field(primary_key=True, sa_type=Text)
    strategy: str = Field(sa_type=Text)
    quantity: Decimal = Field(sa_type=Exact)
    average_price: Decimal = Field(sa_type=Exact)
    cost: Decimal = Field(sa_type=Exact)
    fees: Decimal = Field(sa_type=Exact)
    opened_at: int = Field(sa_type=BigInteger)
    changed_at: int = Field(sa_type=BigInteger)


class TradeRow(SQLModel, table=True):
    """A closed round trip."""

    __tablename__ = "trades"
    __table_args__ = (
        Index("trades_by_symbol", "account", "symbol", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    account: str = Field(primary_key=True, sa_type=Text)
    id: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    symbol: str = Field(sa_type=Text)
    strategy: str = Field(sa_type=Text)
    opened_at: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Exact)
    entry_price: Decimal = Field(sa_type=Exact)
    exit_price: Decimal = Field(sa_type=Exact)
    cost: Decimal = Field(sa_type=Exact)
    profit: Decimal = Field(sa_type=Exact)
    fees: Decimal = Field(sa_type=Exact)
    bars: int = Field(sa_type=Integer)
    reason: str = Field(sa_type=Text)


class VerdictRow(SQLModel, table=True):
    """What the rules said of a wish to enter."""

    __tablename__ = "verdicts"
    __table_args__ = (Index("verdicts_by_rule", "account", "rule", "at"),)

    account: str = Field(primary_key=True, sa_type=Text)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    order: str = Field(sa_type=Text)
    symbol: str = Field(sa_type=Text)
    strategy: str = Field(sa_type=Text)
    leg: str = Field(sa_type=Text)
    verdict: str = Field(sa_type=Text)
    rule: str = Field(sa_type=Text)
    value: float | None = Field(default=None, sa_type=Double)
    limit: float | None = Field(default=None, sa_type=Double)
    wanted: Decimal = Field(sa_type=Exact)
    allowed: Decimal = Field(sa_type=Exact)
    reason: str = Field(sa_type=Text)
