"""What two runs did not have in common when they began, read from what each noted about itself."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cryptoflow.report.comparison import Difference

Manifest = Mapping[str, Any]

SHORT = 12
"""Characters of a digest that are enough for people to tell two apart."""

APART = {"guests"}
"""Keys of a recorded spec that are told as parts of their own."""


def differences(one: Manifest, other: Manifest) -> tuple[Difference, ...]:
    """Return every input that differs, the spec first: what a trader changed stands before what a machine did."""
    return (
        *_spec(one, other),
        *_plugins(one, other),
        *_pairs("data", one["series"], other["series"], short=True),
        *_pairs("listings", *(dict(flat(each.get("listings") or {})) for each in (one, other)), short=True),
        *_single("period", one, other),
        *_single("engine", one, other),
        *_pairs("limit", _numbers(one["rules"]), _numbers(other["rules"])),
        *_pairs("market", *_shared(one["markets"], other["markets"])),
        *_single("code", one, other, short=True),
        *_pairs("version", one["versions"], other["versions"]),
    )


def flat(values: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Return every value of a recorded spec under its dotted key; items of a list go by `id`, else by position.

    >>> dict(flat({"sizing": {"risk": "1%"}, "strategies": [{"id": "trend", "with": {"fast": 3}}], "rules": []}))
    {'sizing.risk': '1%', 'strategies.trend.id': 'trend', 'strategies.trend.with.fast': 3}
    """
    if isinstance(values, Mapping):
        for key, inside in values.items():
            yield from flat(inside, f"{prefix}{key}.")
    elif isinstance(values, list) and any(isinstance(each, Mapping) for each in values):
        for position, inside in enumerate(values):
            name = inside.get("id", position) if isinstance(inside, Mapping) else position
            yield from flat(inside, f"{prefix}{name}.")
    elif values not in (None, []):
        yield prefix[:-1], values


def shown(value: Any) -> str:
    """Return a recorded value as it is written in a spec; nothing for an absent one.

    >>> shown("2%"), shown(None), shown(True), shown(["BTC/USDT", "ETH/USDT"])
    ('2%', '', 'true', '[BTC/USDT, ETH/USDT]')
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def _spec(one: Manifest, other: Manifest) -> Iterator[Difference]:
    told = APART | ({"period"} if one["period"] != other["period"] else set())
    specs = ({key: value for key, value in each["spec"].items() if key not in told} for each in (one, other))
    yield from _pairs("spec", *(dict(flat(spec)) for spec in specs))


def _plugins(one: Manifest, other: Manifest) -> Iterator[Difference]:
    yield from _pairs("plugin", one["spec"].get("guests", {}), other["spec"].get("guests", {}), short=True)


def _numbers(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Return the limits that hold in the end, whoever set them."""
    return dict(flat(dict(rules)))


def _shared(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what venues ask of the symbols that both runs trade; the others are told by the spec already."""
    both = one.keys() & other.keys()
    first, second = (dict(flat({symbol: each[symbol] for symbol in sorted(both)})) for each in (one, other))
    return first, second


def _single(what: str, one: Manifest, other: Manifest, *, short: bool = False) -> Iterator[Difference]:
    yield from _pairs(what, {"": one[what]}, {"": other[what]}, short=short)


def _pairs(what: str, one: Mapping[str, Any], other: Mapping[str, Any], *, short: bool = False) -> Iterator[Difference]:
    end = SHORT if short else None
    for key in dict.fromkeys((*one, *other)):
        first, second = one.get(key), other.get(key)
        if first != second:
            yield Difference(what, key, shown(first)[:end], shown(second)[:end])
