"""Curves at every resolution and over every stretch say what their minutes say, in every store."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptoflow.domain.events.accounts import EquityMarked, RiskMeasured
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.kept.curve import EquitySpan, Resolution, RiskSpan
from cryptoflow.errors import CryptoflowError
from cryptoflow.storage.rows.projecting import EQUITY, MINUTE
from cryptoflow.storage.rows.rolling import DAY, HOUR
from cryptoflow.storage.work.unit import Store, Work
from tests.storage.stores import in_a_loop, kept_open

START = 19_700 * DAY
WIDE = 4 * DAY // MINUTE

amounts = st.decimals("-1000000000000", "1000000000000", places=8)
shares = st.floats(0, 1)
minutes = st.integers(0, WIDE)
marks = st.dictionaries(minutes, st.tuples(amounts, amounts, shares, shares), min_size=1, max_size=40)
stretches = st.tuples(minutes, minutes).map(lambda two: tuple(START + minute * MINUTE for minute in sorted(two)))

_numbers = count()


async def write(store: Store, account: str, told: Mapping[int, Any]) -> None:
    drafts = [
        Draft(event, START + minute * MINUTE + 1)
        for minute, (equity, exposure, drawdown, score) in told.items()
        for event in (EquityMarked(equity, None), RiskMeasured(equity, exposure, drawdown, score))
    ]
    async with store.work(account) as work:
        await work.events.append(drafts)
        await work.commit()


def law(account: str, told: Mapping[int, Any], since: int, until: int, length: int) -> list[tuple[Any, Any]]:
    """The law: each span is what all minutes within it make."""
    found: dict[int, list[Any]] = {}
    for minute in sorted(told):
        at = START + minute * MINUTE
        if since <= at < until:
            found.setdefault(at // length * length, []).append(told[minute])
    return [(worth(account, at, each), risked(account, at, each)) for at, each in found.items()]


def worth(account: str, at: int, told: Sequence[Any]) -> EquitySpan:
    marked = [each[0] for each in told]
    return EquitySpan(account, at, marked[0], max(marked), min(marked), marked[-1], len(marked))


def risked(account: str, at: int, told: Sequence[Any]) -> RiskSpan:
    _, exposed, drawdown, score = zip(*told, strict=True)
    return RiskSpan(account, at, max(exposed), sum(exposed, Decimal(0)), max(drawdown), max(score), len(told))


def test_every_resolution_and_every_stretch_says_what_the_minutes_say(store: str) -> None:
    with kept_open(store) as (kept, run):

        @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
        @given(told=marks, within=stretches)
        def holds(told: dict[int, Any], within: tuple[int, int]) -> None:
            run(look(kept, f"account-{next(_numbers)}", told, *within))

        holds()


async def look(store: Store, account: str, told: Mapping[int, Any], since: int, until: int) -> None:
    await write(store, account, told)
    async with store.view(account) as work:
        for resolution in Resolution:
            equity = await work.equity.spans(resolution, since, until)
            risk = await work.risk.spans(resolution, since, until)
            assert [*zip(equity, risk, strict=True)] == law(account, told, since, until, resolution)
        for first, last in ((since, until), (None, None)):
            whole = law(account, told, first or START, last or START + 5 * DAY, 2 * START)
            found = await work.equity.over(first, last), await work.risk.over(first, last)
            assert [each and replace(each, at=0) for each in found] == [*(whole[0] if whole else (None, None))]


@in_a_loop
async def test_the_mean_exposure_of_a_stretch_is_that_of_its_minutes(store: Store) -> None:
    told = {minute: (Decimal(1), Decimal(minute), 0.1, 1.0) for minute in range(0, 4000, 7)}
    await write(store, "main", told)
    async with store.view("main") as work:
        found = await work.risk.over(START, START + 3 * DAY)
    assert found is not None
    assert found.mean_exposure == sum(map(Decimal, told)) / len(told)


@in_a_loop
async def test_where_minutes_are_gone_full_hours_are_answered_and_others_refused(store: Store) -> None:
    await write(store, "main", {minute: (Decimal(minute), Decimal(1), 0.1, 1.0) for minute in range(180)})
    whole = START, START + 3 * HOUR
    async with store.begun() as transaction:
        before = await Work(transaction, "main", 0).equity.over(*whole)
        await transaction.remove(EQUITY)
        work = Work(transaction, "main", 0)
        assert await work.equity.over(*whole) == before
        assert len(await work.equity.spans(Resolution.HOUR, *whole)) == 3
        for resolution in Resolution:
            with pytest.raises(CryptoflowError, match=r"minutes of main between .* were retired"):
                await work.equity.spans(resolution, START + MINUTE, START + 3 * HOUR)
