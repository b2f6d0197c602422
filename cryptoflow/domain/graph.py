"""What a strategy computes, as a table of nodes: one row per distinct sub-expression."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a node yields on each bar."""

    NUMBER = "number"
    SERIES = "series"
    FLAG = "flag"


class Stream(NamedTuple):
    """Whose bars a node reads; an empty field means the strategy's own."""

    symbol: str = ""
    timeframe: int = 0


class Node(NamedTuple):
    """One operation on earlier nodes.

    `op` is one of: number · column · neg add sub mul div · lt le gt ge eq ne · and or not · shift · call · field · rank
    · every · lift (a node of another stream, seen from this one as its last value known at the time).
    """

    op: str
    kind: Kind
    inputs: tuple[int, ...] = ()
    settings: tuple[float, ...] = ()
    name: str = ""
    stream: Stream = Stream()


class Graph(NamedTuple):
    """Nodes in an order in which inputs come first, the outputs that decide, and the bars needed to warm up."""

    nodes: tuple[Node, ...]
    outputs: dict[str, int]
    warmup: int = 0
