"""What a backtest did, as the events that a live account would have written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from math import isnan
from typing import Any, NamedTuple

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import BUY, Cause, Guard, Leg, OrderType, Reason, Span, Topic
from cryptoflow.domain.events.accounts import EquityMarked, PositionChanged, TradeClosed
from cryptoflow.domain.events.codec import finite
from cryptoflow.domain.events.discipline import (
    KillReleased,
    KillTripped,
    RiskLimitReached,
    RiskWarned,
    TierAcknowledged,
    TierDemoted,
    TierPromoted,
)
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import (
    FillBooked,
    OrderCancelled,
    OrderCreated,
    OrderExpired,
    OrderFilled,
    OrderPartiallyFilled,
    OrderReviewed,
    OrderSubmitted,
    OrderValidated,
)
from cryptoflow.domain.events.tilt import TiltCoupled, TiltEnded, TiltRaised, TiltReflected, TiltResized
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.orders import order_id
from cryptoflow.domain.records import Line
from cryptoflow.domain.tilt.levels import Level
from cryptoflow.domain.tilt.table import named

VENUE = "simulated"
PLACES = Decimal(1).scaleb(-18)
NOTHING = Decimal(0)
NOISE = Decimal("1e-9")
"""Share of an amount that floats may have lost on the way."""
WIDE = Context(prec=38)
"""Arithmetic that keeps 18 places of prices above 1e10, where the usual 28 digits do not do."""


def exact(number: float) -> Decimal:
    """Return a number of the simulation as money: its shortest spelling, to 18 places.

    >>> exact(0.1), exact(1e-20)
    (Decimal('0.1'), Decimal('0E-18'))
    """
    found = Decimal(repr(number))
    exponent = found.as_tuple().exponent
    return found.quantize(PLACES) if isinstance(exponent, int) and exponent < -18 else found


class Terms(NamedTuple):
    """What telling a tape takes: names for its numbers, the lots of its symbols, the length of its bars.

    Where what is alike is refused, `correlation_limit` is what no order may reach.
    """

    account: str
    symbols: Sequence[str]
    strategies: Sequence[str]
    rules: Mapping[int, str]
    gates: Sequence[str]
    lots: Sequence[float]
    whole: Sequence[bool]
    base_fees: bool
    currency: str
    timeframe: int
    correlation_limit: float | None = None
    by: str = "backtest"


@dataclass
class Holding:
    """What is held of a symbol while the tape is told."""

    quantity: Decimal = NOTHING
    cost: Decimal = NOTHING
    fees: Decimal = NOTHING
    opened_at: int = 0


@dataclass
class Open:
    """An order while it can still be filled."""

    id: str
    left: Decimal
    filled: Decimal = NOTHING
    cost: Decimal = NOTHING


@dataclass
class Teller:
    """Tells the lines of a tape one by one; it remembers what is open and what is held."""

    terms: Terms
    open: dict[int, Open] = field(default_factory=dict)
    held: dict[int, Holding] = field(default_factory=dict)
    attempts: dict[tuple[int, int, int, str], int] = field(default_factory=dict)
    fills: int = 0
    orders: int = 0
    trades: int = 0

    def tell(self, line: Line) -> Iterator[Draft]:
        """Yield the events of a line of the tape."""
        at = line.at
        for event, order in self._events(line):
            yield Draft(event, at, self.terms.by, f"order/{order}" if order else "")

    def _events(self, line: Line) -> Iterator[tuple[Event, str]]:
        match Topic(line.topic):
            case Topic.ORDER:
                yield from self._ordered(line)
            case Topic.REFUSED:
                order = self._id(line, Leg(line.leg).name.lower())
                yield self._reviewed(line, order), order
            case Topic.FILL:
                yield from self._filled(line)
            case Topic.CANCEL:
                yield from self._cancelled(line)
            case Topic.TRADE:
                yield self._closed(line), ""
            case Topic.GUARD:
                yield self._guarded(line), ""

    def _ordered(self, line: Line) -> Iterator[tuple[Event, str]]:
        leg = Leg(line.leg).name.lower()
        order = self._id(line, leg)
        entry = line.leg != Leg.EXIT
        if entry:
            yield self._reviewed(line, order), order
        yield from self._intended(line, order, leg, granted=exact(line.notional) if entry else None)
        self.open[line.number] = Open(order, self._quantity(line))

    def _intended(self, line: Line, order: str, leg: str, granted: Decimal | None) -> Iterator[tuple[Event, str]]:
        """An order is meant, passes the filters, and goes out."""
        quantity = self._quantity(line)
        price = NOTHING if isnan(line.price) else exact(line.price)
        self.orders += 1
        created = OrderCreated(
            order=order,
            symbol=self.terms.symbols[line.symbol],
            strategy=self.terms.strategies[line.strategy],
            side=side_of(line),
            leg=leg,
            type=OrderType(line.type).name.lower(),
            quantity=quantity,
            price=price,
            notional=quantity * price,
            stop=None if isnan(line.stop) else exact(line.stop),
            cap=None if granted is None else cap_of(quantity * price, granted),
            correlation=finite(line.correlation),
            correlation_limit=self.terms.correlation_limit,
            decided_at=line.at - self.terms.timeframe,
            attempt=1,
            reason=reason_of(line),
        )
        yield created, order
        yield OrderValidated(order, ""), order
        yield OrderSubmitted(order, ""), order

    def _reviewed(self, line: Line, order: str) -> OrderReviewed:
        refused = line.topic == Topic.REFUSED
        reduced = line.reason == Reason.REDUCED
        return OrderReviewed(
            order=order,
            symbol=self.terms.symbols[line.symbol],
            strategy=self.terms.strategies[line.strategy],
            leg=Leg(line.leg).name.lower(),
            verdict="refused" if refused else "reduced" if reduced else "approved",
            rule=self.terms.rules[line.rule],
            value=finite(line.value),
            limit=finite(line.limit),
            wanted=exact(line.wanted) if finite(line.wanted) is not None else NOTHING,
            allowed=NOTHING if refused else exact(line.notional),
            reason=reason_of(line),
        )

    def _filled(self, line: Line) -> Iterator[tuple[Event, str]]:
        number = line.number
        if number == 0:  # a stop or a target: it protected the position until now
            leg = reason_of(line)
            order = self._id(line, leg)
            yield from self._intended(line, order, "exit", granted=None)
            meant = Open(order, self._quantity(line))
        else:
            meant = self.open[number]
        quantity, price = self._quantity(line), exact(line.price)
        self.fills += 1
        meant.filled += quantity
        meant.left -= quantity
        meant.cost += exact(line.notional)
        holding = self.held.setdefault(line.symbol, Holding())
        bought = line.side == BUY
        fee, kept = exact(line.fee), quantity
        currency = self.terms.currency
        if bought and self.terms.base_fees:
            fee = exact(line.fee / line.price)
            kept, currency = quantity - fee, self.terms.symbols[line.symbol].partition("/")[0]
        symbol, strategy = self.terms.symbols[line.symbol], self.terms.strategies[line.strategy]
        yield (
            FillBooked(
                order=meant.id,
                venue=VENUE,
                trade=f"{meant.id}-{self.fills}",
                symbol=symbol,
                strategy=strategy,
                side=side_of(line),
                leg=Leg(line.leg).name.lower(),
                quantity=quantity,
                price=price,
                fee=fee,
                fee_currency=currency,
                filled=meant.filled,
                cost=meant.cost,
                reason=reason_of(line),
                slippage=exact(line.slippage),
            ),
            meant.id,
        )
        if meant.left > 0:
            yield OrderPartiallyFilled(meant.id, ""), meant.id
        else:
            yield OrderFilled(meant.id, ""), meant.id
            self.open.pop(number, None)
        hold(holding, line, kept if bought else -quantity, exact(line.notional), exact(line.fee))
        yield told_of(holding, symbol, strategy), meant.id

    def _cancelled(self, line: Line) -> Iterator[tuple[Event, str]]:
        order = self.open.pop(line.number).id
        kind = OrderExpired if line.reason == Reason.EXPIRED else OrderCancelled
        yield kind(order, reason_of(line)), order

    def _closed(self, line: Line) -> TradeClosed:
        self.trades += 1
        lot = self.terms.lots[line.symbol]
        return TradeClosed(
            trade=f"{self.terms.symbols[line.symbol]}-{self.trades}",
            symbol=self.terms.symbols[line.symbol],
            strategy=self.terms.strategies[line.strategy],
            opened_at=line.opened_at,
            quantity=quantity_of(line.lots, lot, whole=self.terms.whole[line.symbol]),
            entry_price=exact(line.entry_price),
            exit_price=exact(line.price),
            cost=exact(line.notional),
            profit=exact(line.profit),
            fees=exact(line.fee),
            bars=line.bars,
            reason=reason_of(line),
        )

    def _guarded(self, line: Line) -> Event:
        """What the account's discipline did."""
        match Guard(line.reason):
            case Guard.TRIPPED:
                return KillTripped(cause_of(line), line.value, line.limit)
            case Guard.RELEASED:
                return KillReleased(cause_of(line))
            case Guard.PROMOTED:
                return TierPromoted(line.number)
            case Guard.DEMOTED:
                return TierDemoted(line.number, self.terms.gates[line.rule], line.value, line.limit)
            case Guard.WARNED:
                return RiskWarned(cause_of(line), line.value, line.limit)
            case Guard.LIMIT_REACHED:
                return RiskLimitReached(Span(line.rule).name.lower(), line.value, line.limit, line.opened_at)
            case Guard.ACKNOWLEDGED:
                return TierAcknowledged(line.number)
            case Guard.TILTED:
                live = tuple(each.id for each in named(line.measure))
                return TiltRaised(Level(line.rule).name.lower(), line.value, line.limit, live, line.opened_at)
            case Guard.COUPLED:
                one, other = self.terms.symbols[line.symbol], self.terms.symbols[line.measure]
                return TiltCoupled(one, other, line.limit, line.value)
            case Guard.CALMED:
                return TiltEnded(Level(line.rule).name.lower())
            case Guard.REFLECTED:
                return TiltReflected("", ())
            case Guard.RESIZED:
                return TiltResized(line.value)

    def _quantity(self, line: Line) -> Decimal:
        return quantity_of(line.lots, self.terms.lots[line.symbol], whole=self.terms.whole[line.symbol])

    def _id(self, line: Line, leg: str) -> str:
        """Return the order's id; a second one of the same decision is its next attempt."""
        decision = line.at - self.terms.timeframe
        key = (line.strategy, line.symbol, decision, leg)
        self.attempts[key] = attempt = self.attempts.get(key, 0) + 1
        strategy, symbol = self.terms.strategies[line.strategy], self.terms.symbols[line.symbol]
        return order_id(self.terms.account, strategy, symbol, decision, leg, attempt)


