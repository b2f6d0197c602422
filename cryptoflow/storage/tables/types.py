"""Columns that keep money exact in both engines."""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Numeric, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from cryptoflow.domain.events.codec import decimal_text

WHOLE, PLACES = 20, 18
"""Digits that an exact column keeps before and after the point."""

SCALE = 8
"""Places that a column of units keeps: SQL compares and adds whole numbers, alike in both engines."""

LARGEST = Decimal(10) ** WHOLE
MOST_UNITS = 2**63 - 1


class TooExact(ValueError):
    """A number has more digits than its column keeps; rounding it is not storage's business."""


class Exact(TypeDecorator[Decimal]):
    """A decimal to the last digit: NUMERIC(38, 18) in PostgreSQL, its text in SQLite, which would make a float of it.

    Never compared or added in SQL on SQLite, where it sorts as text.
    """

    impl = Numeric(WHOLE + PLACES, PLACES)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column's type in an engine."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(WHOLE + PLACES, PLACES))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Return what the driver is given."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError(f"{value!r} is no Decimal")
        if not value.is_finite() or value.copy_abs() >= LARGEST or -value.as_tuple().exponent > PLACES:  # type: ignore[operator]
            checked(value)
        return decimal_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return the number as it was given, in one spelling for both engines."""
        if value is None:
            return None
        return Decimal(value) if dialect.name == "sqlite" else Decimal(decimal_text(value))


def checked(number: Decimal) -> None:
    """Refuse a number that an exact column cannot keep; zeros at its end count for nothing."""
    if not number.is_finite() or number.copy_abs() >= LARGEST:
        raise TooExact(f"{number} has more than {WHOLE} digits before the point")
    if "." in (text := decimal_text(number)) and len(text.split(".")[1]) > PLACES:
        raise TooExact(f"{number} has more than {PLACES} digits after the point")


class Units(TypeDecorator[Decimal]):
    """An amount of the quote currency that SQL compares: whole units of 1e-8, rounded to the nearest."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return whole units."""
        return None if value is None else units(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002
        """Return the amount."""
        return None if value is None else Decimal(value).scaleb(-SCALE)


def units(amount: Decimal) -> int:
    """Return an amount in whole units of 1e-8.

    >>> units(Decimal("12.345"))
    1234500000
    """
    found = int(amount.scaleb(SCALE).to_integral_value())
    if abs(found) > MOST_UNITS:
        raise TooExact(f"{amount} is more than a column of units keeps")
    return found
