"""What a reader must know of the listings a run stood on: whose filters and fees, what changed, which universe."""

from collections.abc import Iterator

from cryptoflow.market.listings.archive import day_of
from cryptoflow.pipelines.listed import Listed
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.execution import Costs
from cryptoflow.spec.market import Universe
from cryptoflow.spec.nearest import nearest
from cryptoflow.spec.values import Period

MOST = 5
"""Changes that are told one by one."""


def of_the_listings(resolved: Resolved, period: Period) -> Iterator[str]:
    """Say how a universe came about, which day's filters and fees held, and what the venue changed meanwhile."""
    listed = resolved.listed
    if listed is None:
        return
    yield from _of_the_universe(resolved, listed)
    what = " and ".join(_taken(resolved))
    if what:
        yield _source(listed, what, period)
    for symbol in resolved.symbols if listed.day else ():
        terms = listed.terms.get(symbol)
        if terms is None:
            yield f"{symbol} was not listed on {listed.venue} on {listed.day}."
        elif not terms.active:
            yield f"{symbol} was listed but not traded on {listed.venue} on {listed.day}."
    for change in listed.changes[:MOST]:
        yield f"{change.day}: {change.symbol}: {change.what}; this run kept what held before."
    if len(listed.changes) > MOST:
        more = len(listed.changes) - MOST
        yield f"{more:,} more changes of listings: `cryptoflow data listings --venue {listed.venue} --symbol SYMBOL`."


def _of_the_universe(resolved: Resolved, listed: Listed) -> Iterator[str]:
    universe = resolved.pipeline.market.symbols
    if isinstance(universe, Universe) and listed.universe is not None:
        fewer = f", fewer than the {universe.top} asked for" if len(resolved.symbols) < universe.top else ""
        named = ", ".join(resolved.symbols)
        yield f"The universe, fixed for the run, is what was traded most on {listed.universe.day}{fewer}: {named}."
        known = listed.universe.snapshot.terms
        for symbol in map(str, universe.exclude):
            if symbol not in known:
                near = nearest(symbol, tuple(known))
                meant = f"; did you mean {near}?" if near else "."
                yield f"{symbol}, which the universe excludes, was not listed on {listed.venue} that day{meant}"


def _source(listed: Listed, what: str, period: Period) -> str:
    first = day_of(period.start)
    if listed.day is None:
        return f"The {what} are from the package's table: none of {listed.venue} are recorded for {first}."
    late = ", the first day of the period that is recorded" if listed.day > first else ""
    return f"The {what} are those of {listed.venue} on {listed.day}{late}."


def _taken(resolved: Resolved) -> Iterator[str]:
    costs = resolved.pipeline.execution.costs
    if resolved.pipeline.market.filters == "venue":
        yield "filters"
    if isinstance(costs, Costs) and costs.fees == "venue":
        yield "fees"
