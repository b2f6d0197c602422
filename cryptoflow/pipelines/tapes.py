"""A run's tape as tables that people and other tools read: orders, trades, equity."""

from collections.abc import Callable, Iterator, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from cryptoflow.domain.codes import Leg, OrderType, Reason, Topic
from cryptoflow.pipelines.reasons import measure_name

if TYPE_CHECKING:
    import pyarrow as pa

    from cryptoflow.engine.plan import Outcome

PART = 2**20
"""Lines that become a table at once: as many as Parquet keeps together."""

MEASURES = 100
"""More than any rule has."""

EVENTS = {Topic.ORDER: "order", Topic.REFUSED: "refused", Topic.FILL: "fill", Topic.CANCEL: "cancelled"}


class Names:
    """What the numbers on a tape stand for."""

    def __init__(self, symbols: Sequence[str], strategies: Sequence[str], rules: Sequence[str]) -> None:
        self.symbols, self.strategies = symbols, strategies
        from cryptoflow.domain.review import ALLOCATION, CASH, PROTECTION, RE_ENTRY, RESUME, TILT

        self.rules = {
            -1: "",
            CASH: "cash",
            ALLOCATION: "allocation",
            RESUME: "resume",
            PROTECTION: "protection",
            TILT: "tilt",
            RE_ENTRY: "re_entry",
            **dict(enumerate(rules)),
        }


def numbers(column: Any) -> "pa.Array":
    """Return a numpy column as it lies in memory; `pa.array` would import pandas to ask whether it is one of its."""
    import numpy as np
    import pyarrow as pa

    kind = pa.int64() if column.dtype.kind == "i" else pa.float64()
    return pa.Array.from_buffers(kind, len(column), [None, pa.py_buffer(np.ascontiguousarray(column))])


def words(column: Any, spell: Callable[[int], str]) -> "pa.Array":
    """Return a column of numbers as the words they stand for; each is spelled once, and again pandas is not asked."""
    import numpy as np
    import pyarrow as pa

    found, places = np.unique(column, return_inverse=True)
    texts = [spell(number).encode() for number in found.tolist()]
    lengths = np.array([len(text) for text in texts], np.int32)
    ends = np.cumsum(lengths[places], dtype=np.int32)
    offsets = np.concatenate((np.zeros(1, np.int32), ends))
    letters = b"".join([texts[place] for place in places.tolist()])
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(letters))


def word(enumeration: type[IntEnum]) -> Callable[[int], str]:
    """Return what spells a number of an enumeration.

    >>> word(Topic)(2)
    'fill'
    """
    return lambda number: enumeration(number).name.lower()


def moments(column: Any) -> "pa.Array":
    """Return epoch milliseconds as UTC timestamps."""
    import pyarrow as pa

    return numbers(column).view(pa.timestamp("ms", tz="UTC"))


def parts(tape: Any, chosen: Any) -> Iterator[Any]:
    """Yield the chosen lines of a tape, as many as make a part of a file; always one part, be it empty."""
    import numpy as np

    rows = np.flatnonzero(chosen)
    for first in range(0, max(1, len(rows)), PART):
        yield tape[rows[first : first + PART]]


def orders_tables(outcome: "Outcome", names: Names) -> Iterator["pa.Table"]:
    """Yield every order, refusal, fill and cancel as they happened, in tables one after the other."""
    return (orders_table(part, names) for part in parts(outcome.tape, outcome.tape["topic"] < Topic.TRADE))


def trades_tables(outcome: "Outcome", names: Names) -> Iterator["pa.Table"]:
    """Yield every closed round trip, in tables one after the other."""
    return (trades_table(part, names) for part in parts(outcome.tape, outcome.tape["topic"] == Topic.TRADE))


def orders_table(tape: Any, names: Names) -> "pa.Table":
    """Return lines of a tape as orders."""
    import pyarrow as pa

    return pa.table(
        {
            "time": moments(tape["at"]),
            "event": words(tape["topic"], lambda topic: EVENTS[Topic(topic)]),
            "order": numbers(tape["number"]),
            "symbol": words(tape["symbol"], names.symbols.__getitem__),
            "strategy": words(tape["strategy"], names.strategies.__getitem__),
            "side": words(tape["side"], lambda side: "buy" if side > 0 else "sell"),
            "type": words(tape["type"], word(OrderType)),
            "leg": words(tape["leg"], word(Leg)),
            "reason": words(tape["reason"], word(Reason)),
            "rule": words(tape["rule"], names.rules.__getitem__),
            "lots": numbers(tape["lots"]),
            "price": numbers(tape["price"]),
            "notional": numbers(tape["notional"]),
            "wanted": numbers(tape["wanted"]),
            "fee": numbers(tape["fee"]),
            "slippage": numbers(tape["slippage"]),
            "measure": words(tape["rule"] * MEASURES + tape["measure"] + 1, measure(names)),
            "value": numbers(tape["value"]),
            "limit": numbers(tape["limit"]),
        }
    )


def measure(names: Names) -> Callable[[int], str]:
    """Return what spells which limit a line was cut or refused by, from its rule and its measure in one number.

    A line that no rule spoke on has measure -1.
    """

    def spelled(both: int) -> str:
        rule, place = divmod(both, MEASURES)
        return measure_name(names.rules[rule], place - 1)

    return spelled


def trades_table(tape: Any, names: Names) -> "pa.Table":
    """Return lines of a tape as closed round trips."""
    import pyarrow as pa

    return pa.table(
        {
            "opened_at": moments(tape["opened_at"]),
            "closed_at": moments(tape["at"]),
            "symbol": words(tape["symbol"], names.symbols.__getitem__),
            "strategy": words(tape["strategy"], names.strategies.__getitem__),
            "lots": numbers(tape["lots"]),
            "entry_price": numbers(tape["entry_price"]),
            "exit_price": numbers(tape["price"]),
            "cost": numbers(tape["notional"]),
            "profit": numbers(tape["profit"]),
            "return": numbers(tape["share"]),
            "fees": numbers(tape["fee"]),
            "slippage": numbers(tape["slippage"]),
            "bars": numbers(tape["bars"]),
            "reason": words(tape["reason"], word(Reason)),
        }
    )


def equity_table(outcome: "Outcome") -> "pa.Table":
    """Return the account's equity at the close of every round, by the round's open."""
    import pyarrow as pa

    return pa.table({"time": moments(outcome.times), "equity": numbers(outcome.equity)})
