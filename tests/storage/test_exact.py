"""Money comes back to the last digit, from both engines."""

import asyncio
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cryptoflow.domain.events.accounts import EquityMarked, RiskMeasured
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.events.rebuilding import rebuild
from cryptoflow.storage.rows.projecting import EQUITY, ORDERS
from cryptoflow.storage.rows.rolling import EQUITY_DAYS, RISK_DAYS, RISK_HOURS
from cryptoflow.storage.tables.types import Exact, TooExact, Units, checked, units
from tests.storage.connections import inside
from tests.storage.stories import BEGIN, MINUTE, intent

HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE

DUST, BALANCE = Decimal("0.00000001"), Decimal(10) ** 12
MOST = Decimal("9" * 20 + "." + "9" * 18)
LEAST = MOST.copy_negate()  # a minus would round to 28 digits

AMOUNTS = st.decimals(LEAST, MOST, allow_nan=False, allow_infinity=False, places=18) | st.sampled_from(
    [DUST, BALANCE, BALANCE + DUST, Decimal(1).scaleb(-18), MOST, LEAST, Decimal("0E-18"), Decimal("1E+3"), -DUST]
)


class Scratch:
    """A database to write amounts into and to read them back; none of it is kept."""

    def __init__(self, url: str) -> None:
        self.runner, self.database = asyncio.Runner(), Database(url)

    def kept(self, amounts: list[Decimal]) -> list[Decimal]:
        """Return what a database makes of amounts, each marked as equity a minute after the one before."""
        drafts = [Draft(EquityMarked(each, each), BEGIN + n * MINUTE) for n, each in enumerate(amounts)]

        async def run() -> list[Decimal]:
            async with self.database.engine.connect() as connection, connection.begin() as transaction:
                await connection.run_sync(append, "main", drafts)
                rows = (await connection.execute(select(EQUITY.c.equity, EQUITY.c.cash).order_by(EQUITY.c.at))).all()
                await transaction.rollback()
                assert all(equity == cash for equity, cash in rows)
                return [equity for equity, _ in rows]

        return self.runner.run(run())

    def close(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()


@pytest.fixture
def scratch(url: str) -> Iterator[Scratch]:
    """A database of each engine."""
    scratch = Scratch(url)
    yield scratch
    scratch.close()


@given(amounts=st.lists(AMOUNTS, min_size=1, max_size=20))
@settings(max_examples=8)
def test_every_amount_of_18_places_comes_back_as_it_was(scratch: Scratch, amounts: list[Decimal]) -> None:
    found = scratch.kept(amounts)
    assert found == amounts
    assert len({str(each) for each in found}) == len(set(amounts)), "an amount has one spelling"


def test_an_amount_with_more_digits_than_are_kept_is_refused(scratch: Scratch) -> None:
    for amount in ("0.1234567890123456789", "1E-19", "1E+20", "-100000000000000000000"):
        with pytest.raises(TooExact, match="digits"):
            scratch.kept([Decimal(amount)])
    assert scratch.kept([DUST]) == [DUST], "and nothing of it is left"


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(TooExact):
        checked(Decimal(amount))


def test_a_column_of_money_takes_no_float() -> None:
    class Engine:
        name = "sqlite"

    dialect: Any = Engine()
    with pytest.raises(TypeError, match=r"0\.1 is no Decimal"):
        Exact().process_bind_param(0.1, dialect)  # type: ignore[arg-type]
    assert Exact().process_bind_param(None, dialect) is Units().process_bind_param(None, dialect) is None
    assert Exact().process_result_value(None, dialect) is Units().process_result_value(None, dialect) is None


def test_a_notional_is_compared_in_whole_units_and_one_too_large_for_them_is_refused(url: str) -> None:
    def notional(connection: Any) -> Decimal:
        append(
            connection, "main", [Draft(intent(1, notional="92233720368.54775807", cap="92233720368.54775807"), BEGIN)]
        )
        return connection.scalar(select(ORDERS.c.notional))

    assert inside(url, notional) == [Decimal("92233720368.54775807")]
    with pytest.raises(TooExact, match=r"92233720368\.54775808 is more than a column of units keeps"):
        units(Decimal("92233720368.54775808"))


def test_what_is_rolled_up_is_summed_to_the_last_digit_and_comes_out_the_same_when_made_again(url: str) -> None:
    exposure = Decimal("1000000000000.000000000000000001")
    start = BEGIN // DAY * DAY
    drafts = [
        Draft(event, start + hour * HOUR + minute * MINUTE)
        for hour in range(3)
        for minute in range(0, 60, 10)
        for event in (
            RiskMeasured(BALANCE, exposure, hour / 10, minute),
            EquityMarked(BALANCE + (hour - 1) * DUST * (minute + 1), None),
        )
    ]

    def rolled(connection: Any) -> Any:
        append(connection, "main", drafts)
        sums = select(RISK_HOURS.c.exposure_sum).order_by(RISK_HOURS.c.at)
        day = connection.execute(select(RISK_DAYS)).one()
        equity = connection.execute(select(EQUITY_DAYS)).one()
        return list(connection.scalars(sums)), day, equity, rebuild(connection, "main")[1]

    ((hours, day, equity, differences),) = inside(url, rolled)
    assert hours == [Decimal("6000000000000.000000000000000006")] * 3
    assert day.exposure_sum == Decimal("18000000000000.000000000000000018")
    assert (day.exposure, day.drawdown, day.score, day.minutes) == (exposure, 0.2, 50.0, 18)
    assert (equity.open, equity.low) == (BALANCE - DUST, BALANCE - 51 * DUST)
    assert (equity.high, equity.close) == (BALANCE + 51 * DUST, BALANCE + 51 * DUST)
    assert differences == ()
