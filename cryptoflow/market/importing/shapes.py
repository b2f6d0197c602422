"""Tables that do not name their columns, recognised by how many they have."""

from collections.abc import Sequence

from cryptoflow.errors import CryptoflowError

PLAIN = ("time", "open", "high", "low", "close", "volume")
"""The order that most of the world writes; Bitfinex's is another, and has to be told."""

KLINES = (
    *PLAIN,
    "close_time",
    "quote_volume",
    "trades",
    "taker_volume",
    "taker_quote_volume",
    "ignore",
)
"""What Binance writes into its dumps and answers to a question for klines."""

SHAPES = {len(PLAIN): (PLAIN, "six columns"), len(KLINES): (KLINES, "klines of Binance")}


def recognised(name: str, width: int) -> tuple[tuple[str, ...], str]:
    """Return the names of a table's columns, and what it was recognised as, from nothing but their number."""
    if width not in SHAPES:
        raise CryptoflowError(
            f"{name} does not name its {width} columns, and their number tells nothing",
            fix="name them in order: --columns time,open,high,low,close,volume, with x for what is not needed",
        )
    names, shape = SHAPES[width]
    return names, f"{name}: no names; read as {shape}: {', '.join(names[:6])}"


def in_order(name: str, width: int, order: Sequence[str]) -> tuple[str, ...]:
    """Return the names of a table's columns as they were told from left to right; columns beyond them go unused."""
    if len(order) > width:
        raise CryptoflowError(f"{name} has {width} columns, but {len(order)} were named: {', '.join(order)}")
    return (*order, *(f"column {place}" for place in range(len(order) + 1, width + 1)))
