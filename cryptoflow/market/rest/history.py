"""A venue's past as a run reads it: what is stored is taken, the rest is fetched and stored first."""

import asyncio
from dataclasses import replace

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.fetch import Fetched, fetch
from cryptoflow.market.rest.offers import refuse_timeframe, refuse_unlisted
from cryptoflow.market.rest.pages import closed
from cryptoflow.market.rest.venue_client import venue_client
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.market.times import moment
from cryptoflow.settings import settings


def history(asked: Asked) -> Bars:
    """Return the bars that were asked for; the venue is asked only for what nobody asked it before."""
    clock = MachineClock()
    key = Key(str(asked.venue), str(asked.symbol), int(asked.timeframe))  # of a spec they are words with a place
    dataset = Store(asked.home / "data", clock).dataset(key)
    end = min(asked.end, closed(clock.now(), asked.timeframe))
    notes: tuple[str, ...] = ()
    if dataset.uncovered(asked.start, end):
        notes = _notes(key, asyncio.run(_fetched(dataset, asked.start, end, clock)))
    bars = None if dataset.manifest() is None else dataset.load(asked.start, asked.end)
    if bars is None or not len(bars):
        raise CryptoflowError(
            f"{asked.venue} has no bars of {asked.symbol} from {moment(asked.start)} to {moment(asked.end)}",
            fix="choose days on which it was traded there",
        )
    return replace(bars, notes=(*bars.notes, *notes))


async def _fetched(dataset: Dataset, start: int, end: int, clock: Clock) -> Fetched:
    venue, symbol, timeframe = dataset.key
    async with venue_client(venue, settings().url_of(venue), Priority.HISTORY, clock) as client:
        refuse_timeframe(venue, timeframe, client.timeframes())
        refuse_unlisted(venue, symbol, await client.symbols())
        newest = closed(await client.now(), timeframe)
        return await fetch(client, dataset, (start, min(end, newest)), newest)


def _notes(key: Key, fetched: Fetched) -> tuple[str, ...]:
    left_out = tuple(f"{key}: left out {defect.row}: {defect.what}" for defect in fetched.left_out)
    return (*left_out, *(f"{key}: the venue gives none before {moment(end)}" for _, end in fetched.unproven))
