"""What a run leaves behind. The owner's loop calls it directly, so that nothing can get lost on the way."""

from array import array
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np

from cryptoflow.domain.records import Line, Wallet
from cryptoflow.engine.memory import layout
from cryptoflow.engine.plan import Outcome
from cryptoflow.engine.runtime.feed import Moments

KEPT = 4_096
"""Lines kept as plain tuples before they are packed."""

LAYOUT = layout(Line)
told = attrgetter(*(field.name for field in fields(Line)))


class Recorder:
    """The tape, and equity at the close of every round."""

    def __init__(self) -> None:
        self.lines: list[Any] = []
        self.packed: list[np.ndarray[Any, Any]] = []
        self.equity = array("d")

    def take(self, lines: Sequence[Line]) -> None:
        """Copy a round's lines."""
        self.lines.extend(map(told, lines))
        if len(self.lines) >= KEPT:
            self.pack()

    def pack(self) -> None:
        """Pack the lines taken so far into rows."""
        self.packed.append(np.array(self.lines, dtype=LAYOUT))
        self.lines.clear()

    def outcome(self, times: Moments, wallet: Wallet) -> Outcome:
        """Return the run after its end."""
        self.pack()
        counts = {name: getattr(wallet, name) for name in Wallet.__slots__}
        return Outcome(np.concatenate(self.packed), times, np.array(self.equity), counts)
