"""Events as canonical JSON and back: the same fact has the same text, on every machine and for ever.

Keys are sorted, there are no spaces, a decimal is text without exponent or needless zeros.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from decimal import Decimal
from math import isfinite
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from cryptoflow.domain.events.event import Event

Read = Callable[[Any], Any]


class Unreadable(ValueError):
    """A payload is not what its event says of itself."""


def decimal_text(number: Decimal) -> str:
    """Return a decimal as the one text that all its spellings share.

    >>> decimal_text(Decimal("1.500")), decimal_text(Decimal("1E+3")), decimal_text(Decimal("-0.00"))
    ('1.5', '1000', '0')
    """
    if not number.is_finite():
        raise Unreadable(f"{number} is no amount")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def canonical(value: Any) -> str:
    """Return JSON that depends on nothing but the value.

    >>> canonical({"b": Decimal("0.10"), "a": (1, True, None)})
    '{"a":[1,true,null],"b":"0.1"}'
    """
    return _json.encode(value)


def payload(event: Event) -> str:
    """Return an event's fields as canonical JSON."""
    return _json.encode({name: getattr(event, name) for name in readers(type(event))})


def event_of(kind: type[Event], told: Mapping[str, Any]) -> Event:
    """Return the event that a payload tells; a field too many or too few is an error."""
    known = readers(kind)
    if known.keys() != told.keys():
        odd = ", ".join(sorted(known.keys() ^ told.keys()))
        raise Unreadable(f"{kind.name} of schema {kind.schema} does not fit its payload: {odd}")
    return kind(**{name: read(told[name]) for name, read in known.items()})


_READERS: dict[type[Event], Mapping[str, Read]] = {}


def readers(kind: type[Event]) -> Mapping[str, Read]:
    """Return what reads each field of an event out of JSON; made once per event."""
    found = _READERS.get(kind)
    if found is None:
        hints = get_type_hints(kind)
        found = _READERS[kind] = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return found


class Shape(NamedTuple):
    """A JSON value's type, and what makes ours of it."""

    told: type | tuple[type, ...]
    make: Read


SHAPES: Mapping[Any, Shape] = {
    str: Shape(str, str),
    bool: Shape(bool, bool),
    int: Shape(int, int),
    float: Shape((int, float), float),
    Decimal: Shape(str, Decimal),
}


def _reader(hint: Any) -> Read:
    if get_origin(hint) in (Union, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        read = _reader(inner)
        return lambda told: None if told is None else read(told)
    if get_origin(hint) is tuple:
        read = _reader(get_args(hint)[0])
        return lambda told: tuple(read(each) for each in told)
    shape = SHAPES[hint]

    def reader(told: Any) -> Any:
        if not isinstance(told, shape.told) or (isinstance(told, bool) and hint is not bool):
            raise Unreadable(f"{told!r} is no {hint.__name__}")
        return shape.make(told)

    return reader


class _Canonical(json.JSONEncoder):
    """JSON in one spelling; what has none is refused."""

    def default(self, o: Any) -> Any:
        """Spell a decimal as text."""
        if isinstance(o, Decimal):
            return decimal_text(o)
        raise Unreadable(f"{o!r} has no place in a journal")


_json = _Canonical(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False)


def finite(number: float) -> float | None:
    """Return a number as JSON can tell it: what is not finite is not known.

    >>> finite(1.5), finite(float("nan"))
    (1.5, None)
    """
    return number if isfinite(number) else None
