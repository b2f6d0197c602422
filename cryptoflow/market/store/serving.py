"""Bars of the store for a run: of the timeframe that was asked for, or made of finer ones."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.detail import grown
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.spans import Span, aligned, inside
from cryptoflow.market.store.store import Store
from cryptoflow.market.times import DAY, grid_offset, moment, timeframe_name

SHOWN = 3
"""Spans named of those that nobody asked for."""


def served(store: Store, asked: Asked) -> Bars:
    """Return the bars that were asked for; notes say what they are made of and what was never fetched.

    Bars of the timeframe itself are taken, unless finer ones cover more of the span. A bar made of finer ones is left
    out when some inside it were never asked for: it is available at its close, and that is not known yet.
    """
    wanted = Key(asked.venue, asked.symbol, asked.timeframe)
    span = aligned((asked.start, asked.end), asked.timeframe)
    fitting = [store.dataset(key) for key in store.keys_of(asked.venue, asked.symbol) if makes(key, asked.timeframe)]
    if not fitting:
        raise CryptoflowError(
            f"the store has no bars of {wanted}, nor shorter ones to make them of",
            fix=f"`{_download(asked)}` fetches them, `cryptoflow data import FILE` takes them from a file",
        )
    chosen = max(fitting, key=lambda dataset: (_covered(dataset, span), dataset.key.timeframe))
    bars = chosen.load(*span)
    unknown = chosen.uncovered(*span)
    notes = list(_never_asked(asked, unknown))
    if chosen.key.timeframe != asked.timeframe:
        notes.insert(0, _made_of(bars, asked, chosen.key))
        bars = complete(grown(bars, asked.timeframe), unknown)
    if not len(bars):
        raise CryptoflowError(
            f"the store has no bars of {wanted} from {moment(asked.start)} to {moment(asked.end)}",
            fix=f"{_has(chosen)}; `{_download(asked)}` fetches more",
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


def _covered(dataset: Dataset, span: Span) -> int:
    known = dataset.manifest()
    return sum(end - start for start, end in inside(span, known.covered)) if known else 0


def _made_of(bars: Bars, asked: Asked, key: Key) -> str:
    finer, gaps = timeframe_name(key.timeframe), bars.gaps()
    lacking = f", of which {gaps:,} are missing" if gaps else ""
    return f"bars of {asked.symbol} are made of {len(bars) + gaps:,} stored ones of {finer}{lacking}."


def _never_asked(asked: Asked, unknown: tuple[Span, ...]) -> Iterator[str]:
    """What to say of spans that nobody asked the venue for: a run begins later there, or ends sooner."""
    for start, end in unknown[:SHOWN]:
        yield (
            f"{asked.symbol} was never fetched from {moment(start)} to {moment(end)}: "
            f"`{_download(asked._replace(start=start))}` does."
        )
    if len(unknown) > SHOWN:
        yield f"{asked.symbol} was never fetched in {len(unknown) - SHOWN:,} more spans."


def _has(dataset: Dataset) -> str:
    known = dataset.manifest()
    if known is None or known.ends is None:
        return "it has none at all"
    first, end = map(moment, known.ends)
    return f"it has those of {timeframe_name(dataset.key.timeframe)} from {first} to {end}"


def _download(asked: Asked) -> str:
    day = moment(asked.start // DAY * DAY).partition(" ")[0]
    frame = timeframe_name(asked.timeframe)
    return f"cryptoflow data download {asked.symbol} --venue {asked.venue} --timeframe {frame} --since {day}"
