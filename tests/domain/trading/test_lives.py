"""What a restart knows of orders: all that their events tell."""

import json
from decimal import Decimal

from cryptoflow.domain.events.accounts import EquityMarked
from cryptoflow.domain.events.codec import payload
from cryptoflow.domain.events.known import NEVER_SENT, read
from cryptoflow.domain.events.orders import OrderFilled, OrderSubmitted
from cryptoflow.domain.orders import OrderState
from cryptoflow.domain.trading.hearing import heard
from cryptoflow.domain.trading.intents import Intent
from cryptoflow.domain.trading.lives import after_all, begun, lives_of
from tests.domain.trading.told import BEGIN, deals, journal, meant, report, standing

STOP = meant(
    "STOP1", side="sell", leg="exit", type="stop_limit", limit=Decimal(979), trigger=Decimal(980), guards=True,
    time_in_force="ioc", bracket="LIST1", filters="f1", role="stop",
)  # fmt: skip


def test_a_restart_knows_an_order_as_it_was_to_be_sent() -> None:
    (life,) = lives_of(journal((STOP, BEGIN))).values()
    assert life.intent == Intent(
        "STOP1", "BTC/USDT", "sell", "stop_limit", Decimal("0.4"), None, Decimal(979), Decimal(980), "ioc", guards=True
    )
    assert (life.meant, life.made_at, life.state) == (STOP, BEGIN, OrderState.CREATED)


def test_an_order_is_told_apart_from_others_and_from_what_is_no_order() -> None:
    lives = lives_of(
        journal(
            (meant("A"), BEGIN),
            (EquityMarked(Decimal(1000), None), BEGIN),
            (meant("B"), BEGIN + 1),
            (OrderSubmitted("A", ""), BEGIN + 2),
            (OrderFilled("C", "never meant here"), BEGIN + 3),
        )
    )
    assert {life.id: (life.state.value, life.since - BEGIN) for life in lives.values()} == {
        "A": ("submitted", 2),
        "B": ("created", 1),
    }


def test_fees_are_summed_by_currency_and_what_is_left_is_known() -> None:
    life = begun(meant(), BEGIN)
    one, two, three = deals(1, 3)
    told = heard(standing(OrderState.SUBMITTED), report(
        OrderState.PARTIALLY_FILLED, 3, (one, two._replace(fee_currency="BNB"), three), triggered_at=BEGIN + 7
    ))  # fmt: skip
    life = after_all(life, told.events, BEGIN + 10)
    assert life.fees == {"USDT": Decimal("0.2"), "BNB": Decimal("0.1")}
    assert (life.left, life.cost, life.venue_id, life.triggered_at) == (Decimal("0.1"), 300, "77", BEGIN + 7)


def test_an_order_of_a_journal_from_before_is_read_as_one_of_today() -> None:
    told = json.loads(payload(meant(venue="", limit=None)))
    old = json.dumps({name: value for name, value in told.items() if name not in NEVER_SENT})
    assert read("order.created", 1, old) == meant(venue="", limit=None)
    assert read("order.created", 2, payload(STOP)) == STOP
