"""How many orders may be open at once, and for how long an entry may rest."""

from collections.abc import Iterable
from typing import NamedTuple

from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.intents import Intent
from cryptoflow.domain.trading.lives import Life

OPEN, OPEN_PER_SYMBOL = 100, 10
"""Orders of an account, and those of one symbol, that may be open at once."""

RESTS = 300_000
"""Milliseconds that an entry may rest, where its pipeline says nothing else."""

RESTING = frozenset({OrderState.ACKNOWLEDGED, OrderState.PARTIALLY_FILLED})


class Bound(NamedTuple):
    """A bound that an order would break: what is open already is all that may be."""

    name: str
    open: int
    limit: int


def broken(intent: Intent, lives: Iterable[Life], *, exits: bool = False) -> Bound | None:
    """Return the bound that an order would break, None where it may go; exits and what protects always may."""
    if exits or intent.guards:
        return None
    symbols = [life.intent.symbol for life in lives if life.is_open]
    if len(symbols) >= OPEN:
        return Bound("open", len(symbols), OPEN)
    of_symbol = symbols.count(intent.symbol)
    return Bound("open_per_symbol", of_symbol, OPEN_PER_SYMBOL) if of_symbol >= OPEN_PER_SYMBOL else None


def has_rested(life: Life, at: int, rests: int = RESTS) -> bool:
    """Say whether an order is an entry that has rested for as long as it may, counted from when it was made."""
    return life.meant.leg != "exit" and not life.intent.guards and life.state in RESTING and at - life.made_at >= rests
