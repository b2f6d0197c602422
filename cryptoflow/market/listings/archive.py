"""The recorded days of a venue, one file each: the first of a month whole, later ones as what differs from it."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.listings.terms import Snapshot, Terms
from cryptoflow.market.store.disk import UNFINISHED, alone, make, written
from cryptoflow.settings import settings

if TYPE_CHECKING:
    from cryptoflow.market.listings.day_file import DayFile

LOCK = ".lock"


class Day(NamedTuple):
    """The snapshot of one UTC day of a venue, when it was taken by its clock (epoch milliseconds), and its digest."""

    venue: str
    day: date
    recorded_at: int
    snapshot: Snapshot
    digest: str


class LostBaseError(CryptoflowError):
    """A day is as it was written, but not the one that it differs from."""


def record(home: Path, venue: str, snapshot: Snapshot, now: int) -> Day:
    """Keep a snapshot as that of the day of `now`, which the venue's clock tells (epoch milliseconds).

    It takes the place of an earlier one of that day; volumes it lacks stay as they were.

    A day that later ones follow, after a clock was set back, stays as it is: they may stand on it.
    """
    if not snapshot.terms:
        raise CryptoflowError(f"{venue} lists no spot symbol, so there is nothing to record", code=ExitCode.UNAVAILABLE)
    folder = _folder(home, venue)
    with written(f"the listings of {venue}", folder):
        make(folder)
        with alone(folder / LOCK):
            for left in folder.glob(f"*{UNFINISHED}"):
                left.unlink()
            return _recorded(home, venue, snapshot, now)


def _recorded(home: Path, venue: str, snapshot: Snapshot, now: int) -> Day:
    from cryptoflow.market.listings.day_file import Base, Content, store

    today, there = day_of(now), days(home, venue)
    before = _readable(home, venue, today) if today in there else None
    if before is not None:
        kept = snapshot if snapshot.volumes else Snapshot(snapshot.terms, before.snapshot.volumes)
        if there[-1] > today or before.digest == kept.digest:
            return before
        snapshot = kept
    base = _base_for(home, venue, today)
    whole = {} if base is None else base.content.terms
    content = Content(
        venue=venue,
        day=today,
        recorded_at=now,
        base=None if base is None else Base(base.content.day, base.seal),
        terms=_differing(snapshot.terms, whole),
        volumes=snapshot.volumes,
        digest=snapshot.digest,
    )
    store(file_of(home, venue, today), content)
    return Day(venue, today, now, snapshot, snapshot.digest)


def _readable(home: Path, venue: str, day: date) -> Day | None:
    """A recorded day; None for one whose base is lost, as it can only be recorded anew."""
    try:
        return read(home, venue, day)
    except LostBaseError:
        return None


def _base_for(home: Path, venue: str, today: date) -> "DayFile | None":
    """What today is kept as a difference from: the base of its month, None where there is none that can be read."""
    earlier = [day for day in days(home, venue) if day < today and _month(day) == _month(today)]
    if not earlier:
        return None
    try:
        last = _opened(home, venue, earlier[-1])
        return _base(home, venue, last) or last
    except CryptoflowError:
        return None  # today is recorded whole then, and so is what stands on it


def _differing(terms: Mapping[str, Terms], whole: Mapping[str, Terms | None]) -> dict[str, Terms | None]:
    return {symbol: terms.get(symbol) for symbol in sorted({*terms, *whole}) if terms.get(symbol) != whole.get(symbol)}


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
    file = _opened(home, venue, day)
    base, content = _base(home, venue, file), file.content
    whole = {} if base is None else base.content.terms
    terms = {symbol: told for symbol, told in {**whole, **content.terms}.items() if told is not None}
    return Day(venue, day, content.recorded_at, Snapshot(terms, content.volumes), content.digest)


def course(
    home: Path, venue: str, first: date, last: date, symbols: Iterable[str]
) -> Iterator[tuple[date, dict[str, Terms]]]:
    """Yield the terms of some symbols on each recorded day of a span; those that were not listed are left out."""
    wanted, bases = tuple(symbols), dict[date, "DayFile"]()
    for day in days(home, venue):
        if first <= day <= last:
            file = _opened(home, venue, day)
            base = _base(home, venue, file, bases)
            whole = {} if base is None else base.content.terms
            told = ((symbol, file.content.terms.get(symbol, whole.get(symbol))) for symbol in wanted)
            yield day, {symbol: terms for symbol, terms in told if terms is not None}


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


def _opened(home: Path, venue: str, day: date) -> "DayFile":
    from cryptoflow.market.listings.day_file import opened

    try:
        return opened(file_of(home, venue, day), venue, day)
    except CryptoflowError as error:
        others = sum(1 for _ in _standing_on(home, venue, day))
        if not others:
            raise
        fix = f"restore it from a copy: {others:,} other days tell what differs from it, and cannot be read without it"
        raise CryptoflowError(error.problems[0].what, fix=fix) from error


def _standing_on(home: Path, venue: str, day: date) -> Iterator[date]:
    from cryptoflow.market.listings.day_file import opened

    for other in days(home, venue):
        with suppress(CryptoflowError):
            if other > day and _month(other) == _month(day):
                base = opened(file_of(home, venue, other), venue, other).content.base
                if base is not None and base.day == day:
                    yield other


def _base(home: Path, venue: str, file: "DayFile", known: "dict[date, DayFile] | None" = None) -> "DayFile | None":
    """The file that another differs from, as it was then; None for one that is whole. It is looked for in `known`."""
    base = file.content.base
    if base is None:
        return None
    known = {} if known is None else known
    try:
        found = known[base.day] = known.get(base.day) or _opened(home, venue, base.day)
    except CryptoflowError as error:
        raise _lost(home, venue, file, error.problems[0].what) from error
    if found.seal != base.seal:
        raise _lost(home, venue, file, f"{file_of(home, venue, base.day)} is another than it was then")
    return found


def _lost(home: Path, venue: str, file: "DayFile", why: str) -> LostBaseError:
    day, base = file.content.day, file.content.base
    assert base is not None
    return LostBaseError(
        f"{file_of(home, venue, day)} tells what differs from {base.day}, but {why}",
        fix=f"restore the file of {base.day} from a copy: without it the days that differ from it cannot be read",
    )
