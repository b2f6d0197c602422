"""The tables of the journal, of what is made of it, and of what processes share; with the law that guards them.

Revision ID: 0001
Revises:
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOVES: Mapping[str, Sequence[str]] = {
    "created": ("validated", "failed"),
    "validated": ("submitted", "cancelled", "failed"),
    "submitted": (
        "acknowledged",
        "partially_filled",
        "filled",
        "cancelled",
        "expired",
        "rejected",
        "cancel_requested",
        "unknown",
        "failed",
    ),
    "unknown": (
        "acknowledged",
        "partially_filled",
        "filled",
        "cancelled",
        "expired",
        "rejected",
        "cancel_requested",
        "failed",
    ),
    "acknowledged": ("partially_filled", "filled", "cancel_requested", "cancelled", "expired", "rejected"),
    "partially_filled": ("filled", "cancel_requested", "cancelled", "expired"),
    "cancel_requested": ("cancelled", "filled", "expired", "acknowledged", "partially_filled"),
}
"""The moves of orders as they were when this was written; staying where one is is no move."""

ENDS = ("filled", "cancelled", "rejected", "expired", "failed")
"""The states that nothing follows."""

INTENT = (
    "account",
    "id",
    "at",
    "symbol",
    "strategy",
    "side",
    "leg",
    "type",
    "quantity",
    "price",
    "stop",
    "notional",
    "cap",
    "correlation",
    "correlation_limit",
    "decided_at",
    "attempt",
)
"""What an order was meant to be, which nothing that happens later changes."""


def exact() -> sa.types.TypeEngine:
    """Return the type of a decimal that is kept to the last digit."""
    return sa.Numeric(38, 18).with_variant(sa.Text(), "sqlite")


def number() -> sa.types.TypeEngine:
    """Return the type of an id that the database counts."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Build everything in an empty database."""
    tables()
    if op.get_bind().dialect.name == "postgresql":
        law_of_postgresql()
    else:
        law_of_sqlite()


def allowed(old: str, new: str) -> str:
    """Return the moves as a condition on two columns."""
    return " OR ".join(
        f"({old} = '{state}' AND {new} IN ({', '.join(map(repr, following))}))" for state, following in MOVES.items()
    )


def backward(other: str) -> str:
    """Return what no change of a journal's end may do, as a condition; `other` is how an engine says "not the same"."""
    lower = " OR ".join(f"NEW.{name} < OLD.{name}" for name in ("seq", "token", "first_seq"))
    return f"NEW.account {other} OLD.account OR {lower}"


def law_of_sqlite() -> None:
    """Keep the journal append-only, orders on their moves and intents as they were."""
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER events_no_{verb.lower()} BEFORE {verb} ON events "
            "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
        )
    op.execute(
        "CREATE TRIGGER events_no_replace BEFORE INSERT ON events "
        "WHEN EXISTS (SELECT 1 FROM events WHERE account = NEW.account AND seq = NEW.seq) "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
    end_goes_back = "BEGIN SELECT RAISE(ABORT, 'the end of a journal is never taken back'); END"
    op.execute(f"CREATE TRIGGER heads_no_delete BEFORE DELETE ON heads {end_goes_back}")
    op.execute(f"CREATE TRIGGER heads_only_forward BEFORE UPDATE ON heads WHEN {backward('IS NOT')} {end_goes_back}")
    op.execute(
        "CREATE TRIGGER heads_no_replace BEFORE INSERT ON heads "
        "WHEN EXISTS (SELECT 1 FROM heads WHERE account = NEW.account) "
        "BEGIN SELECT RAISE(ABORT, 'the end of a journal is never taken back'); END"
    )
    op.execute(
        "CREATE TRIGGER orders_moves BEFORE UPDATE OF state ON orders "
        f"WHEN NEW.state <> OLD.state AND NOT ({allowed('OLD.state', 'NEW.state')}) "
        "BEGIN SELECT RAISE(ABORT, 'an order does not move like that'); END"
    )
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in INTENT)
    op.execute(
        f"CREATE TRIGGER orders_intent BEFORE UPDATE ON orders WHEN {changed} "
        "BEGIN SELECT RAISE(ABORT, 'what an order was meant to be does not change'); END"
    )


