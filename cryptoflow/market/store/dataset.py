"""One venue's bars of one symbol and timeframe: added as they come, kept as they are, loaded at once."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace as changed
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.checks import check
from cryptoflow.market.store import columns, disk, manifest, reading
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.manifest import Defect, Manifest, Origin, Segment
from cryptoflow.market.store.merging import merged
from cryptoflow.market.store.names import LOCK, ours
from cryptoflow.market.store.room import Room
from cryptoflow.market.store.segments import described, packed, pieces
from cryptoflow.market.store.spans import Span, aligned, joined, outside
from cryptoflow.market.times import FIRST, LAST, grid_offset, moment


class Loaded(NamedTuple):
    """Bars, and the manifest that names them: others may be added meanwhile, of which neither says anything."""

    manifest: Manifest
    bars: Bars


class Dataset:
    """The bars of a key, in a folder of their own; `room` is where column files lie."""

    def __init__(self, key: Key, folder: Path, room: Room, clock: Clock) -> None:
        self.key = key
        self.folder = folder
        self.room = room
        self._clock = clock
        self._recent: tuple[Segment, Bars] | None = None

    def manifest(self) -> Manifest | None:
        """Return what is known of the dataset, or None when nothing was ever added."""
        file = self.folder / manifest.NAME
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        return manifest.read(content, file, self.key)

    def add(
        self,
        bars: Bars,
        covered: Iterable[Span],
        origin: str,
        defects: Iterable[Defect] = (),
        *,
        replace: bool = False,
    ) -> Manifest:
        """Add the bars that somebody answered when asked for the spans `covered`, and return what is known then.

        What is missing inside these spans, behind the first bar of all, is a gap from now on; what lies between them
        was not asked for. A bar that is there already is counted; one that is there with other numbers refuses all of
        them, unless `replace` lets it take the place. All of the bars are there afterwards, or on any error none, and
        whatever was there stays: a crash, a full disk or another process changes nothing about that. `origin` says
        where they come from, like `ccxt binance`; `defects` are rows that were left out.
        """
        spans = joined(map(self._closed, covered))
        bars = self._sound(bars, spans)
        with disk.written(f"{self.key}", self.folder), disk.alone(self.folder / LOCK):
            return self._add(bars, spans, origin, tuple(defects), replace)

    def load(self, start: int = FIRST, end: int = LAST) -> Bars:
        """Return the bars that open at or after `start` and before `end`; they were checked when they were added.

        They lie in a file that is mapped into memory, which is made when it is not there. Where it cannot be, they
        are read anew each time, and a note of theirs says so.
        """
        return self.loaded(start, end).bars

    def loaded(self, start: int = FIRST, end: int = LAST) -> Loaded:
        """Return what `load` does, with the manifest that names it."""
        return self._as_known(lambda known: self._mapped(known).between(start, end))

    def part(self, start: int, end: int) -> Bars:
        """Return the bars that open within a span as `load` does, but read for this once: nothing is laid out."""
        return self._as_known(lambda known: reading.part(self.folder, known, start, end)).bars

    def last(self, count: int) -> Loaded:
        """Return so many of the last bars, read for this once."""
        return self._as_known(lambda known: reading.last(self.folder, known, count))

    def _as_known(self, bars_of: Callable[[Manifest], Bars]) -> Loaded:
        """Return what the manifest of now names."""
        known = self.manifest()
        while known is not None:
            try:
                return Loaded(known, bars_of(known))
            except reading.Gone:
                # Whoever adds bars removes the files whose place they took: then there is a newer manifest.
                before, known = known, self.manifest()
                if known == before:
                    raise
        raise CryptoflowError(
            f"the store has no bars of {self.key}",
            fix=f"`cryptoflow data download {self.key.line} --since 2024-01-01` fetches them",
        )

    def uncovered(self, start: int, end: int) -> tuple[Span, ...]:
        """Return the spans within this one that nobody was asked for yet."""
        known = self.manifest()
        return never_asked(known, (start, end)) if known else (aligned((start, end), self.key.timeframe),)

    def gaps(self) -> tuple[Span, ...]:
        """Return the spans behind the first bar in which there are none although somebody was asked for them."""
        known = self.manifest()
        return known.gaps if known else ()

    def empty(self) -> tuple[Span, ...]:
        """Return the gaps, and what was asked for before the first bar."""
        known = self.manifest()
        return known.empty if known else ()

    def strays(self) -> list[Path]:
        """Return files of ours that mean nothing: what a crash left behind, or a reader would not let go."""
        return self._strays(self.manifest())

    def files(self) -> list[Path]:
        """Return all files of the dataset but its lock; what somebody else has put beside them is none."""
        return [file for file in ours(self.folder) if file.name != LOCK]

    def sweep(self) -> list[Path]:
        """Remove files that mean nothing, and return which."""
        if not self.strays():
            return []
        with disk.alone(self.folder / LOCK):
            return self._swept(self.manifest())

    def remove(self) -> None:
        """Remove the dataset with all of its bars; what is none of ours stays."""
        if not self.folder.is_dir():
            return
        with disk.alone(self.folder / LOCK):
            # Without its manifest the rest means nothing, so that goes first; the lock goes last.
            (self.folder / manifest.NAME).unlink(missing_ok=True)
            disk.settle(self.folder)
            self._swept(None)
            (self.folder / LOCK).unlink(missing_ok=True)
        with suppress(OSError):
            for folder in (self.folder, *self.folder.parents[:2]):
                folder.rmdir()

    def _closed(self, covered: Span) -> Span:
        """The span as far as its bars have closed: of others nobody can say anything."""
        offset = grid_offset(self.key.timeframe)
        now = offset + (self._clock.now() - offset) // self.key.timeframe * self.key.timeframe
        return aligned((covered[0], min(covered[1], now)), self.key.timeframe)

    def _sound(self, bars: Bars, spans: tuple[Span, ...]) -> Bars:
        """The bars as they are kept, having seen that they can be true and are what they are said to be."""
        if (bars.symbol, bars.timeframe) != (self.key.symbol, self.key.timeframe):
            raise ValueError(f"bars of {bars.symbol}, {bars.timeframe} ms, are none of {self.key}")
        if not len(bars):
            return bars
        check(bars, f"{self.key}")
        first, last = bars.ends()
        if last + bars.timeframe > self._clock.now():
            raise CryptoflowError(
                f"the bar of {self.key} that opens at {moment(last)} has not closed yet", fix="leave it out"
            )
        if sum(len(bars.between(*span)) for span in spans) < len(bars):
            raise ValueError(f"bars of {self.key} from {first} to {last} lie outside of what is covered, {spans}")
        # A zero may have a sign, which would make other bytes of equal bars.
        return changed(bars, volume=bars.volume + 0.0)

    def _add(
        self, bars: Bars, spans: tuple[Span, ...], what: str, defects: tuple[Defect, ...], replace: bool
    ) -> Manifest:
        known = self.manifest() or manifest.new(self.key)
        held = {segment.stretch: segment for segment in known.segments}
        now, duplicates, replaced = self._clock.now(), 0, 0
        changes: dict[str, Bars] = {}
        for stretch, piece in pieces(bars):
            if stretch not in held:
                changes[stretch] = piece
                continue
            before = self._read(held[stretch])
            together = merged(before, piece, self.key, replace=replace)
            duplicates, replaced = duplicates + together.duplicates, replaced + together.replaced
            if together.bars is not before:
                changes[stretch] = together.bars
        for stretch, both in changes.items():
            held[stretch] = self._write(stretch, both)
        origin = Origin(what, now, now, len(bars) - duplicates - replaced, duplicates, replaced, bars.notes)
        ordered = tuple(sorted(held.values(), key=lambda segment: segment.first))
        known = manifest.after(known, ordered, spans, origin, defects)
        if changes:
            disk.settle(self.folder)
        disk.put(self.folder / manifest.NAME, manifest.text(known))
        disk.settle(self.folder)
        with suppress(OSError):  # the bars are there; what could not be removed is swept the next time
            self._swept(known)
        return known

    def _write(self, stretch: str, bars: Bars) -> Segment:
        content = packed(bars)
        segment = described(stretch, bars, content)
        disk.put(self.folder / segment.file, content)
        # Copied, because whoever added them may fill the same arrays with the next page.
        own: dict[str, Any] = {name: getattr(bars, name).copy() for name in COLUMNS}
        self._recent = segment, changed(bars, notes=(), **own)
        return segment

    def _read(self, segment: Segment) -> Bars:
        """The bars of a segment; those of the one written last are still at hand while a download goes on."""
        if self._recent is not None and self._recent[0] == segment:
            return self._recent[1]
        return reading.read(self.folder, self.key, segment)

    def _mapped(self, known: Manifest) -> Bars:
        if not known.segments:
            return reading.whole(self.folder, known)
        file = columns.file_of(self.room.folder, known)
        found = columns.mapped(file, known)
        if found is not None:
            self.room.used(file)
            return found
        bars = reading.whole(self.folder, known)
        try:
            self.room.clear(columns.size_of(known))
            columns.write(file, known, bars)
        except OSError as error:
            reason = error.strerror or error
            note = f"bars of {self.key} were read from their segments: {self.room.folder} cannot be written ({reason})."
            return changed(bars, notes=(note,))
        return bars

    def _strays(self, known: Manifest | None) -> list[Path]:
        named = {LOCK, *((manifest.NAME, *(segment.file for segment in known.segments)) if known else ())}
        return [file for file in ours(self.folder) if file.name not in named]

    def _swept(self, known: Manifest | None) -> list[Path]:
        strays = self._strays(known)
        for file in strays:
            file.unlink(missing_ok=True)
        return strays


def never_asked(known: Manifest, span: Span) -> tuple[Span, ...]:
    """Return what of a span nobody was asked for when a manifest was written."""
    return outside(aligned(span, known.timeframe), known.covered)
