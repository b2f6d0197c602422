"""What the venue does not do, whatever a dialect says of it."""

from typing import Literal

Why = Literal[
    "funds",
    "price",
    "lot",
    "notional",
    "too_many",
    "precision",
    "duplicate",
    "unknown",
    "gone",
    "triggers",
    "takes",
    "relation",
    "market",
]


class Unacceptable(Exception):
    """A request that is refused: nothing has happened, and nothing will.

    `unknown` is an order that is asked for in vain, `gone` one that cannot be cancelled; `triggers` a stop that the
    market is beyond, `takes` an order that must not take and would; `relation` a pair around no market price;
    `market` a market that is over.
    """

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why
