"""What `tilt ingest` reads: one JSON object per line, each one thing that the operator did."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from cryptoflow.domain.events.evidence import OverrideAttempted
from cryptoflow.domain.events.tilt import TiltObserved
from cryptoflow.errors import CryptoflowError, ExitCode, Place, Problem
from cryptoflow.spec.nearest import nearest


class Kind(NamedTuple):
    """What is said of a thing that was done: what has to be, and what may be."""

    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()


OVERRIDE = "override"

KINDS: Mapping[str, Kind] = {
    "order": Kind(("symbol", "notional")),
    "trade": Kind(("symbol", "profit"), ("stopped",)),
    "cancel": Kind((), ("symbol",)),
    "edit": Kind(("setting",), ("raised",)),
    OVERRIDE: Kind((), ("setting", "accepted")),
    "restart": Kind(),
}

TEXTS, AMOUNTS, FLAGS = ("symbol", "setting"), ("notional", "profit"), ("stopped", "raised", "accepted")
SEEN = ("symbol", "notional", "profit", "stopped", "setting", "raised")
"""What is said of anything but an override, which is an event of its own."""

FINEST, LARGEST = -18, 19
"""The powers of ten between which an amount is one that tables keep."""

SKEW = 60_000
"""Milliseconds that the clock of whoever observed may be ahead of ours."""

EXAMPLE = '{"at": "2026-03-01T09:30:00Z", "what": "order", "symbol": "BTC/USDT", "notional": "100"}'


class Observation(NamedTuple):
    """One thing that was done, and when."""

    at: int
    event: TiltObserved | OverrideAttempted


class Odd(Exception):
    """What is wrong with a line, and how it should be."""

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


def observations(lines: Iterable[str], file: str, now: int) -> list[Observation]:
    """Return what lines tell up to `now`; raises with every mistake in them, each with the number of its line."""
    problems: list[Problem] = []
    found: list[Observation] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            told = following(past(observation(line), now), found)
        except Odd as error:
            problems.append(Problem(error.what, Place(file, number, 1, line.rstrip("\n")), error.fix))
        else:
            found.append(told)
    if problems:
        raise CryptoflowError(problems, code=ExitCode.INVALID)
    return found


def past(told: Observation, now: int) -> Observation:
    """Return an observation of what has been, or raise `Odd`: the future would end levels before their time."""
    if told.at > now + SKEW:
        raise Odd("its `at` is in the future", "write when it was done; is the clock of this machine right (NTP)?")
    return told


def following(told: Observation, before: Sequence[Observation]) -> Observation:
    """Return an observation that follows others, or raise `Odd`."""
    if before and told.at < before[-1].at:
        raise Odd("it is before the line above it", "sort the lines by `at`")
    return told


def observation(line: str) -> Observation:
    """Return what a line tells, or raise `Odd`."""
    try:
        told = json.loads(line, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Odd("it is no JSON object", f"write {EXAMPLE}") from error
    if not isinstance(told, dict):
        raise Odd("it is no JSON object", f"write {EXAMPLE}")
    what = told.get("what")
    if not isinstance(what, str) or what not in KINDS:
        near = nearest(what, list(KINDS)) if isinstance(what, str) else None
        raise Odd(f"`what` is {what!r}", f"did you mean `{near}`?" if near else f"it is one of {', '.join(KINDS)}")
    for odd in wrong_names(what, told):
        raise odd
    fields: dict[str, Any] = dict.fromkeys(TEXTS, "") | dict.fromkeys(AMOUNTS) | dict.fromkeys(FLAGS, False)
    for name, value in told.items():
        if name not in ("at", "what"):
            fields[name] = field(name, value)
    at = moment(told.get("at"))
    if what == OVERRIDE:
        return Observation(at, OverrideAttempted(fields["setting"], fields["accepted"]))
    return Observation(at, TiltObserved(what, **{name: fields[name] for name in SEEN}))


def wrong_names(what: str, told: Mapping[str, Any]) -> Iterator[Odd]:
    """Yield what an object says too much or too little."""
    kind = KINDS[what]
    known = ("at", "what", *kind.must, *kind.may)
    for name in told:
        if name not in known:
            near = nearest(name, list(known))
            yield Odd(f"{what} has no `{name}`", f"did you mean `{near}`?" if near else f"it has {', '.join(known)}")
    for name in kind.must:
        if name not in told:
            yield Odd(f"{what} lacks `{name}`", f"it has {', '.join(known)}")


def field(name: str, value: Any) -> Any:
    """Return a value of an object as our event has it."""
    if name in FLAGS:
        if not isinstance(value, bool):
            raise Odd(f"`{name}` is {value!r}", "write true or false")
        return value
    if name in TEXTS:
        if not isinstance(value, str) or not value or not value.isprintable():  # half a character cannot be kept
            raise Odd(f"`{name}` is {value!r}", "write it as text")
        return value
    try:
        amount = Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
    except InvalidOperation:
        amount = None
    if amount is None or not is_kept(amount) or (name == "notional" and amount <= 0):
        raise Odd(f"`{name}` is {str(value)!r}", "write an amount of money, like 100 or 12.5")
    return amount


def is_kept(amount: Decimal) -> bool:
    """Say whether an amount is a number that the sums of an account can be made of.

    >>> is_kept(Decimal("-12.5")), is_kept(Decimal(0)), is_kept(Decimal("1e400")), is_kept(Decimal("NaN"))
    (True, True, False, False)
    """
    return amount.is_finite() and (not amount or FINEST <= amount.adjusted() <= LARGEST)


def moment(told: Any) -> int:
    """Return a moment in epoch milliseconds, from these or from ISO text with its offset.

    >>> moment("2024-01-20T14:00:00Z"), moment(1705759200000)
    (1705759200000, 1705759200000)
    """
    if isinstance(told, int) and not isinstance(told, bool) and told >= 0:
        return told
    try:
        at = datetime.fromisoformat(told) if isinstance(told, str) else None
        if at is not None and at.tzinfo is not None and (since := at.astimezone(UTC).timestamp()) >= 0:
            return int(since * 1000)
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no other offset
        pass
    raise Odd(f"`at` is {told!r}", "write epoch milliseconds, or 2026-03-01T09:30:00Z with its offset")
