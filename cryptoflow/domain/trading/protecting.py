"""What should rest at the venue for a position, against what does, and the steps from one to the other."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.lives import Life

_S = OrderState

HELD_UP = 5_000
"""Milliseconds after which a stop that was triggered and is not filled is looked at."""

BELOW = Decimal("0.001")
"""Share of the last price by which a stop that was refused is put beyond it."""


NO_STOP = Decimal(0)
"""The level of a stop that is gone while its target rests: nothing that is wanted is like that, so it is replaced."""


class Least(NamedTuple):
    """What a venue takes of a symbol: multiples of `lot` and `tick`, no less than `quantity` and `notional`."""

    lot: Decimal
    tick: Decimal
    quantity: Decimal = Decimal(0)
    notional: Decimal = Decimal(0)


class Protection(NamedTuple):
    """A stop for a position, and its target where it has one; `side` is that of the orders, sell for what is held."""

    symbol: str
    side: str
    quantity: Decimal
    stop: Decimal
    target: Decimal | None = None


class Resting(NamedTuple):
    """A protection at the venue: `quantity` is what is left of it, `orders` are its stop and its target.

    It is `settled` once the venue has said that it is there; `leaving` once it is being taken back.
    """

    orders: tuple[str, ...]
    protection: Protection
    settled: bool = True
    leaving: bool = False
    triggered_at: int | None = None


class Place(NamedTuple):
    """Send a protection."""

    protection: Protection


class Cancel(NamedTuple):
    """Take orders back; where they are a bracket's, one of them takes the other with it."""

    symbol: str
    orders: tuple[str, ...]


class Replace(NamedTuple):
    """Take a protection back and send another in its place, in one step where the venue can."""

    resting: Resting
    protection: Protection


class Leave(NamedTuple):
    """Leave a position at market."""

    symbol: str
    side: str
    quantity: Decimal


class Look(NamedTuple):
    """Ask how a triggered stop stands."""

    symbol: str
    order: str


Step = Place | Cancel | Replace | Leave | Look


def wanted(
    symbol: str, position: Decimal, stop: Decimal | None, target: Decimal | None, least: Least
) -> Protection | None:
    """Return what should rest for a position; None where it has no stop, or is dust that no venue takes.

    >>> from decimal import Decimal as D
    >>> least = Least(lot=D("0.001"), tick=D("0.01"), notional=D(5))
    >>> wanted("BTC/USDT", D("0.0109"), D(980), None, least)
    Protection(symbol='BTC/USDT', side='sell', quantity=Decimal('0.010'), stop=Decimal('980'), target=None)
    >>> wanted("BTC/USDT", D("0.005"), D(980), D(1100), least)
    """
    quantity = _whole(abs(position), least.lot)
    if stop is None or is_dust(quantity, stop if target is None else min(stop, target), least):
        return None
    return Protection(symbol, "sell" if position > 0 else "buy", quantity, stop, target)


def is_dust(quantity: Decimal, price: Decimal, least: Least) -> bool:
    """Say whether a quantity is too little to be sold at a price.

    >>> from decimal import Decimal as D
    >>> least = Least(D("0.001"), D("0.01"), notional=D(5))
    >>> [is_dust(D(quantity), D(1000), least) for quantity in ("0.0009", "0.004", "0.005")]
    [True, True, False]
    """
    whole = _whole(quantity, least.lot)
    return whole <= 0 or whole < least.quantity or whole * price < least.notional


def resting_of(lives: Iterable[Life], symbol: str) -> tuple[Resting, ...]:
    """Return what rests for a position of a symbol: each stop with the target of its list, or alone."""
    guards = [life for life in lives if life.is_open and life.intent.guards and life.intent.symbol == symbol]
    lists: dict[str, list[Life]] = {}
    for life in guards:
        lists.setdefault(life.meant.bracket or life.id, []).append(life)
    return tuple(_resting(sorted(each, key=lambda life: life.intent.trigger is None)) for each in lists.values())


