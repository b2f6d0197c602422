"""A rehearsal's proofs find what is wrong, each by itself."""

from dataclasses import replace
from decimal import Decimal

import pytest

from cryptoflow.domain.events.orders import FillBooked, OrderCreated
from cryptoflow.domain.journal.recorded import Draft, Head
from cryptoflow.domain.trading.reports import Balance
from cryptoflow.pipelines.trading.certificate import Shown, violations
from cryptoflow.pipelines.trading.proving import Placed

D = Decimal
MEANT = OrderCreated(
    "A1", "BTC/USDT", "trend", "buy", "entry", "market", D("0.01"), D(1000), D(10), D(980), None, None, None, 0, 1, ""
)
FILL = FillBooked(
    "A1", "binance", "BTC/USDT-1", "BTC/USDT", "trend", "buy", "entry", D("0.01"), D(1000), D("0.01"), "USDT",
    D("0.01"), D(10), "signal",
)  # fmt: skip
DRAFTS = (Draft(MEANT, 0), Draft(FILL, 1))
SOUND = Shown(
    drafts=DRAFTS,
    head=Head(2, "ab"),
    broken="",
    capital=D(1000),
    currency="USDT",
    balances={"BTC": Balance(D("0.004"), D("0.006")), "USDT": Balance(D("989.99"), D(0))},
    placed=(Placed("A1", "filled"),),
    bare=20,
    bare_limit=10_000,
    again=DRAFTS,
)


def test_what_is_sound_violates_nothing() -> None:
    assert violations(SOUND) == ()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"broken": "event 2"}, "the journal is broken: event 2"),
        ({"placed": (Placed("A1", "filled"), Placed("A1", "new"))}, "order A1 is at the venue 2 times"),
        ({"placed": (Placed("B2", "filled"),)}, "order B2 is at the venue, and not in the journal"),
        ({"balances": {**SOUND.balances, "USDT": Balance(D("989.98"), D(0))}}, "has 989.99 USDT, the venue 989.98"),
        ({"balances": {**SOUND.balances, "ETH": Balance(D(1), D(0))}}, "the journal has 0 ETH, the venue 1"),
        ({"bare": 10_001}, "a position was without a stop for 10001 ms, of 10000 at most"),
        ({"again": DRAFTS[:1]}, "event 2 is Draft("),
        ({"again": (DRAFTS[0], Draft(replace(FILL, fee=D("0.02")), 1))}, "and decided again it is Draft("),
    ],
)  # fmt: skip
def test_each_violation_is_told(wrong: dict[str, object], told: str) -> None:
    (found,) = violations(SOUND._replace(**wrong))
    assert told in found