def quantity_of(lots: float, lot: float, *, whole: bool) -> Decimal:
    """Return so many lots as a quantity: exact where lots are whole.

    >>> quantity_of(3.0, 0.001, whole=True), quantity_of(0.25, 1.0, whole=False)
    (Decimal('0.003'), Decimal('0.25'))
    """
    return int(lots) * Decimal(repr(lot)) if whole else exact(lots * lot)


def cap_of(notional: Decimal, granted: Decimal) -> Decimal:
    """Return what an entry may be: what was granted, which is forgiven the last bits of a float.

    >>> cap_of(Decimal("100.00000001"), Decimal("100.000000009")), cap_of(Decimal(101), Decimal(100))
    (Decimal('100.00000001'), Decimal('100'))
    """
    return notional if granted < notional <= granted * (1 + NOISE) else granted


def side_of(line: Line) -> str:
    """Return the side of a line in words."""
    return "buy" if line.side == BUY else "sell"


def reason_of(line: Line) -> str:
    """Return the reason of a line in words."""
    return Reason(line.reason).name.lower()


def cause_of(line: Line) -> str:
    """Return what tripped the kill switch in words."""
    return Cause(line.rule).name.lower()


def hold(holding: Holding, line: Line, moved: Decimal, notional: Decimal, fee: Decimal) -> None:
    """Move what is held by a fill; what is sold takes its part of the cost along."""
    if moved > 0:
        if holding.quantity == 0:
            holding.cost, holding.fees, holding.opened_at = NOTHING, NOTHING, line.at
        holding.cost += notional
    elif holding.quantity:
        holding.cost = exact(float(holding.cost * max(NOTHING, 1 + moved / holding.quantity)))
    holding.fees += fee
    holding.quantity = max(NOTHING, holding.quantity + moved)


