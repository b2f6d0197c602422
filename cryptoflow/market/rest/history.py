"""A venue's past as a run reads it: what is stored is taken, the rest is fetched and stored first."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.market.closing import closed
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.budget import HERE
from cryptoflow.market.rest.fetch import Fetched, fetch
from cryptoflow.market.rest.offers import refuse_timeframe, refuse_unlisted
from cryptoflow.market.rest.venue_client import VenueClient, venue_client
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.market.times import moment
from cryptoflow.settings import settings

Notes = tuple[str, ...]


def history(asked: Asked) -> Bars:
    """Return the bars that were asked for; the venue is asked only for what nobody asked it before."""
    return asyncio.run(past([asked], MachineClock(), Priority.HISTORY))[0]


async def past(asked: Sequence[Asked], clock: Clock, priority: Priority) -> list[Bars]:
    """Return the bars of symbols of one venue, those that are not stored fetched all at once; refuse all that fail."""
    store = Store(asked[0].home / "data", clock)
    datasets = [store.dataset(_key(each)) for each in asked]
    ends = [min(each.end, closed(clock.now(), each.timeframe)) for each in asked]
    lacking = [
        (dataset, each.start, end)
        for dataset, each, end in zip(datasets, asked, ends, strict=True)
        if dataset.uncovered(each.start, end)
    ]
    notes: dict[Key, Notes] = {}
    if lacking:
        venue = str(asked[0].venue)
        budgets = asked[0].budgets or HERE
        async with venue_client(venue, settings().url_of(venue), priority, clock, budgets) as client:
            found = await asyncio.gather(*[_fetched(client, *each) for each in lacking])
        failed = [each for each in found if isinstance(each, CryptoflowError)]
        if failed:
            raise CryptoflowError([problem for each in failed for problem in each.problems], code=failed[0].code)
        notes = {
            dataset.key: told for (dataset, *_), told in zip(lacking, found, strict=True) if isinstance(told, tuple)
        }
    return [_loaded(dataset, each, notes) for dataset, each in zip(datasets, asked, strict=True)]


async def _fetched(client: VenueClient, dataset: Dataset, start: int, end: int) -> Notes | CryptoflowError:
    """Fetch and store what is lacking, and return what to know of it, or why it cannot be had."""
    venue, symbol, timeframe = dataset.key
    try:
        refuse_timeframe(venue, timeframe, client.timeframes())
        refuse_unlisted(venue, symbol, await client.symbols())
        newest = closed(await client.now(), timeframe)
        fetched = await fetch(client, dataset, (start, min(end, newest)), newest)
        return (*_notes(dataset.key, fetched), *client.budget.remarks)
    except CryptoflowError as error:
        return error


def _loaded(dataset: Dataset, asked: Asked, notes: dict[Key, Notes]) -> Bars:
    bars = None if dataset.manifest() is None else dataset.load(asked.start, asked.end)
    if bars is None or not len(bars):
        raise CryptoflowError(
            f"{asked.venue} has no bars of {asked.symbol} from {moment(asked.start)} to {moment(asked.end)}",
            fix="choose days on which it was traded there",
        )
    return replace(bars, notes=(*bars.notes, *notes.get(dataset.key, ())))


def _key(asked: Asked) -> Key:
    return Key(str(asked.venue), str(asked.symbol), int(asked.timeframe))  # of a spec they are words with a place


def _notes(key: Key, fetched: Fetched) -> Notes:
    left_out = tuple(f"{key}: left out {defect.row}: {defect.what}" for defect in fetched.left_out)
    return (*left_out, *(f"{key}: the venue gives none before {moment(end)}" for _, end in fetched.unproven))
