"""What an account was worth and what it risked, by minute, and rolled up to hours and days."""

from decimal import Decimal

from sqlalchemy import BigInteger, Double, Text
from sqlmodel import Field, SQLModel

from cryptoflow.storage.tables.types import Exact


class EquityRow(SQLModel, table=True):
    """Equity at the end of a minute: the last mark within it."""

    __tablename__ = "equity"
    __table_args__ = {"postgresql_partition_by": "RANGE (at)"}

    account: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    equity: Decimal = Field(sa_type=Exact)
    cash: Decimal | None = Field(default=None, sa_type=Exact)


class RiskRow(SQLModel, table=True):
    """What was at stake at the end of a minute."""

    __tablename__ = "risk_metrics"
    __table_args__ = {"postgresql_partition_by": "RANGE (at)"}

    account: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    equity: Decimal = Field(sa_type=Exact)
    exposure: Decimal = Field(sa_type=Exact)
    drawdown: float = Field(sa_type=Double)
    score: float = Field(sa_type=Double)


class EquityRollUp(SQLModel):
    """Equity over a longer stretch: how it began, its extremes, how it ended."""

    account: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    open: Decimal = Field(sa_type=Exact)
    high: Decimal = Field(sa_type=Exact)
    low: Decimal = Field(sa_type=Exact)
    close: Decimal = Field(sa_type=Exact)
    minutes: int = Field(sa_type=BigInteger)


class EquityHour(EquityRollUp, table=True):
    """Equity by the hour."""

    __tablename__ = "equity_1h"


class EquityDay(EquityRollUp, table=True):
    """Equity by the UTC day."""

    __tablename__ = "equity_1d"


class RiskRollUp(SQLModel):
    """Risk over a longer stretch: the worst of it, and exposure summed up so that a mean can be had."""

    account: str = Field(primary_key=True, sa_type=Text)
    at: int = Field(primary_key=True, sa_type=BigInteger)
    exposure: Decimal = Field(sa_type=Exact)
    exposure_sum: Decimal = Field(sa_type=Exact)
    drawdown: float = Field(sa_type=Double)
    score: float = Field(sa_type=Double)
    minutes: int = Field(sa_type=BigInteger)


class RiskHour(RiskRollUp, table=True):
    """Risk by the hour."""

    __tablename__ = "risk_metrics_1h"


class RiskDay(RiskRollUp, table=True):
    """Risk by the UTC day."""

    __tablename__ = "risk_metrics_1d"
