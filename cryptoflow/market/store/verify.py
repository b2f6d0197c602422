"""A dataset held against its manifest, to the last byte."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import accumulate
from typing import NamedTuple

import pyarrow as pa

from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.market.bars import Bars
from cryptoflow.market.checks import check
from cryptoflow.market.store import columns, reading
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.manifest import Manifest, Segment
from cryptoflow.market.store.segments import described, digest_of, unpacked


class Verified(NamedTuple):
    """What looking at every byte of a dataset has shown, with what is known of it."""

    manifest: Manifest
    problems: tuple[Problem, ...]


def verify(dataset: Dataset) -> Verified:
    """Read every file of a dataset and compare: its bytes, the bars in it, and that they can be true.

    So is the column file that runs take the bars from, where there is one. Each problem names a file and its segment.
    """
    known = dataset.manifest()
    while known is not None:
        problems = _problems(dataset, known)
        now = dataset.manifest() if problems else known
        if now == known:
            return Verified(known, problems)
        known = now  # somebody added bars meanwhile, and removed the files whose place they took
    raise CryptoflowError(f"the store has no bars of {dataset.key}", fix="`cryptoflow data list` shows what it has")


def _problems(dataset: Dataset, known: Manifest) -> tuple[Problem, ...]:
    file = columns.file_of(dataset.room.folder, known)
    mapped = columns.mapped(file, known) if known.segments else None
    begins = list(accumulate((segment.rows for segment in known.segments), initial=0))

    def look(place: int) -> tuple[Problem, ...]:
        segment = known.segments[place]
        found = tuple(_of_segment(dataset, segment))
        part = mapped.cut(begins[place], begins[place + 1]) if mapped else None
        if part is None or digest_of(part) == segment.columns:
            return found
        what = f"{file}: its bars are not those of {segment.file} ({segment.rows:,} bars, {segment.stretch})"
        return (*found, Problem(what, fix="`cryptoflow data prune --columns` removes it, the next run makes it anew"))

    with ThreadPoolExecutor(reading.READERS) as readers:
        return tuple(problem for found in readers.map(look, range(len(known.segments))) for problem in found)


def _of_segment(dataset: Dataset, segment: Segment) -> Iterator[Problem]:
    file = dataset.folder / segment.file
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        yield from reading.gone(file, segment).problems
        return
    if sha256(content).hexdigest() != segment.bytes:
        yield from reading.damaged(file, segment, "its bytes are not those that were written").problems
        return
    try:
        bars: Bars = unpacked(content, dataset.key)
        check(bars, f"{file}")
    except CryptoflowError as error:
        yield from error.problems
    except (pa.ArrowException, ValueError) as error:
        yield from reading.damaged(file, segment, f"it cannot be read: {error}").problems
    else:
        if described(segment.stretch, bars, content) != segment:
            yield from reading.damaged(file, segment, "the manifest describes other bars").problems