def told_of(holding: Holding, symbol: str, strategy: str) -> PositionChanged:
    """Return what is held now as an event."""
    price = holding.cost / holding.quantity if holding.quantity else NOTHING
    return PositionChanged(
        symbol=symbol,
        strategy=strategy,
        quantity=holding.quantity,
        average_price=price.quantize(PLACES, context=WIDE) if price else NOTHING,
        cost=holding.cost,
        fees=holding.fees,
        opened_at=holding.opened_at,
    )


class Mark(NamedTuple):
    """What the account was worth at the close of a round, and how many lines of the tape come before that."""

    draft: Draft
    after: int


def marks(tape: Any, times: Any, equity: Any, timeframe: int) -> Iterator[Mark]:
    """Yield what the account was worth at the close of each round in which that changed, a day ended, or a guard acted.

    What was worth so much decides about guards, and what orders follow: the mark stands between them.
    """
    import numpy as np

    closes = times + timeframe
    guards = np.flatnonzero(tape["topic"] == Topic.GUARD)
    acted = np.searchsorted(closes, tape["at"][guards])
    days = closes // DAY
    told = np.append(True, (equity[1:] != equity[:-1]) | (days[1:] != days[:-1]))
    told[acted[acted < len(told)]] = True
    after = np.searchsorted(np.maximum.accumulate(tape["at"]), closes) if len(tape) else np.zeros(len(closes), np.int64)
    np.maximum.at(after, acted[acted < len(after)], guards[acted < len(after)] + 1)
    after = np.maximum.accumulate(after)
    for place in np.flatnonzero(told).tolist():
        worth = EquityMarked(exact(float(equity[place])), None)
        yield Mark(Draft(worth, int(closes[place]), "backtest"), int(after[place]))
