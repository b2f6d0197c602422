"""The decision of an account that trades at a venue: it takes what happened, one thing after the other.

It acts on nothing: what a turn says is written down first and sent then, by whoever drives it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from math import isnan

from cryptoflow.domain.booking import Fill, slot_of
from cryptoflow.domain.calendar import MINUTE, NEVER
from cryptoflow.domain.codes import SELL, OrderType, Reason
from cryptoflow.domain.events.accounts import EquityMarked
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import (
    FillBooked,
    OrderCancelRequested,
    OrderCreated,
    OrderEvent,
    OrderMoved,
    OrderSubmitted,
    OrderValidated,
)
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.orders import OrderState, is_terminal
from cryptoflow.domain.records import Bar, Line, Position
from cryptoflow.domain.ticks import Closed
from cryptoflow.domain.trading.failing import not_known, refused, unsure
from cryptoflow.domain.trading.fills import booked
from cryptoflow.domain.trading.hearing import answered, heard
from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.domain.trading.lives import Life, after, begun, next_attempt
from cryptoflow.domain.trading.nakedness import Naked, naked
from cryptoflow.domain.trading.protecting import (
    Cancel,
    Least,
    Look,
    Place,
    Protection,
    Replace,
    Resting,
    Step,
    resting_of,
    steps,
    wanted,
)
from cryptoflow.domain.trading.reports import Deal, Refused, Report
from cryptoflow.domain.trading.wishes import Ask, Heard, Missing, Resend, Surfaced, Wait, Wish
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.owner import Owner
from cryptoflow.pipelines.journals.telling import Terms, exact, quantity_of
from cryptoflow.pipelines.trading.guarding import STOP, TARGET, guards_of
from cryptoflow.pipelines.trading.meant import intent_of, priced
from cryptoflow.pipelines.trading.telling import LiveTeller, as_sent
from cryptoflow.pipelines.trading.turns import Collect, Expire, Inquire, Submit, SubmitBracket, Turn, Withdraw

NOTHING = Decimal(0)

RESOLUTION = MINUTE
"""Length of the bars that fills lie in: those of the finest backtest."""

ATTEMPTS = 3
"""How often an exit is sent before its position is left to its stop."""

EXPIRED = Reason.EXPIRED.name.lower()

FAILURES = frozenset({OrderState.REJECTED, OrderState.EXPIRED, OrderState.FAILED})
"""Ends of an exit that nobody asked for."""


def is_exit(life: Life) -> bool:
    """Say whether an order leaves a position because the decision says so."""
    return life.meant.leg == "exit" and not life.intent.guards


def reason_of(life: Life, position: Position) -> int:
    """Return why an order sells: what protects says so itself, and the decision has said so before."""
    if life.meant.role == STOP:
        return position.stop_reason
    return Reason.TARGET if life.meant.role == TARGET else Reason.SIGNAL


class Dealer:
    """An account's decision, its orders and what it holds; nothing else moves them."""

    def __init__(self, plan: Plan, terms: Terms, venue: str) -> None:
        self.plan, self.terms, self.venue = plan, terms, venue
        self.owner = Owner(plan, resolution=RESOLUTION)
        self.lives: dict[str, Life] = {}
        self.open: dict[str, None] = {}
        self.teller = LiveTeller(terms, meant=self._meant, lives=self.lives, venue=venue)
        self.bars = [Bar() for _ in plan.symbols]
        self.places = {symbol: place for place, symbol in enumerate(plan.symbols)}
        self.numbers: dict[str, int] = {}
        self.expected: dict[str, float] = {}
        self.leaving: dict[int, list[str]] = {}
        self.decisions: dict[int, int] = {}
        self.bare: dict[int, Naked] = {}
        self.barest = 0
        self.worth = 0.0
        self.closed_at = 0

    def warm(self, at: int, bars: Mapping[str, Closed]) -> None:
        """Let bars pass that closed before anything is decided."""
        self._closed(at, bars)

    def round(self, at: int, bars: Mapping[str, Closed], now: int, turn: Turn) -> None:
        """Decide on the bars that opened at a moment and have closed."""
        self._lines(self._closed(at, bars), now, turn)
        equity = self.owner.wallet.equity
        if equity != self.worth:
            self.worth = equity
            self._draft(EquityMarked(exact(equity), None), at + self.terms.timeframe, turn)
        for place in range(len(self.plan.symbols)):
            self._guard(place, now, turn)

    def late(self, bar: Closed) -> None:
        """Take in a bar that came when its round was over."""
        self._set({bar.symbol: bar})
        self.owner.late(self.bars)

    def report(self, report: Report, now: int, turn: Turn) -> None:
        """Take what the account's stream says of an order; one that is not ours is left alone."""
        life = self.lives.get(report.order)
        if life is not None:
            self._heard(life, heard(life, report), report.at, now, turn)

    def answer(self, asked: Life, report: Report | None, now: int, turn: Turn) -> None:
        """Take the answer to what was asked about an order; where that has moved since, it may be an old one."""
        life = self.lives[asked.id]
        if report is None:
            told = not_known(life, now) if life == asked else Heard((), Ask(life.intent.symbol, life.id))
            self._heard(life, told if life.is_open else Heard(), now, now, turn)
        else:
            told = answered(life, report) if life == asked else heard(life, report)
            self._heard(life, told, report.at, now, turn)

    def refused(self, order: str, why: Refused, now: int, turn: Turn) -> None:
        """Take a refusal of an order, or of its cancel."""
        life = self.lives[order]
        self._heard(life, refused(life, why), now, now, turn)

    def lost(self, order: str, now: int, turn: Turn) -> None:
        """Take it that nobody knows what became of what was asked about an order."""
        life = self.lives[order]
        self._heard(life, unsure(life), now, now, turn)

    def collected(self, order: str, deals: Sequence[Deal], now: int, turn: Turn) -> None:
        """Take the fills that a report of an order lacked, and ask how it stands by now."""
        life = self.lives[order]
        self._heard(life, Heard(booked(life, deals), Ask(life.intent.symbol, order)), now, now, turn)

    def due(self, order: str, now: int, turn: Turn) -> None:
        """Take an order back that has rested for as long as it may."""
        life = self.lives[order]
        if life.is_open and life.state is not OrderState.CANCEL_REQUESTED:
            self._draft(OrderCancelRequested(order, EXPIRED), now, turn)

    def _closed(self, at: int, bars: Mapping[str, Closed]) -> Sequence[Line]:
        self._set(bars)
        self.closed_at = at + self.terms.timeframe
        return self.owner.close(at, self.bars)

    def _set(self, bars: Mapping[str, Closed]) -> None:
        for symbol, bar in zip(self.plan.symbols, self.bars, strict=True):
            closed = bars.get(symbol)
            bar.here = int(closed is not None)
            if closed is not None:
                bar.open_at, bar.open, bar.high, bar.low = closed.open_at, closed.open, closed.high, closed.low
                bar.close, bar.volume = closed.close, closed.volume

    def _bar_at(self, at: int) -> int:
        """Return when the bar opened in which a moment lies: fills have happened in bars, in a backtest as here."""
        detail = self.owner.tables.account.detail
        return self.closed_at + max(0, at - self.closed_at) // detail * detail

    def _meant(self, line: Line, order: str) -> Intent:
        """Return how an order of a line is sent; an exit waits until nothing rests for its position."""
        slot = slot_of(self.owner.state, line.symbol, line.number)
        assert slot is not None  # the decision has just opened it
        market, symbol = self.plan.markets[line.symbol], self.plan.symbols[line.symbol]
        self.numbers[order] = line.number
        if line.side == SELL:
            self.expected[order] = self.owner.state.positions[line.symbol].last
            under_way = sum((life.left or NOTHING for life in self._exits(line.symbol)), NOTHING)
            self.leaving[line.symbol].append(order)
            meant = intent_of(slot, order, symbol, market)
            return meant._replace(quantity=(meant.quantity or NOTHING) - under_way)
        self.expected[order] = line.price
        self.decisions[line.symbol] = line.at - self.terms.timeframe
        return intent_of(slot, order, symbol, market)

    def _lines(self, lines: Sequence[Line], now: int, turn: Turn) -> None:
        """Tell what the decision says, and send the entries in it."""
        for line in [replace(each) for each in lines]:
            for draft in self.teller.tell(line):
                self._take(draft, turn)
                if isinstance(draft.event, OrderValidated) and line.side != SELL:
                    self._submit(draft.event.order, now, turn)

    def _submit(self, order: str, now: int, turn: Turn) -> None:
        self._draft(OrderSubmitted(order, ""), now, turn)
        turn.sends.append(Submit(self.lives[order].intent))
        slot = slot_of(self.owner.state, self.places[self.lives[order].intent.symbol], self.numbers[order])
        if slot is not None and slot.type != OrderType.MARKET and slot.expires_at < NEVER:
            turn.sends.append(Expire(order, slot.expires_at))

    def _draft(self, event: Event, at: int, turn: Turn) -> None:
        order = f"order/{event.order}" if isinstance(event, OrderEvent) else ""
        self._take(Draft(event, at, self.terms.by, order), turn)

    def _take(self, draft: Draft, turn: Turn) -> None:
        """Write an event down, and let the order that it is about go on."""
        event = draft.event
        turn.drafts.append(draft)
        if isinstance(event, OrderCreated):
            self.lives[event.order] = begun(event, draft.at)
            self.open[event.order] = None
        elif isinstance(event, OrderEvent) and event.order in self.lives:
            self.lives[event.order] = life = after(self.lives[event.order], event, draft.at)
            if not life.is_open:
                self.open.pop(life.id, None)
            if isinstance(event, OrderCancelRequested):
                turn.sends.append(Withdraw(life.intent.symbol, life.id))

    def _heard(self, life: Life, told: Heard, at: int, now: int, turn: Turn) -> None:
        """Write down what was heard of an order, book it, and see to what follows."""
        place = self.places[life.intent.symbol]
        for event in told.events:
            self._draft(event, now, turn)
            if isinstance(event, FillBooked):
                self._lines(self._booked(self.lives[life.id], event, at), now, turn)
            elif isinstance(event, OrderMoved) and is_terminal(event.state):
                self._over(self.lives[life.id], event, at, now, turn, resent=isinstance(told.wish, Resend))
        if told.wish is not None:
            self._wished(told.wish, now, turn)
        self._guard(place, now, turn)

    def _booked(self, life: Life, event: FillBooked, at: int) -> Sequence[Line]:
        """Book a fill in the decision's own ledger."""
        place = self.places[event.symbol]
        market = self.plan.markets[place]
        price = float(event.price)
        in_base = event.fee_currency == event.symbol.partition("/")[0]
        fill = Fill(
            symbol=place,
            number=self.numbers.get(life.id, 0),
            at=self._bar_at(at),
            lots=float(event.quantity / Decimal(repr(market.lot))),
            price=price,
            fee=float(event.fee) * (price if in_base else 1.0),
            in_base=in_base,
            expected=self.expected.get(life.id, price),
            reason=reason_of(life, self.owner.state.positions[place]),
            type=OrderType.LIMIT if life.intent.type == "limit" else OrderType.MARKET,
        )
        if event.side == "buy":
            return self.owner.bought(fill, self.terms.strategies.index(life.meant.strategy))
        return self.owner.sold(fill)

    def _over(self, life: Life, event: OrderMoved, at: int, now: int, turn: Turn, *, resent: bool) -> None:
        """Close an order of the decision that is over, unless what it was for still has to be done."""
        place, number = self.places[life.intent.symbol], self.numbers.get(life.id, 0)
        if number == 0:
            return
        if event.state in FAILURES and is_exit(life) and life.meant.attempt < ATTEMPTS:
            self._again(life, now, turn)
        elif not resent:
            reason = Reason.EXPIRED if event.state is OrderState.EXPIRED else Reason.UNFILLED
            filled = event.state is OrderState.FILLED
            self._lines(self.owner.ended(self._bar_at(at), place, number, reason, filled=filled), now, turn)

    def _wished(self, wish: Wish, now: int, turn: Turn) -> None:
        match wish:
            case Ask(symbol, order):
                turn.sends.append(Inquire(symbol, order))
            case Wait(order, until):
                turn.sends.append(Inquire(self.lives[order].intent.symbol, order, until))
            case Missing(symbol, order, since):
                turn.sends.append(Collect(symbol, order, since))
            case Surfaced(symbol, order):
                turn.sends.append(Withdraw(symbol, order))
            case Resend(order):
                if not is_exit(self.lives[order]):  # it is under way once more already
                    self._again(self.lives[order], now, turn)

    def _again(self, life: Life, now: int, turn: Turn) -> None:
        """Make an order once more as its next attempt; what protects is made anew from what is held."""
        if life.id not in self.numbers:
            return
        intent = next_attempt(life, self.terms.account)
        self.numbers[intent.id], self.expected[intent.id] = self.numbers[life.id], self.expected[life.id]
        self._draft(replace(life.meant, order=intent.id, attempt=life.meant.attempt + 1), now, turn)
        self._draft(OrderValidated(intent.id, ""), now, turn)
        if is_exit(life):
            self.leaving.setdefault(self.places[intent.symbol], []).append(intent.id)
        else:
            self._submit(intent.id, now, turn)

    def _guard(self, place: int, now: int, turn: Turn) -> None:
        """Bring what rests for a symbol to what should, and let exits go once nothing is in their way."""
        symbol = self.plan.symbols[place]
        self._watch(place, now)
        resting = self._resting(symbol)
        exits = self._exits(place)
        for step in steps(None if exits else self._wanted(place), resting, now):
            self._step(step, place, now, turn)
        if self._resting(symbol):
            return
        for life in exits:
            if life.state is OrderState.VALIDATED:
                self._submit(life.id, now, turn)

    def _exits(self, place: int) -> list[Life]:
        """Return the exits of a symbol that are under way, or wait for what is in theirs."""
        under_way = [order for order in self.leaving.get(place, ()) if self.lives[order].is_open]
        self.leaving[place] = under_way
        return [self.lives[order] for order in under_way]

    def _watch(self, place: int, now: int) -> None:
        """Note for how long a position has had no stop at the venue, also while it is being left."""
        before = self.bare.pop(place, None)
        if before is not None:
            self.barest = max(self.barest, now - before.since)
        found = naked(before, self._wanted(place), self._resting(self.plan.symbols[place]), now)
        if found is not None:
            self.bare[place] = found

    def _resting(self, symbol: str) -> tuple[Resting, ...]:
        return resting_of((self.lives[order] for order in self.open), symbol)

    def _wanted(self, place: int) -> Protection | None:
        position, market = self.owner.state.positions[place], self.plan.markets[place]
        if position.lots <= 0.0:
            return None
        price = partial(priced, tick=market.tick)
        lot = Decimal(repr(market.lot))
        return wanted(
            self.plan.symbols[place],
            quantity_of(position.lots, market.lot, whole=market.whole == 1),
            None if isnan(position.stop) else price(position.stop),
            None if isnan(position.target) else price(position.target),
            Least(lot, Decimal(repr(market.tick)), notional=exact(market.min_notional)),
        )

    def _step(self, step: Step, place: int, now: int, turn: Turn) -> None:
        match step:
            case Place(protection):
                self._protect(protection, place, now, turn)
            case Cancel(_, orders):
                self._draft(OrderCancelRequested(orders[0], "replaced"), now, turn)
            case Replace(resting, _):
                self._draft(OrderCancelRequested(resting.orders[0], "replaced"), now, turn)
            case Look(symbol, order):
                turn.sends.append(Inquire(symbol, order))

    def _protect(self, want: Protection, place: int, now: int, turn: Turn) -> None:
        position = self.owner.state.positions[place]
        strategy, reason = self.terms.strategies[position.strategy], Reason(position.stop_reason).name.lower()
        made = list(guards_of(want, self.terms.account, strategy, self.decisions[place], reason, self.lives))
        for intent, event in made:
            self.expected[intent.id] = float(event.price)
            self._draft(as_sent(event, intent, self.venue), now, turn)
            self._draft(OrderValidated(intent.id, ""), now, turn)
            self._draft(OrderSubmitted(intent.id, ""), now, turn)
        if len(made) == 1:
            turn.sends.append(Submit(made[0][0]))
        else:
            (stop, event), (target, _) = made
            turn.sends.append(SubmitBracket(Bracket(event.bracket, stop, target)))
