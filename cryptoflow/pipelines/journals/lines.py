"""An event as people and programs read it: a line or an object, also where somebody altered what it says."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from math import isfinite
from typing import Any, get_args, get_type_hints

from cryptoflow.domain.events.codec import decimal_text
from cryptoflow.domain.events.known import KNOWN
from cryptoflow.domain.journal.recorded import Recorded

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

KEPT, SHOWN, CENTS = 15, 8, 2
"""An amount of so many digits is shown as it is; a longer one was most likely a float or a quotient, and so many of its
digits say enough, but never less than its cents.
"""

BRIEF = ("leg", "side", "quantity", "symbol")
"""What an order is, in the order in which people say it."""


def payload_of(event: Recorded) -> Mapping[str, Any] | None:
    """Return what an event says, None where that is not what any event is written as."""
    try:
        told = json.loads(event.payload, parse_constant=finite, parse_float=finite)
    except (TypeError, ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def finite(told: str) -> float:
    """Return a number that JSON may tell: NaN, Infinity and 1e999 are none."""
    number = float(told)
    if not isfinite(number):
        raise ValueError(f"{told} is no number")
    return number


def is_readable(event: Recorded) -> bool:
    """Say whether an event was not altered so much that it says nothing any more."""
    return payload_of(event) is not None and isinstance(event.at, int)


def as_object(event: Recorded) -> dict[str, Any]:
    """Return an event as a program reads it, to its last digit; what cannot be read is there as its text."""
    told = {name: plain(value) for name, value in event._asdict().items()}
    if not is_readable(event):
        return {**told, "unreadable": True}
    return {**told, "payload": payload_of(event)}


def line_of(event: Recorded, order: Recorded | None = None) -> str:
    """Return an event as a line: its number, when, what, about whom, and what it says.

    One that only moves an order repeats what that is, in brackets.
    """
    told = payload_of(event)
    if told is None:
        said = f"unreadable: {json.dumps(plain(event.payload), ensure_ascii=False)}"
    else:
        said = " ".join(
            f"{name}={worded(event.name, name, value)}" for name, value in told.items() if is_news(event, value)
        )
    if order is not None and (brief := brief_of(order)):
        said = f"{said} ({brief})".lstrip()
    number, at, name, stream = map(plain, (event.seq, moment(event.at, " "), event.name, event.stream))
    return f"{number:>7}  {at:<19}  {name:<22} {stream}  {said}".rstrip()


def brief_of(order: Recorded) -> str:
    """Return what an order is in a few words, by the event that made it."""
    told = payload_of(order) or {}
    return " ".join(
        spelled(told[name]) if name != "quantity" else amount(str(told[name])) for name in BRIEF if name in told
    )


def plain(value: Any) -> int | str:
    """Return what a column keeps as what it should be; SQLite keeps whatever it is given."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if isinstance(value, int | str) else str(value)


def is_news(event: Recorded, value: Any) -> bool:
    """Say whether a value of an event says something that its stream does not."""
    return value not in (None, "") and f"/{value}" not in str(event.stream)


def worded(event: str, name: str, value: Any) -> str:
    """Return a field of an event as one word: amounts and moments as people read them.

    >>> worded("fill.booked", "cost", "40.28682499481459"), worded("fill.booked", "decided_at", 1705759200000)
    ('40.286825', '2024-01-20T14:00:00Z')
    >>> worded("fill.booked", "trade", "40.28682499481459")
    '40.28682499481459'
    """
    if isinstance(value, float) or (isinstance(value, str) and name in amounts(event)):
        return amount(str(value))
    if isinstance(value, int) and (name.endswith("_at") or name in ("since", "until")):
        return f"{moment(value, 'T')}Z"
    return spelled(value)


@cache
def amounts(event: str) -> frozenset[str]:
    """Return the fields of an event that are money or quantities: they are told as text, as names are."""
    hints = get_type_hints(KNOWN[event]) if event in KNOWN else {}
    return frozenset(name for name, hint in hints.items() if Decimal in (hint, *get_args(hint)))


def amount(told: str) -> str:
    """Return an amount with the digits that say something; one that is none stays as it is.

    >>> amount("1.500"), amount("1234567.8912345678"), amount("0.080224339033443656"), amount("lots")
    ('1.5', '1234567.89', '0.080224339', 'lots')
    """
    try:
        number = Decimal(told)
    except InvalidOperation:
        return spelled(told)
    if not number.is_finite() or abs(number.adjusted()) > KEPT:
        return spelled(told)
    if len(number.normalize().as_tuple().digits) > KEPT:
        number = round(number, max(CENTS, SHOWN - 1 - number.adjusted()))
    return decimal_text(number)


def moment(at: Any, between: str) -> str:
    """Return epoch milliseconds as a day and a time, UTC; what is no moment stays as it is.

    >>> moment(1705759200000, " "), moment(1705759200250, "T"), moment("noon", " ")
    ('2024-01-20 14:00:00', '2024-01-20T14:00:00.250', 'noon')
    """
    try:
        known = EPOCH + timedelta(milliseconds=at)
    except (TypeError, OverflowError):
        return str(plain(at))
    return known.replace(tzinfo=None).isoformat(between, "auto" if not at % 1000 else "milliseconds")


def spelled(value: Any) -> str:
    """Return a value of an event as one word.

    >>> spelled("1.5"), spelled("two words"), spelled(["BTC/USDT"])
    ('1.5', '"two words"', '["BTC/USDT"]')
    """
    if isinstance(value, str) and " " not in value and value.isprintable():
        return value
    return json.dumps(value, ensure_ascii=False)
