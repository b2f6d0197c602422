"""Whatever becomes of a venue's reports on their way, an order ends where the venue has it, and is what is written."""

from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import (
    FillBooked,
    OrderCancelRequested,
    OrderMoved,
    OrderSubmitted,
    OrderValidated,
)
from cryptoflow.domain.orders import MOVES, OrderState
from cryptoflow.domain.trading.failing import refused, unsure
from cryptoflow.domain.trading.hearing import answered, heard
from cryptoflow.domain.trading.lives import Life, after, begun, lives_of
from cryptoflow.domain.trading.reports import Deal, Refused, Report
from cryptoflow.domain.trading.wishes import Heard, Missing
from cryptoflow.storage.events.law import judge
from tests.domain.trading.told import BEGIN, deal, journal, meant, report

S = OrderState


@dataclass
class Desk:
    """Who trades: everything that is heard is written down, and what is missing is fetched from the venue."""

    deals: tuple[Deal, ...]
    at: int = BEGIN
    told: list[tuple[Event, int]] = field(default_factory=list)
    life: Life = field(init=False)

    def __post_init__(self) -> None:
        self.life = begun(meant(), BEGIN)
        self.told.append((meant(), BEGIN))
        self.write(OrderValidated("ORDER1", ""), OrderSubmitted("ORDER1", ""))

    def write(self, *events: Event) -> None:
        self.at += 1
        for event in events:
            if isinstance(event, OrderMoved):
                assert event.state in MOVES[self.life.state]
            self.life = after(self.life, event, self.at)
            self.told.append((event, self.at))

    def hear(self, said: Report, fetched: int | None = None) -> None:
        """Hear a report; of what is missing the venue may show no more than `fetched` fills yet."""
        self._take(heard(self.life, said), said, fetched)

    def ask(self, said: Report) -> None:
        told = answered(self.life, said)
        self.write(*told.events)
        if isinstance(told.wish, Missing):
            told = answered(self.life, said._replace(deals=self.deals))
            self.write(*told.events)
        assert told.wish is None

    def _take(self, told: Heard, said: Report, fetched: int | None) -> None:
        self.write(*told.events)
        if isinstance(told.wish, Missing):
            self.write(*heard(self.life, said._replace(deals=self.deals[:fetched])).events)

    def cancel(self) -> None:
        if S.CANCEL_REQUESTED in MOVES[self.life.state]:
            self.write(OrderCancelRequested("ORDER1", "by hand"))

    def lose(self) -> None:
        self.write(*unsure(self.life).events)

    def refuse(self, kind: str) -> None:
        if self.life.state is S.CANCEL_REQUESTED:
            self.write(*refused(self.life, Refused(kind, "-2011", "no")).events)


@st.composite
def histories(draw: st.DrawFn) -> list[Report]:
    """Draw all that a venue says of an order, in its order; each report brings the fill that it is about."""
    lots = draw(st.integers(0, 4))
    said = [report(S.ACKNOWLEDGED)]
    for number in range(1, lots + 1):
        state = S.FILLED if number == 4 else S.PARTIALLY_FILLED
        said.append(report(state, number, (deal(number),)))
    ends = [S.CANCELLED, S.EXPIRED, *([] if lots else [S.REJECTED])]
    end = None if lots == 4 else draw(st.sampled_from([None, *ends]))
    return said if end is None else [*said, report(end, lots)]


@given(histories(), st.data())
def test_every_fill_is_booked_once_and_the_order_ends_where_the_venue_has_it(said: list[Report], data: st.DataObject):
    last = said[-1]
    desk = Desk(tuple(each for one in said for each in one.deals))
    acts = data.draw(st.lists(st.sampled_from([*said, "cancel", "lose", "filter", "unknown_order"]), max_size=12))
    for act in acts:
        match act:
            case Report():
                desk.hear(act, data.draw(st.none() | st.integers(0, len(desk.deals))))
            case "cancel":
                desk.cancel()
            case "lose":
                desk.lose()
            case kind:
                desk.refuse(kind)
    desk.ask(last._replace(deals=()))

    assert desk.life.state is last.state
    assert desk.life.filled == last.filled == sum((each.quantity for each in desk.deals), Decimal(0))
    assert desk.life.cost == last.cost
    judge([event for event, _ in desk.told], {})
    trades = [event.trade for event, _ in desk.told if isinstance(event, FillBooked)]
    assert sorted(trades) == sorted(f"{each.symbol}-{each.id}" for each in desk.deals)
    assert lives_of(journal(*desk.told)) == {"ORDER1": desk.life}


@given(histories().flatmap(st.permutations))
def test_in_whatever_sequence_all_reports_come_each_fill_is_booked_once(said: list[Report]) -> None:
    desk = Desk(tuple(each for one in said for each in one.deals))
    for each in [*said, *said]:
        desk.hear(each)
    assert desk.life.filled == max(each.filled for each in said)
    trades = [event.trade for event, _ in desk.told if isinstance(event, FillBooked)]
    assert len(trades) == len(set(trades)) == len(desk.deals)
    assert lives_of(journal(*desk.told)) == {"ORDER1": desk.life}