def steps(want: Protection | None, resting: Sequence[Resting], at: int) -> tuple[Step, ...]:
    """Return what is to be done so that what rests is what is wanted: each step once the one before has ended.

    Nothing is done over the head of what is under way. A stop that was triggered is selling: it is left alone, and
    looked at after 5 s.

    >>> want = Protection("BTC/USDT", "sell", Decimal(2), Decimal(980))
    >>> old = Resting(("A1",), want._replace(quantity=Decimal(1)))
    >>> steps(want, [], 0) == (Place(want),), steps(want, [old], 0) == (Replace(old, want),)
    (True, True)
    >>> steps(want, [Resting(("A1",), want)], 0), steps(want, [old._replace(leaving=True)], 0)
    ((), ())
    >>> steps(want, [old._replace(triggered_at=0)], 4_999), steps(want, [old._replace(triggered_at=0)], 5_000)
    ((), (Look(symbol='BTC/USDT', order='A1'),))
    """
    triggered = [each for each in resting if each.triggered_at is not None]
    if triggered:
        return tuple(Look(each.protection.symbol, each.orders[0]) for each in triggered if is_held_up(each, at))
    if any(each.leaving or not each.settled for each in resting):
        return ()
    if want is None:
        return tuple(Cancel(each.protection.symbol, each.orders) for each in resting)
    kept = next((each for each in resting if each.protection == want), resting[0] if resting else None)
    others = tuple(Cancel(want.symbol, each.orders) for each in resting if each is not kept)
    if kept is None:
        return (Place(want),)
    return others if kept.protection == want else (*others, Replace(kept, want))


def is_held_up(resting: Resting, at: int) -> bool:
    """Say whether a stop was triggered so long ago that it has to be looked at."""
    return resting.triggered_at is not None and at - resting.triggered_at >= HELD_UP


def leaving(symbol: str, position: Decimal, resting: Sequence[Resting], least: Least) -> tuple[Step, ...]:
    """Return how a position is left at market: what rests for it goes first, because its coins are locked there.

    A stop that was looked at and is still not filled ends like this as well.

    >>> rests = Resting(("A1", "A2"), Protection("BTC/USDT", "sell", Decimal(1), Decimal(980), Decimal(1100)))
    >>> [type(each).__name__ for each in leaving("BTC/USDT", Decimal(1), [rests], Least(Decimal(1), Decimal(1)))]
    ['Cancel', 'Leave']
    """
    quantity = _whole(abs(position), least.lot)
    cancels = tuple(Cancel(symbol, each.orders) for each in resting if not each.leaving)
    if quantity <= 0:
        return cancels
    return (*cancels, Leave(symbol, "sell" if position > 0 else "buy", quantity))


def after_refusal(want: Protection, refusals: int, last: Decimal, least: Least) -> Place | Leave:
    """Return what follows a refused stop: once more at a price that is valid, then the position is left.

    >>> from decimal import Decimal as D
    >>> want, least = Protection("BTC/USDT", "sell", D(1), D("980.005"), D(1100)), Least(D(1), D("0.01"))
    >>> after_refusal(want, 1, D(1000), least).protection.stop, after_refusal(want, 1, D(970), least).protection.stop
    (Decimal('980.00'), Decimal('969.03'))
    >>> after_refusal(want, 2, D(970), least)
    Leave(symbol='BTC/USDT', side='sell', quantity=Decimal('1'))
    """
    if refusals > 1:
        return Leave(want.symbol, want.side, want.quantity)
    if want.side == "sell":
        stop = _whole(min(want.stop, last * (1 - BELOW)), least.tick)
    else:
        stop = _whole(max(want.stop, last * (1 + BELOW)), least.tick, up=True)
    return Place(want._replace(stop=stop))


def _whole(number: Decimal, unit: Decimal, *, up: bool = False) -> Decimal:
    return (number / unit).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR) * unit


def _resting(lives: Sequence[Life]) -> Resting:
    intent = lives[0].intent
    target = next((life.intent.limit for life in lives if life.intent.trigger is None), None)
    left = min(life.left for life in lives if life.left is not None)
    return Resting(
        tuple(life.id for life in lives),
        Protection(intent.symbol, intent.side, left, intent.trigger or NO_STOP, target),
        settled=all(life.state in (_S.ACKNOWLEDGED, _S.PARTIALLY_FILLED) for life in lives),
        leaving=any(life.state is _S.CANCEL_REQUESTED for life in lives),
        triggered_at=next((life.triggered_at for life in lives if life.triggered_at is not None), None),
    )
