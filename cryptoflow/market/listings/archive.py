"""The recorded days of a venue, one file each: the first of a month whole, later ones as what differs from it."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.listings.terms import Snapshot, Terms
from cryptoflow.settings import settings

VERSION = 1
NOTED = {"version", "base", "terms", "volumes", "digest", "recorded_at"}

Body = dict[str, Any]


class Day(NamedTuple):
    """The snapshot of one UTC day, when it was taken (epoch milliseconds), and the digest of the whole of it."""

    venue: str
    day: date
    recorded_at: int
    snapshot: Snapshot
    digest: str


def record(home: Path, venue: str, snapshot: Snapshot, clock: Clock) -> Day:
    """Keep a snapshot as that of today, in place of an earlier one of today; volumes it lacks stay as they were."""
    if not snapshot.terms:
        raise CryptoflowError(f"{venue} lists no spot symbol, so there is nothing to record", code=ExitCode.UNAVAILABLE)
    now = clock.now()
    today = day_of(now)
    before = read(home, venue, today) if today in days(home, venue) else None
    if before is not None and not snapshot.volumes:
        snapshot = Snapshot(snapshot.terms, before.snapshot.volumes)
    if before is not None and before.digest == snapshot.digest:
        return before
    base = min((each for each in days(home, venue) if _month(each) == _month(today)), default=today)
    whole = {} if base == today else _body(home, venue, base)["terms"]
    told = {symbol: terms.plain() for symbol, terms in snapshot.terms.items()}
    body = {
        "version": VERSION,
        "venue": venue,
        "day": str(today),
        "recorded_at": now,
        "base": None if base == today else str(base),
        "terms": {symbol: told.get(symbol) for symbol in {*told, *whole} if told.get(symbol) != whole.get(symbol)},
        "volumes": snapshot.volumes,
        "digest": snapshot.digest,
    }
    _write(file_of(home, venue, today), body)
    return Day(venue, today, now, snapshot, snapshot.digest)


def days(home: Path, venue: str) -> tuple[date, ...]:
    """Return every day of a venue that is recorded, the earliest first."""
    named = (_date(file.stem) for file in _folder(home, venue).glob("*.json"))
    return tuple(sorted(each for each in named if each is not None))


def venues(home: Path) -> tuple[str, ...]:
    """Return the venues of which days are recorded."""
    found = (folder.parent.name for folder in (home / "data").glob("*/listings"))
    return tuple(sorted(venue for venue in found if days(home, venue)))


def known(home: Path, venue: str, day: date, within: int | None = None) -> Day | None:
    """Return the newest day at or before `day` that is not older than so many days (a setting), or None."""
    oldest = day - timedelta(days=settings().listings_age if within is None else within)
    newest = max((each for each in days(home, venue) if oldest <= each <= day), default=None)
    return None if newest is None else read(home, venue, newest)


def nearest(recorded: Iterable[date], day: date) -> tuple[date, ...]:
    """Return the last recorded day before a day and the first after it, as far as there are any.

    >>> [str(each) for each in nearest([date(2024, 5, 1), date(2024, 5, 9)], date(2024, 5, 4))]
    ['2024-05-01', '2024-05-09']
    """
    ordered = sorted(recorded)
    ends = ordered[:1] if ordered and ordered[0] > day else ordered[-1:]
    return next((pair for pair in pairwise(ordered) if pair[0] < day < pair[1]), tuple(ends))


def read(home: Path, venue: str, day: date) -> Day:
    """Return a recorded day; one that is not what was recorded is refused."""
    body = _body(home, venue, day)
    whole = _body(home, venue, date.fromisoformat(body["base"]))["terms"] if body["base"] else {}
    snapshot = Snapshot(_terms({**whole, **body["terms"]}), body["volumes"])
    if snapshot.digest != body["digest"]:
        raise CryptoflowError(
            f"{file_of(home, venue, day)} was changed since it was recorded",
            fix="restore it from a copy, or remove it and do without that day",
        )
    return Day(venue, day, int(body["recorded_at"]), snapshot, snapshot.digest)


def course(
    home: Path, venue: str, first: date, last: date, symbols: Iterable[str]
) -> Iterator[tuple[date, dict[str, Terms]]]:
    """Yield the terms of some symbols on each recorded day of a span; those that were not listed are left out."""
    wanted, wholes = tuple(symbols), dict[str, Mapping[str, Any]]()
    for day in days(home, venue):
        if not first <= day <= last:
            continue
        base, changed = _differing(file_of(home, venue, day))
        base = base or str(day)
        if base not in wholes:
            whole = _differing(_folder(home, venue) / f"{base}.json")[1]
            wholes[base] = {symbol: whole.get(symbol) for symbol in wanted}
        told = {symbol: changed[symbol] for symbol in wanted if symbol in changed}
        yield day, _terms({**wholes[base], **told})


def file_of(home: Path, venue: str, day: date) -> Path:
    """Return the file of a day, whether it is there or not."""
    return _folder(home, venue) / f"{day}.json"


def day_of(at: int) -> date:
    """Return the UTC day of a moment.

    >>> day_of(1_714_521_600_000)
    datetime.date(2024, 5, 1)
    """
    return datetime.fromtimestamp(at / 1000, UTC).date()


def _folder(home: Path, venue: str) -> Path:
    return home / "data" / venue / "listings"


def _month(day: date) -> tuple[int, int]:
    return day.year, day.month


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _terms(told: Mapping[str, Any]) -> dict[str, Terms]:
    return {symbol: Terms.of(each) for symbol, each in told.items() if each is not None}


def _body(home: Path, venue: str, day: date) -> Body:
    file = file_of(home, venue, day)
    try:
        body: Body = json.loads(file.read_bytes())
        wrong = f"it lacks {', '.join(sorted(NOTED - body.keys()))}" if NOTED - body.keys() else ""
        if not wrong and body["version"] != VERSION:
            wrong = f"it has version {body['version']}, and {VERSION} is what is known here"
        if not wrong:
            _terms(body["terms"])
    except (OSError, ValueError, TypeError, AttributeError) as error:
        wrong = str(error)
    if wrong:
        raise unreadable(file, wrong)
    return body


def _differing(file: Path) -> tuple[str | None, Mapping[str, Any]]:
    """Return which day a file is based on, and the terms that differ; volumes, most of it, are passed over."""
    import msgspec

    try:
        head = _head().decode(file.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise unreadable(file, str(error)) from error
    return head.base, head.terms


@cache
def _head() -> Any:
    import msgspec

    fields: list[Any] = [("base", str | None), ("terms", dict[str, dict[str, Any] | None])]
    return msgspec.json.Decoder(msgspec.defstruct("Head", fields))


def unreadable(file: Path, why: str) -> CryptoflowError:
    """Return the refusal of a file that is no day."""
    fix = "restore it from a copy, or remove it and do without that day"
    return CryptoflowError(f"{file} cannot be read: {why}", fix=fix)


def _write(file: Path, content: Body) -> None:
    """Put a file in its place as a whole: a crash on the way leaves the one before, or none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=".", suffix=".new", delete=False, encoding="utf-8") as new:
        try:
            json.dump(content, new, separators=(",", ":"), sort_keys=True, allow_nan=False)
            new.write("\n")
            new.flush()
            os.fsync(new.fileno())
            Path(new.name).replace(file)
        except BaseException:
            Path(new.name).unlink(missing_ok=True)
            raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
