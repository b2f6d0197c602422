"""What is to go wrong and when: spans of time and draws that depend on the seed alone, never on who asks."""

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

from cryptoflow.noise import key, share, word

Kind = Literal[
    "disconnect",
    "silence",
    "gap",
    "duplicate",
    "reorder",
    "malformed",
    "broken",
    "slow",
    "limited",
    "banned",
    "failing",
    "skew",
    "refused",
]
KINDS: tuple[Kind, ...] = get_args(Kind)

MESSAGES: tuple[Kind, ...] = ("silence", "gap", "malformed", "broken", "duplicate", "reorder")
"""What happens to single messages, the earlier kind winning where two would."""

ANSWERS: tuple[Kind, ...] = ("banned", "limited", "failing")
"""What requests are answered with instead."""

EVER = 2**62


class Fault(NamedTuple):
    """One kind of trouble: `at` some moments or once in every so often, for how long, on what, and how strongly.

    Times are milliseconds since the venue opened. Without `at` and `every` it lasts as long as the venue. `share` is
    the part of the messages, or of the connections, that it meets; `amount` the milliseconds of a delay or a skew.
    """

    kind: Kind
    at: tuple[int, ...] = ()
    every: int = 0
    lasts: int = 0
    channel: str = ""
    symbol: str = ""
    share: float = 1.0
    amount: int = 0

    def touches(self, channel: str, symbol: str) -> bool:
        """Say whether a channel of a symbol is meant."""
        return self.channel in ("", channel) and self.symbol in ("", symbol)


class Span(NamedTuple):
    """One time that a fault comes: from `begin` until before `end`."""

    begin: int
    end: int
    ordinal: int
    fault: Fault


class Script:
    """Faults, and the seed that says when each comes."""

    def __init__(self, faults: tuple[Fault, ...] = (), seed: int = 0) -> None:
        self.faults, self.seed = faults, seed
        self._streams = {fault: key(seed, fault.kind, place) for place, fault in enumerate(faults)}

    def of(self, *kinds: Kind) -> tuple[Fault, ...]:
        """Return the faults of some kinds, in the order of the kinds."""
        return tuple(fault for kind in kinds for fault in self.faults if fault.kind == kind)

    def span(self, fault: Fault, at: int) -> Span | None:
        """Return the span of a fault that a moment lies in, None where it does not."""
        if not fault.at and not fault.every:
            return Span(0, EVER, 0, fault)
        if fault.at:
            begins = [(ordinal, begin) for ordinal, begin in enumerate(fault.at) if begin <= at < begin + fault.lasts]
        else:
            oldest = max(0, (at - fault.lasts) // fault.every)
            begins = [(each, self._begin(fault, each)) for each in range(oldest, at // fault.every + 1)]
        for ordinal, begin in reversed(begins):
            if begin <= at < begin + fault.lasts:
                return Span(begin, begin + fault.lasts, ordinal, fault)
        return None

    def spans(self, fault: Fault) -> Iterator[Span]:
        """Return the spans of a fault one after the other, without end where it comes again and again."""
        if fault.at:
            for ordinal, begin in enumerate(sorted(fault.at)):
                yield Span(begin, begin + fault.lasts, ordinal, fault)
            return
        ordinal = 0
        while fault.every:
            begin = self._begin(fault, ordinal)
            yield Span(begin, begin + fault.lasts, ordinal, fault)
            ordinal += 1

    def meets(self, fault: Fault, what: str, number: int) -> bool:
        """Say whether a fault meets the thing of that name and number, as its share has it."""
        return fault.share >= 1.0 or share(self._streams[fault] ^ key(what), number) < fault.share

    def luck(self, span: Span) -> int:
        """Return 64 random bits that belong to a span."""
        return word(self._streams[span.fault] ^ 0x1CE, span.ordinal)

    def _begin(self, fault: Fault, ordinal: int) -> int:
        """When a fault that comes once in every so often comes: anywhere within that time."""
        return fault.every * ordinal + int(share(self._streams[fault], ordinal) * fault.every)
