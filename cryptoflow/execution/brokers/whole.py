"""Numbers of an order that have to be whole lots and ticks: they are checked here, and never rounded."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from cryptoflow.domain.trading.intents import Intent
from cryptoflow.domain.trading.reports import Refused


class Grain(NamedTuple):
    """The steps in which a market counts coins and prices."""

    lot: Decimal
    tick: Decimal


def grain_of(market: Mapping[str, Any], *, places: bool) -> Grain:
    """Return the steps of a market of ccxt's, which writes them as numbers, or as how many decimal `places` there are.

    >>> grain_of({"precision": {"amount": 1e-05, "price": 0.01}}, places=False)
    Grain(lot=Decimal('0.00001'), tick=Decimal('0.01'))
    >>> grain_of({"precision": {"amount": 5, "price": 2}}, places=True)
    Grain(lot=Decimal('0.00001'), tick=Decimal('0.01'))
    """
    steps = (market["precision"][name] for name in ("amount", "price"))
    exact = (Decimal(10) ** -int(each) if places else Decimal(str(each)) for each in steps)
    return Grain(*(Decimal(f"{each:f}") for each in exact))


def refuse_fractions(intent: Intent, grain: Grain) -> None:
    """Refuse an order that the venue would have to round, or to refuse.

    >>> grain = Grain(Decimal("0.01"), Decimal("0.5"))
    >>> refuse_fractions(Intent("X", "BTC/USDT", "buy", "market", quantity=Decimal("0.015")), grain)
    Traceback (most recent call last):
    cryptoflow.domain.trading.reports.Refused: quantity 0.015 of BTC/USDT is no multiple of 0.01
    """
    numbers = (
        ("quantity", intent.quantity, grain.lot),
        ("limit", intent.limit, grain.tick),
        ("trigger", intent.trigger, grain.tick),
    )
    for name, value, step in numbers:
        if value is not None and value % step:
            raise Refused("filter", "", f"{name} {value:f} of {intent.symbol} is no multiple of {step:f}")
