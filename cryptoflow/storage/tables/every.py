"""All tables, under one roof: what migrations build and `db check` compares."""

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from cryptoflow.storage.tables import curves, journal, runtime, trading

METADATA: MetaData = SQLModel.metadata

PROJECTED = (
    trading.OrderRow,
    trading.FillRow,
    trading.PositionRow,
    trading.TradeRow,
    trading.VerdictRow,
    curves.EquityRow,
    curves.RiskRow,
    curves.EquityHour,
    curves.EquityDay,
    curves.RiskHour,
    curves.RiskDay,
)
"""Tables made of events, an account's rows at a time."""

KEPT = (journal.EventRow, journal.HeadRow, journal.RetiredRow, journal.RetiredBeforeRow, journal.SnapshotRow)

SHARED = (
    runtime.RunRow,
    runtime.CommandRow,
    runtime.OutboxRow,
    runtime.LeaseRow,
    runtime.MarketSnapshotRow,
)
