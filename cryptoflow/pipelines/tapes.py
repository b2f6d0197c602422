"""A run's tape as tables that people and other tools read: orders, trades, equity."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cryptoflow.domain.records import Leg, OrderType, Reason, Topic

if TYPE_CHECKING:
    import pyarrow as pa

    from cryptoflow.engine.plan import Outcome

EVENTS = {Topic.ORDER: "order", Topic.REFUSED: "refused", Topic.FILL: "fill", Topic.CANCEL: "cancelled"}


class Names:
    """What the numbers on a tape stand for."""

    def __init__(self, symbols: Sequence[str], strategies: Sequence[str], rules: Sequence[str]) -> None:
        self.symbols, self.strategies = symbols, strategies
        from cryptoflow.domain.review import ALLOCATION, CASH

        self.rules = {-1: "", CASH: "cash", ALLOCATION: "allocation", **dict(enumerate(rules))}


def spelled(words: type[Any], numbers: Any) -> list[str]:
    """Spell a column of an enumeration."""
    known = {int(word): word.name.lower() for word in words}
    return [known[number] for number in numbers.tolist()]


def numbers(column: Any) -> "pa.Array":
    """Return a numpy column as it lies in memory; `pa.array` would import pandas to ask whether it is one of its."""
    import numpy as np
    import pyarrow as pa

    kind = pa.int64() if column.dtype.kind == "i" else pa.float64()
    return pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(np.ascontiguousarray(column))])


def words(column: Iterable[str]) -> "pa.Array":
    """Return a column of text, also without asking pandas."""
    from pyarrow.lib import StringBuilder

    builder = StringBuilder()
    builder.append_values(list(column))
    return builder.finish()


def moments(column: Any) -> "pa.Array":
    """Return epoch milliseconds as UTC timestamps."""
    import pyarrow as pa

    return numbers(column).view(pa.timestamp("ms", tz="UTC"))


def orders_table(outcome: "Outcome", names: Names) -> "pa.Table":
    """Return every order, refusal, fill and cancel, in the order in which they happened."""
    import pyarrow as pa

    tape = outcome.tape[outcome.tape["topic"] != Topic.TRADE]
    return pa.table(
        {
            "time": moments(tape["at"]),
            "event": words(EVENTS[Topic(topic)] for topic in tape["topic"].tolist()),
            "order": numbers(tape["number"]),
            "symbol": words(names.symbols[symbol] for symbol in tape["symbol"].tolist()),
            "strategy": words(names.strategies[strategy] for strategy in tape["strategy"].tolist()),
            "side": words("buy" if side > 0 else "sell" for side in tape["side"].tolist()),
            "type": words(spelled(OrderType, tape["type"])),
            "leg": words(spelled(Leg, tape["leg"])),
            "reason": words(spelled(Reason, tape["reason"])),
            "rule": words(names.rules[rule] for rule in tape["rule"].tolist()),
            "lots": numbers(tape["lots"]),
            "price": numbers(tape["price"]),
            "notional": numbers(tape["notional"]),
            "wanted": numbers(tape["wanted"]),
            "fee": numbers(tape["fee"]),
            "slippage": numbers(tape["slippage"]),
        }
    )


def trades_table(outcome: "Outcome", names: Names) -> "pa.Table":
    """Return every closed round trip."""
    import pyarrow as pa

    tape = outcome.tape[outcome.tape["topic"] == Topic.TRADE]
    return pa.table(
        {
            "opened_at": moments(tape["opened_at"]),
            "closed_at": moments(tape["at"]),
            "symbol": words(names.symbols[symbol] for symbol in tape["symbol"].tolist()),
            "strategy": words(names.strategies[strategy] for strategy in tape["strategy"].tolist()),
            "lots": numbers(tape["lots"]),
            "entry_price": numbers(tape["entry_price"]),
            "exit_price": numbers(tape["price"]),
            "cost": numbers(tape["notional"]),
            "profit": numbers(tape["profit"]),
            "return": numbers(tape["share"]),
            "fees": numbers(tape["fee"]),
            "slippage": numbers(tape["slippage"]),
            "bars": numbers(tape["bars"]),
            "reason": words(spelled(Reason, tape["reason"])),
        }
    )


def equity_table(outcome: "Outcome") -> "pa.Table":
    """Return the account's equity at the close of every round, by the round's open."""
    import pyarrow as pa

    return pa.table({"time": moments(outcome.times), "equity": numbers(outcome.equity)})
