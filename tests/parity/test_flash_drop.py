"""A price that falls at once: resting entries are taken back, and for a while nothing is entered."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cryptoflow.domain.codes import Leg, OrderType, Reason, Topic
from cryptoflow.engine.batch.run import run as batch
from cryptoflow.engine.plan import Columns, Plan
from cryptoflow.engine.runtime.run import run as event
from tests.parity.draws import MINUTE, START
from tests.parity.test_parity import planned

ALWAYS = {"cryptoflow": 1, "strategy": "always", "enter_long": "close > 0", "max_bars": 1, "stop_loss": "3%"}


def plan_of(timeframe: str = "1m", order: str = "market", discipline: str = "on") -> Plan:
    """A plan whose strategy enters whenever it may, and leaves after a bar."""
    entry = {"order": order} | ({"offset": "50 bps", "expires": "1h"} if order == "limit" else {})
    detail = {} if timeframe == "1m" else {"detail": "1m"}
    market = {"venue": "binance", "symbols": ["BTC/USDT", "ETH/USDT"], "timeframe": timeframe, "filters": "none"}
    spec = {
        "cryptoflow": 1,
        "name": "drop",
        "capital": "9000 USDT",
        "discipline": discipline,
        "market": market | detail,
        "strategies": [{"id": "s", "file": "s0.yaml"}],
        "sizing": {"use": "fraction", "share": "5%"},
        "execution": {"entry": entry, "costs": "none"},  # no trade loses, so no streak stops one
    }
    plan = planned(spec, [ALWAYS])
    assert plan is not None
    return plan._replace(markets=tuple(replace(market, first_decision=0) for market in plan.markets))


def minutes(count: int, drop_at: int, share: float) -> list[Columns]:
    """Two symbols at rest; the first falls by a share of its open in one minute and is back at its close."""
    flat = np.full(count, 100.0)
    low = flat.copy()
    low[drop_at] = 100.0 * (1 - share)
    open_at = START + MINUTE * np.arange(count)
    volume = np.full(count, 1e9)
    return [Columns(open_at, flat, flat, lows, flat, volume) for lows in (low, flat)]


def coarse(fine: list[Columns], step: int) -> list[Columns]:
    """Their longer bars."""
    lows = [columns.low.reshape(-1, step).min(axis=1) for columns in fine]
    first = [[column[::step] for column in columns] for columns in fine]
    return [Columns(*row[:3], low, *row[4:]) for row, low in zip(first, lows, strict=True)]


def gapped(count: int, drop_at: int, share: float) -> list[Columns]:
    """Two symbols at rest, each at one price; the first opens lower by a share of its last close and stays there."""
    first, other = minutes(count, drop_at, 0.0)
    price = np.where(np.arange(count) < drop_at, 100.0, 100.0 * (1 - share))
    return [first._replace(open=price, high=price, low=price, close=price), other]


def agreed(plan: Plan, fine: list[Columns], block_rounds: int = 4_096) -> Any:
    """The tape on which both drivers agree."""
    step = plan.account.timeframe // MINUTE
    market, finer = (fine, []) if step == 1 else (coarse(fine, step), fine)
    tapes = batch(plan, market, finer, block_rounds=block_rounds).tape, event(plan, market, finer).tape
    assert len(tapes[0]) == len(tapes[1])
    assert all(np.array_equal(tapes[0][name], tapes[1][name], equal_nan=True) for name in tapes[0].dtype.names)
    return tapes[0]


def entered(tape: Any, symbol: int) -> list[int]:
    """The minutes at whose close a symbol was entered."""
    lines = tape[(tape["topic"] == Topic.ORDER) & (tape["leg"] == Leg.ENTRY) & (tape["symbol"] == symbol)]
    return [int(at - START) // MINUTE for at in lines["at"]]


def refused(tape: Any) -> list[tuple[int, int]]:
    lines = tape[(tape["topic"] == Topic.REFUSED) & (tape["reason"] == Reason.FLASH_DROP)]
    return [(int(line["symbol"]), int(line["at"] - START) // MINUTE) for line in lines]


@pytest.mark.parametrize("block_rounds", [1, 3, 4_096])
@pytest.mark.parametrize(("share", "pauses"), [(0.0999, False), (0.1, True), (0.11, True)])
def test_entries_of_the_symbol_pause_for_five_minutes(share: float, pauses: bool, block_rounds: int) -> None:
    tape = agreed(plan_of(), minutes(40, 20, share), block_rounds)
    paused = range(21, 26)  # the minute that fell closes at 21
    assert {symbol for symbol, _ in refused(tape)} == ({0} if pauses else set())
    assert {at for _, at in refused(tape)} <= set(paused)
    assert not pauses or not set(paused) & set(entered(tape, 0))
    assert any(at in entered(tape, 1) for at in paused)
    assert max(entered(tape, 0)) > 26


def test_what_rests_is_taken_back_and_the_stop_stays() -> None:
    tape = agreed(plan_of(order="limit"), minutes(40, 20, 0.2))
    taken = tape[(tape["topic"] == Topic.CANCEL) & (tape["reason"] == Reason.FLASH_DROP)]
    assert set(taken["symbol"]) <= {0}
    assert not [at for at in entered(tape, 0) if 20 < at < 26]


@pytest.mark.parametrize("block_rounds", [1, 3, 4_096])
@pytest.mark.parametrize(("share", "pauses"), [(0.0999, False), (0.1, True)])
def test_a_price_that_jumps_down_between_minutes_fell_at_once(share: float, pauses: bool, block_rounds: int) -> None:
    tape = agreed(plan_of(), gapped(40, 20, share), block_rounds)
    assert {symbol for symbol, _ in refused(tape)} == ({0} if pauses else set())
    assert {at for _, at in refused(tape)} <= set(range(21, 26))


@pytest.mark.parametrize("block_rounds", [1, 4_096])
def test_a_jump_takes_back_what_rests_also_at_the_edge_of_a_longer_bar(block_rounds: int) -> None:
    for timeframe, drop_at in (("1m", 20), ("15m", 30)):
        tape = agreed(resting(plan_of(timeframe, "limit")), gapped(60, drop_at, 0.2), block_rounds)
        taken = tape[(tape["topic"] == Topic.CANCEL) & (tape["reason"] == Reason.FLASH_DROP)]
        assert [(line["symbol"], (line["at"] - START) // MINUTE) for line in taken] == [(0, drop_at)]


def test_after_a_minute_without_a_price_nobody_knows_how_fast_it_fell() -> None:
    for missing, pauses in ((1, True), (2, False)):
        market = gapped(40, 20, 0.2)
        kept = np.r_[: 20 - missing, 20:40]
        market[0] = Columns(*(column[kept] for column in market[0]))
        assert bool(refused(agreed(plan_of(), market))) == pauses


def resting(plan: Plan) -> Plan:
    """The plan with entries that rest above the price, so that no fall fills them."""
    stops = tuple(replace(one, order_type=OrderType.STOP.value, offset=0.01) for one in plan.strategies)
    return plan._replace(strategies=stops)


def test_inside_a_longer_bar_only_its_last_minutes_count() -> None:
    plan = plan_of("15m")
    assert refused(agreed(plan, minutes(60, 14, 0.2))) == [(0, 15)]
    assert refused(agreed(plan, minutes(60, 9, 0.2))) == []


def test_without_discipline_nothing_is_guarded() -> None:
    assert refused(agreed(plan_of(discipline="off"), minutes(40, 20, 0.5))) == []
