"""A spec as of the days it runs over: its universe chosen, and what its venue allowed and charged then looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, Place, Problem
from cryptoflow.market.listings.archive import Day, course, day_of, days, known, nearest, read
from cryptoflow.market.listings.changes import Change, changes
from cryptoflow.market.listings.terms import Terms
from cryptoflow.market.listings.universe import top
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.market import Universe
from cryptoflow.spec.values import Period

NEVER = (
    "name the symbols one by one: what a venue listed cannot be had in retrospect; "
    "`cryptoflow data download SYMBOL` records the venue's day on which it runs"
)
"""What helps where nothing is recorded."""


class Listed(NamedTuple):
    """What is known of a venue's listings for a period: the day in force, and what changed for the spec's symbols.

    `terms` are those of its symbols that were listed then, `universe` is the day a universe was chosen by.
    """

    venue: str
    day: date | None = None
    digest: str = ""
    terms: Mapping[str, Terms] = MappingProxyType({})
    changes: tuple[Change, ...] = ()
    universe: Day | None = None

    def facts(self) -> dict[str, Any] | None:
        """Return what a run notes: the days it stood on and their digests; None where none is recorded."""
        facts: dict[str, Any] = {"day": str(self.day), "digest": self.digest} if self.day is not None else {}
        if self.universe is not None:
            facts["universe"] = {"day": str(self.universe.day), "digest": self.universe.digest}
        return facts or None

    def digests(self) -> tuple[str, ...]:
        """Return what makes a run on other listings another run."""
        return (self.digest, "" if self.universe is None else self.universe.digest)


def as_of(resolved: Resolved, period: Period) -> Resolved:
    """Return a spec for a period: with its symbols, those of a universe chosen by the day before, and its listings.

    Nothing recorded after the period began chooses a symbol. The terms in force are those of the newest day at or
    before its start, or where there is none the first within it.
    """
    home, venue = home_of(resolved.file), str(resolved.pipeline.market.venue)
    first, last = day_of(period.start), day_of(period.end - 1)
    chosen = None
    if isinstance(resolved.pipeline.market.symbols, Universe):
        chosen = _chosen_by(resolved, period.start)
        resolved = replace(resolved, chosen=symbols_of(resolved, chosen))
    within = tuple(each for each in days(home, venue) if first <= each <= last)
    force = known(home, venue, first) or (read(home, venue, within[0]) if within else None)
    if force is None:
        return replace(resolved, listed=Listed(venue, universe=chosen))
    passed = changes(course(home, venue, force.day, last, resolved.symbols))
    terms = {symbol: force.snapshot.terms[symbol] for symbol in resolved.symbols if symbol in force.snapshot.terms}
    return replace(resolved, listed=Listed(venue, force.day, force.digest, terms, tuple(passed), chosen))


def unrecorded(resolved: Resolved, start: int | None = None) -> Problem | None:
    """Return what keeps a spec's universe from being chosen, and what helps; None where a day for it is recorded.

    Without a `start` the spec's own counts; one that has none is well with any day.
    """
    market, period = resolved.pipeline.market, resolved.pipeline.period
    if not isinstance(market.symbols, Universe):
        return None
    venue = str(market.venue)
    recorded = days(home_of(resolved.file), venue)
    start = period.start if start is None and period is not None else start
    if start is None:
        what = f"a universe is chosen by recorded listings, but {told_near((), venue)}"
        return None if recorded else Problem(what, _where(resolved), NEVER)
    day = day_of(start) - timedelta(days=1)
    if day in recorded:
        return None
    near = told_near(nearest(recorded, day), venue)
    what = f"the universe is chosen by the listings of {venue} of {day}, the day before the run, but {near}"
    return Problem(what, _where(resolved), way_out(recorded, day, day_of(MachineClock().now())))


def told_near(near: Sequence[date], venue: str) -> str:
    """Say which recorded days are the nearest to one that is not.

    >>> told_near([date(2024, 5, 1)], "binance"), told_near([], "binance")
    ('the nearest recorded day is 2024-05-01', 'no day of binance is recorded')
    """
    if not near:
        return f"no day of {venue} is recorded"
    return f"the nearest recorded {'days are' if len(near) > 1 else 'day is'} {' and '.join(map(str, near))}"


def way_out(recorded: Sequence[date], day: date, today: date) -> str:
    """Return what helps where `day` is not recorded: a run can begin after one that is, on a day that is over.

    >>> way_out([date(2024, 5, 1)], date(2024, 6, 1), today=date(2024, 7, 1))
    'begin on 2024-05-02, or name the symbols one by one'
    """
    if not recorded:
        return NEVER
    after = [each + timedelta(days=1) for each in nearest(recorded, day)]
    begins = " or ".join(str(each) for each in after if each < today)
    if begins:
        return f"begin on {begins}, or name the symbols one by one"
    return f"name the symbols one by one; a universe is for runs that begin on {after[0]} or later, once that is over"


def symbols_at(resolved: Resolved, start: int) -> tuple[str, ...]:
    """Return the symbols of a run that begins at a moment: those named, or those of its universe."""
    if isinstance(resolved.pipeline.market.symbols, Universe):
        return symbols_of(resolved, _chosen_by(resolved, start))
    return resolved.symbols


def own_symbols(resolved: Resolved) -> tuple[str, ...]:
    """Return the symbols of a spec over its own period; a universe that has none has no symbols yet, and is refused."""
    period = resolved.pipeline.period
    if period is None and not resolved.symbols:
        raise CryptoflowError(
            f"{resolved.file} has a universe and no period: which symbols it means is known when it runs",
            fix="add `period: 2024-01-01..2024-12-31` to the spec, or name the symbols",
        )
    return resolved.symbols if period is None else symbols_at(resolved, period.start)


def _chosen_by(resolved: Resolved, start: int) -> Day:
    """The recorded day by which the universe of a run is chosen that begins at a moment; refuse one that is not."""
    if problem := unrecorded(resolved, start):
        raise CryptoflowError([problem])
    return read(home_of(resolved.file), str(resolved.pipeline.market.venue), day_of(start) - timedelta(days=1))


def _where(resolved: Resolved) -> Place | None:
    """Where a spec asks for a universe."""
    written = resolved.origin(("market", "symbols"))
    return written.place if written else None


def symbols_of(resolved: Resolved, day: Day) -> tuple[str, ...]:
    """Return the symbols that a spec's universe has by a recorded day; none at all are refused."""
    universe = resolved.pipeline.market.symbols
    assert isinstance(universe, Universe)
    quote = quote_of(resolved)
    found = top(day.snapshot, universe.top, quote, universe.exclude)
    if not found:
        why = f"nothing is traded against {quote}" if day.snapshot.volumes else "that day was recorded without volumes"
        raise CryptoflowError(
            f"the universe is empty by the listings of {day.venue} of {day.day}: {why}",
            fix="choose another day, quote or venue; `cryptoflow data listings` shows what is recorded",
        )
    named = {node.stream.symbol for each in resolved.strategies if each.graph for node in each.graph.nodes} - {""}
    if named - {*found}:
        missing = ", ".join(sorted(named - {*found}))
        raise CryptoflowError(
            f"a strategy looks at {missing}, which the universe of {day.day} does not have",
            fix="name the symbols one by one, or leave of() out",
        )
    return found


def quote_of(resolved: Resolved) -> str:
    """Return what the symbols of a universe are paid with."""
    universe = resolved.pipeline.market.symbols
    own = universe.quote if isinstance(universe, Universe) else None
    return str(own or resolved.pipeline.capital.currency)


def foreseen(resolved: Resolved) -> Resolved:
    """Return a spec for its own period where that can be known, and else as it is."""
    period = resolved.pipeline.period
    if period is None:
        return resolved
    try:
        return as_of(resolved, period)
    except CryptoflowError:
        return resolved


def stand_in(resolved: Resolved) -> Resolved:
    """Return a spec with a symbol to speak of, where its universe is still to choose them."""
    return resolved if resolved.symbols else replace(resolved, chosen=(f"TOP/{quote_of(resolved)}",))