def law_of_postgresql() -> None:
    """Keep the journal append-only, orders on their moves and intents as they were."""
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER events_no_truncate BEFORE TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE FUNCTION judge_added() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE one record; BEGIN "
        "FOR one IN SELECT added.account, min(added.seq) AS first, heads.seq AS last "
        "FROM added LEFT JOIN heads ON heads.account = added.account GROUP BY added.account, heads.seq LOOP "
        "IF one.last IS NULL OR one.first <= one.last OR EXISTS (SELECT FROM events "
        "WHERE account = one.account AND seq > one.last GROUP BY seq HAVING count(*) > 1) THEN "
        "RAISE EXCEPTION 'the journal is append-only: an event comes after the end of its account''s, and once' "
        "USING ERRCODE = 'unique_violation'; END IF; END LOOP; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_after_the_end AFTER INSERT ON events REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION judge_added()"
    )
    op.execute(
        "CREATE FUNCTION refuse_end() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the end of a journal is never taken back' "
        "USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute("CREATE TRIGGER heads_no_delete BEFORE DELETE ON heads FOR EACH ROW EXECUTE FUNCTION refuse_end()")
    op.execute(
        "CREATE TRIGGER heads_no_truncate BEFORE TRUNCATE ON heads FOR EACH STATEMENT EXECUTE FUNCTION refuse_end()"
    )
    op.execute(
        "CREATE TRIGGER heads_only_forward BEFORE UPDATE ON heads "
        f"FOR EACH ROW WHEN ({backward('IS DISTINCT FROM')}) EXECUTE FUNCTION refuse_end()"
    )
    changed = " OR ".join(f'NEW."{name}" IS DISTINCT FROM OLD."{name}"' for name in INTENT)
    op.execute(
        "CREATE FUNCTION judge_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.state <> OLD.state AND NOT ({allowed('OLD.state', 'NEW.state')}) THEN "
        "RAISE EXCEPTION 'an order does not move from % to %', OLD.state, NEW.state "
        "USING ERRCODE = 'check_violation'; END IF; "
        f"IF {changed} THEN RAISE EXCEPTION 'what an order was meant to be does not change' "
        "USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER orders_law BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION judge_order()")


def tables() -> None:
    """Build the tables and their indexes."""
    op.create_table(
        "events",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("schema", sa.SmallInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=False),
        sa.Column("causation", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "seq", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("events_by_name", "events", ["account", "name", "seq"])
    op.create_index("events_by_stream", "events", ["account", "stream", "version"])
    op.create_table(
        "heads",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("first_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "retired_streams",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "stream"),
    )
    op.create_table(
        "retired_rows",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name"),
    )
    op.create_table(
        "snapshots",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("fold", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("schema", sa.SmallInteger(), nullable=False),
        sa.Column("event_hash", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "fold", "seq"),
    )
    op.create_table(
        "orders",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("quantity", exact(), nullable=False),
        sa.Column("price", exact(), nullable=False),
        sa.Column("stop", exact(), nullable=True),
        sa.Column("notional", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=True),
        sa.Column("correlation", sa.Integer(), nullable=True),
        sa.Column("correlation_limit", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("filled", exact(), nullable=False),
        sa.Column("cost", exact(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "id", "at"),
        sa.CheckConstraint(
            f"state IN ({', '.join(map(repr, (*MOVES, *ENDS)))})",
            name="known_state",
        ),
        sa.CheckConstraint("leg = 'exit' OR (cap IS NOT NULL AND notional <= cap)", name="within_cap"),
        sa.CheckConstraint(
            "correlation IS NULL OR correlation_limit IS NULL OR correlation < correlation_limit",
            name="within_correlation",
        ),
        sa.CheckConstraint("leg = 'exit' OR stop IS NOT NULL", name="entry_has_stop"),
        sa.CheckConstraint("leg IN ('entry', 'add', 'exit')", name="known_leg"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("orders_by_state", "orders", ["account", "state"])
    op.create_index("orders_by_symbol", "orders", ["account", "symbol", "at"])
    op.create_table(
        "fills",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("quantity", exact(), nullable=False),
        sa.Column("price", exact(), nullable=False),
        sa.Column("fee", exact(), nullable=False),
        sa.Column("fee_currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "venue", "trade", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("fills_by_order", "fills", ["account", "order"])
    op.create_table(
        "positions",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("quantity", exact(), nullable=False),
        sa.Column("average_price", exact(), nullable=False),
        sa.Column("cost", exact(), nullable=False),
        sa.Column("fees", exact(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "symbol"),
    )
    op.create_table(
        "trades",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("quantity", exact(), nullable=False),
        sa.Column("entry_price", exact(), nullable=False),
        sa.Column("exit_price", exact(), nullable=False),
        sa.Column("cost", exact(), nullable=False),
        sa.Column("profit", exact(), nullable=False),
        sa.Column("fees", exact(), nullable=False),
        sa.Column("bars", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "id", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("trades_by_symbol", "trades", ["account", "symbol", "at"])
    op.create_table(
        "verdicts",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("limit", sa.Double(), nullable=True),
        sa.Column("wanted", exact(), nullable=False),
        sa.Column("allowed", exact(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "seq"),
    )
    op.create_index("verdicts_by_rule", "verdicts", ["account", "rule", "at"])
    op.create_table(
        "equity",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("equity", exact(), nullable=False),
        sa.Column("cash", exact(), nullable=True),
        sa.PrimaryKeyConstraint("account", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "risk_metrics",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("equity", exact(), nullable=False),
        sa.Column("exposure", exact(), nullable=False),
        sa.Column("drawdown", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at"),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_table(
        "equity_1h",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("open", exact(), nullable=False),
        sa.Column("high", exact(), nullable=False),
        sa.Column("low", exact(), nullable=False),
        sa.Column("close", exact(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at"),
    )
    op.create_table(
        "equity_1d",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("open", exact(), nullable=False),
        sa.Column("high", exact(), nullable=False),
        sa.Column("low", exact(), nullable=False),
        sa.Column("close", exact(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at"),
    )
    op.create_table(
        "risk_metrics_1h",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("exposure", exact(), nullable=False),
        sa.Column("exposure_sum", exact(), nullable=False),
        sa.Column("drawdown", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at"),
    )
    op.create_table(
        "risk_metrics_1d",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("exposure", exact(), nullable=False),
        sa.Column("exposure_sum", exact(), nullable=False),
        sa.Column("drawdown", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "at"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("spec_hash", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "commands",
        sa.Column("id", number(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("state IN ('waiting', 'taken', 'done', 'refused')", name="known_command_state"),
        sqlite_autoincrement=True,
    )
    op.create_index("commands_waiting", "commands", ["account", "state", "id"])
    op.create_table(
        "outbox",
        sa.Column("id", number(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="known_message_state"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_due", "outbox", ["state", "due_at"])
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "market_snapshots",
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("venue", "symbol", "day"),
    )
