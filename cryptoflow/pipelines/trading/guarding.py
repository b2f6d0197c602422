"""The orders that protect a position at the venue, as they are made."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from cryptoflow.domain.events.orders import OrderCreated
from cryptoflow.domain.orders import order_id
from cryptoflow.domain.trading.intents import Intent
from cryptoflow.domain.trading.lives import Life
from cryptoflow.domain.trading.protecting import Protection

STOP, TARGET = "stop", "target"


def guards_of(
    want: Protection, account: str, strategy: str, decision: int, reason: str, lives: Mapping[str, Life]
) -> Iterator[tuple[Intent, OrderCreated]]:
    """Yield the orders of a protection, its stop and then its target, as the next attempts of their decision.

    `reason` is why the stop is where it is.
    """
    made = [life.meant for life in lives.values() if life.meant.role == STOP and life.meant.symbol == want.symbol]
    attempt = 1 + sum(meant.decided_at == decision for meant in made)
    identities = {role: order_id(account, strategy, want.symbol, decision, role, attempt) for role in (STOP, TARGET)}
    bracket = "" if want.target is None else order_id(account, strategy, want.symbol, decision, "bracket", attempt)
    for role, price in ((STOP, want.stop), (TARGET, want.target)):
        if price is not None:
            stops = role == STOP
            intent = Intent(
                id=identities[role],
                symbol=want.symbol,
                side=want.side,
                type="stop" if stops else "limit",
                quantity=want.quantity,
                limit=None if stops else price,
                trigger=price if stops else None,
                guards=True,
            )
            why = reason if stops else TARGET
            yield intent, guarding(intent, price, strategy, decision, attempt, role, why, bracket)


def guarding(
    intent: Intent, price: Decimal, strategy: str, decision: int, attempt: int, role: str, reason: str, bracket: str
) -> OrderCreated:
    """Return that an order that protects is meant."""
    assert intent.quantity is not None
    return OrderCreated(
        order=intent.id,
        symbol=intent.symbol,
        strategy=strategy,
        side=intent.side,
        leg="exit",
        type=intent.type,
        quantity=intent.quantity,
        price=price,
        notional=intent.quantity * price,
        stop=None,
        cap=None,
        correlation=None,
        correlation_limit=None,
        decided_at=decision,
        attempt=attempt,
        reason=reason,
        role=role,
        bracket=bracket,
    )
