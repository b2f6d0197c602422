"""What is recorded of venues' listings: an overview, the whole of a day, or the course of one symbol."""

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.listings.archive import Day, course, days, nearest, read, venues
from cryptoflow.market.listings.changes import Change, changes
from cryptoflow.market.listings.terms import Terms
from cryptoflow.pipelines.listed import told_near
from cryptoflow.spec.nearest import nearest as nearest_name
from cryptoflow.spec.nearest import suggestion


class Recorded(NamedTuple):
    """The recorded days of one venue."""

    venue: str
    days: tuple[date, ...]


class Course(NamedTuple):
    """A symbol's terms on the last recorded day that has it, what was traded then in its quote, and all changes."""

    venue: str
    symbol: str
    days: tuple[date, ...]
    day: date
    terms: Terms
    volume: float | None
    changes: tuple[Change, ...]


def overview(home: Path, venue: str | None = None) -> tuple[Recorded, ...]:
    """Return the recorded days of every venue, or of one."""
    names = venues(home) if venue is None else (venue_of(home, venue),)
    return tuple(Recorded(name, days(home, name)) for name in names)


def venue_of(home: Path, venue: str | None) -> str:
    """Return the venue that is meant: the one named, or the only one there is."""
    recorded = venues(home)
    if venue in recorded:
        return str(venue)
    if not recorded:
        fix = "`cryptoflow data download` records those of a venue whenever it runs"
        raise CryptoflowError(f"no listings are recorded in {home / 'data'}", fix=fix)
    if venue is None and len(recorded) == 1:
        return recorded[0]
    what = f"no listings of {venue} are recorded" if venue else "listings of several venues are recorded"
    fix = suggestion(venue, recorded, "there are") if venue else f"name one with --venue: {', '.join(recorded)}"
    raise CryptoflowError(what, fix=fix, code=ExitCode.USAGE)


def day_shown(home: Path, venue: str, day: str, symbol: str | None = None) -> Day:
    """Return a recorded day, `last` being the newest, of all its symbols or of one."""
    recorded = days(home, venue)
    try:
        asked = recorded[-1] if day == "last" else date.fromisoformat(day)
    except ValueError as error:
        fix = "write it like 2024-05-01, or last"
        raise CryptoflowError(f"{day} is no day of the calendar", fix=fix, code=ExitCode.USAGE) from error
    if asked not in recorded:
        fix = told_near(nearest(recorded, asked), venue)
        raise CryptoflowError(f"{asked} of {venue} is not recorded", fix=fix)
    found = read(home, venue, asked)
    if symbol is None:
        return found
    if symbol not in found.snapshot.terms:
        raise unknown(symbol, found)
    return found._replace(snapshot=found.snapshot.only(symbol))


def course_of(home: Path, venue: str, symbol: str) -> Course:
    """Return what is recorded of one symbol over all days."""
    recorded = days(home, venue)
    told = [*course(home, venue, recorded[0], recorded[-1], [symbol])]
    having = [(day, terms[symbol]) for day, terms in told if symbol in terms]
    if not having:
        raise unknown(symbol, read(home, venue, recorded[-1]))
    day, terms = having[-1]
    volume = read(home, venue, day).snapshot.volumes.get(symbol)
    return Course(venue, symbol, recorded, day, terms, volume, tuple(changes(told)))


def unknown(symbol: str, day: Day) -> CryptoflowError:
    """Return the refusal of a symbol that a venue does not list."""
    near = nearest_name(symbol, tuple(day.snapshot.terms))
    fix = f"did you mean {near}?" if near else f"`cryptoflow data listings --day {day.day}` shows all"
    return CryptoflowError(f"{day.venue} does not list {symbol} on {day.day}", fix=fix)


def plain_day(day: Day) -> dict[str, Any]:
    """Return a day as JSON takes it."""
    volumes = day.snapshot.volumes
    symbols = {symbol: plain_terms(terms, volumes.get(symbol)) for symbol, terms in day.snapshot.terms.items()}
    return {"venue": day.venue, "day": str(day.day), "digest": day.digest, "symbols": symbols}


def plain_terms(terms: Terms, volume: float | None) -> dict[str, Any]:
    """Return terms as JSON takes them, with what was traded in 24 hours and the currency which that is in."""
    return {**terms._asdict(), "volume": volume, "volume_currency": terms.quote}


def plain_course(course: Course) -> dict[str, Any]:
    """Return the course of a symbol as JSON takes it."""
    return {
        "venue": course.venue,
        "symbol": course.symbol,
        "days": [str(day) for day in course.days],
        "day": str(course.day),
        "terms": plain_terms(course.terms, course.volume),
        "changes": [{"day": str(change.day), "what": change.what} for change in course.changes],
    }
