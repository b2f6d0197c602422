"""Bars of the store for a run: of the timeframe that was asked for, or made of finer ones."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.detail import grown
from cryptoflow.market.store.dataset import Dataset, never_asked
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Manifest
from cryptoflow.market.store.spans import Span, aligned, bars_in, full, inside
from cryptoflow.market.store.store import Store
from cryptoflow.market.times import DAY, grid_offset, moment, timeframe_name

SHOWN = 3
"""Spans named of those that nobody asked for."""


def served(store: Store, asked: Asked) -> Bars:
    """Return the bars that were asked for; notes say what they are made of and which spans are not stored.

    Bars of the timeframe itself are taken, unless finer ones make up more of them within the span. A bar made of finer
    ones is left out when some inside it were never asked for: it is available at its close, and that is not known yet.
    """
    wanted = Key(asked.venue, asked.symbol, asked.timeframe)
    span = aligned((asked.start, asked.end), asked.timeframe)
    fitting = [store.dataset(key) for key in store.keys_of(asked.venue, asked.symbol) if makes(key, asked.timeframe)]
    if not fitting:
        raise CryptoflowError(
            f"the store has no bars of {wanted}, nor shorter ones to make them of",
            fix=f"`{_download(asked)}` fetches them, `cryptoflow data import FILE` takes them from a file"
            if "/" in asked.symbol
            else "the store keeps pairs of currencies only; the source `yahoo` reads stocks",
        )
    chosen = max(fitting, key=lambda dataset: (_stored(dataset, span, asked.timeframe), dataset.key.timeframe))
    # Somebody may add bars meanwhile: what was asked for is told by the manifest that names these.
    known, bars = chosen.loaded(*span)
    unknown = never_asked(known, span)
    notes = [*bars.notes, *_not_stored(asked, known, unknown)]
    if chosen.key.timeframe != asked.timeframe:
        notes.insert(0, _made_of(bars, asked, chosen.key))
        bars = complete(grown(bars, asked.timeframe), unknown)
    if not len(bars):
        raise CryptoflowError(
            f"the store has no bars of {wanted} from {moment(asked.start)} to {moment(asked.end)}",
            fix=f"{_has(known)}; `{_download(asked)}` fetches more",
        )
    return replace(bars, notes=tuple(notes))


def makes(key: Key, timeframe: int) -> bool:
    """Say whether bars of a key make up those of a timeframe, or are of it.

    >>> [makes(Key("binance", "BTC/USDT", minutes * 60_000), 3_600_000) for minutes in (15, 45, 60, 240)]
    [True, False, True, False]
    """
    apart = grid_offset(timeframe) - grid_offset(key.timeframe)
    return timeframe % key.timeframe == 0 and apart % key.timeframe == 0


def complete(bars: Bars, unknown: tuple[Span, ...]) -> Bars:
    """Return the bars that no unknown span reaches into."""
    whole = np.ones(len(bars), np.bool_)
    for start, end in unknown:
        first, last = np.searchsorted(bars.open_at, (start - bars.timeframe + 1, end))
        whole[first:last] = False
    if whole.all():
        return bars
    columns: dict[str, Any] = {name: getattr(bars, name)[whole] for name in COLUMNS}
    return replace(bars, **columns)


def whole(known: Manifest, span: Span, timeframe: int) -> int:
    """Return how many whole bars of a timeframe a dataset has within a span, or has the finer ones for."""
    asked = [full(each, timeframe) for each in inside(span, known.covered)]
    empty = known.empty
    lacking = (full(span, timeframe) for each in asked for span in inside(each, empty))
    return bars_in(asked, timeframe) - bars_in(lacking, timeframe)


def _stored(dataset: Dataset, span: Span, timeframe: int) -> int:
    known = dataset.manifest()
    return whole(known, span, timeframe) if known else 0


def _made_of(bars: Bars, asked: Asked, key: Key) -> str:
    finer, gaps = timeframe_name(key.timeframe), bars.gaps()
    lacking = f", of which {gaps:,} are missing" if gaps else ""
    return f"bars of {asked.symbol} are made of {len(bars) + gaps:,} stored ones of {finer}{lacking}."


def _not_stored(asked: Asked, known: Manifest, unknown: tuple[Span, ...]) -> Iterator[str]:
    """What to say of spans that nobody asked the venue for: a run begins later there, or ends sooner."""
    what = f"{asked.symbol} is not stored as {timeframe_name(known.timeframe)}"
    for start, end in unknown[:SHOWN]:
        command = _download(asked._replace(start=start, timeframe=known.timeframe))
        yield f"{what} from {moment(start)} to {moment(end)}: `{command}` fetches it."
    if len(unknown) > SHOWN:
        yield f"{what} in {len(unknown) - SHOWN:,} more spans."


def _has(known: Manifest) -> str:
    if known.ends is None:
        return "it has none at all"
    first, end = map(moment, known.ends)
    return f"it has those of {timeframe_name(known.timeframe)} from {first} to {end}"


def _download(asked: Asked) -> str:
    day = moment(asked.start // DAY * DAY).partition(" ")[0]
    frame = timeframe_name(asked.timeframe)
    return f"cryptoflow data download {asked.symbol} --venue {asked.venue} --timeframe {frame} --since {day}"
