"""Curves at every resolution say what their minutes say."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptoflow.domain.events.accounts import EquityMarked, RiskMeasured
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.errors import CryptoflowError
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.rows.curves import EQUITY_CURVE, RISK_CURVE, EquityStretch, RiskStretch
from cryptoflow.storage.rows.projecting import EQUITY, MINUTE
from cryptoflow.storage.rows.resolutions import Span, over, points
from cryptoflow.storage.rows.rolling import DAY, HOUR
from tests.storage.connections import transactions

START = 19_700 * DAY
WIDE = 4 * DAY // MINUTE

amounts = st.decimals("-1000000000000", "1000000000000", places=8)
shares = st.floats(0, 1)
minutes = st.integers(0, WIDE)
marks = st.dictionaries(minutes, st.tuples(amounts, amounts, shares, shares), min_size=1, max_size=40)
spans = st.tuples(minutes, minutes).map(lambda two: Span(START + min(two) * MINUTE, START + max(two) * MINUTE))

_numbers = count()


def drafts(told: dict[int, Any]) -> list[Draft]:
    return [
        Draft(event, START + minute * MINUTE + 1)
        for minute, (equity, exposure, drawdown, score) in told.items()
        for event in (EquityMarked(equity, None), RiskMeasured(equity, exposure, drawdown, score))
    ]


def stretches(told: dict[int, Any], span: Span, length: int) -> tuple[list[EquityStretch], list[RiskStretch]]:
    """The law: each point is the fold of all minutes within it and the span."""
    found: dict[int, list[Any]] = {}
    for minute in sorted(told):
        at = START + minute * MINUTE
        if span.first <= at < span.last:
            found.setdefault(at // length * length, []).append(told[minute])
    return [worth(at, each) for at, each in found.items()], [risked(at, each) for at, each in found.items()]


def worth(at: int, told: Sequence[Any]) -> EquityStretch:
    marked = [each[0] for each in told]
    return EquityStretch(at, marked[0], max(marked), min(marked), marked[-1], len(marked))


def risked(at: int, told: Sequence[Any]) -> RiskStretch:
    _, exposed, drawdown, score = zip(*told, strict=True)
    return RiskStretch(at, max(exposed), max(drawdown), max(score), sum(exposed, Decimal(0)), len(told))


def test_every_resolution_and_every_span_says_what_the_minutes_say(url: str) -> None:
    with transactions(url) as inside:

        @settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
        @given(told=marks, span=spans)
        def law(told: dict[int, Any], span: Span) -> None:
            account = f"account-{next(_numbers)}"
            inside(lambda c: append(c, account, drafts(told)))
            for length in (MINUTE, HOUR, DAY):
                equity, risk = stretches(told, span, length)
                assert inside(lambda c, length=length: points(c, EQUITY_CURVE, account, span, length)) == equity
                assert inside(lambda c, length=length: points(c, RISK_CURVE, account, span, length)) == risk
            equity, risk = stretches(told, span, 2 * START)
            summed = inside(lambda c: (over(c, EQUITY_CURVE, account, span), over(c, RISK_CURVE, account, span)))
            assert [each and each._replace(at=0) for each in summed] == [*(equity or [None]), *(risk or [None])]

        law()


def test_the_mean_exposure_of_a_stretch_is_that_of_its_minutes(url: str) -> None:
    told = {minute: (Decimal(1), Decimal(minute), 0.1, 1.0) for minute in range(0, 4000, 7)}
    with transactions(url) as inside:
        inside(lambda c: append(c, "main", drafts(told)))
        found = inside(lambda c: over(c, RISK_CURVE, "main", Span(START, START + 3 * DAY)))
    assert found is not None
    assert found.mean_exposure == sum(map(Decimal, told)) / len(told)


def test_where_minutes_are_gone_full_hours_are_answered_and_others_refused(url: str) -> None:
    told = {minute: (Decimal(minute), Decimal(1), 0.1, 1.0) for minute in range(180)}
    whole = Span(START, START + 3 * HOUR)
    with transactions(url) as inside:
        inside(lambda c: append(c, "main", drafts(told)))
        before = inside(lambda c: over(c, EQUITY_CURVE, "main", whole))
        inside(lambda c: c.execute(EQUITY.delete()))
        assert inside(lambda c: over(c, EQUITY_CURVE, "main", whole)) == before
        with pytest.raises(CryptoflowError, match=r"minutes of main between .* were retired"):
            inside(lambda c: over(c, EQUITY_CURVE, "main", whole._replace(first=START + MINUTE)))
