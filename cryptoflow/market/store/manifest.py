"""What a dataset says about itself: its files, what they hold, what is missing, and where it came from."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec.structs import replace

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.store import spans
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.spans import Span, bars_in, joined
from cryptoflow.market.times import LAST, timeframe_name

VERSION = 2
NAME = "manifest.json"


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file with the bars of one stretch of the calendar, like `2024-01`, and what must come out of it.

    `first` and `last` are the opens of its bars, `gaps` the spans between them without bars, in few letters because
    there may be as many as bars: `9+1` are nine bars and one missing. `bytes` is the SHA-256 of the file, `columns`
    that of the numbers in it.
    """

    stretch: str
    file: str
    rows: int
    first: int
    last: int
    size: int
    bytes: str
    columns: str
    gaps: str = ""


class Origin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where bars came from, like `ccxt binance`: from when until when they were added (epoch milliseconds), how many
    were new, how many were there already, how many took the place of others, and what was assumed reading them.
    """

    what: str
    begun_at: int
    ended_at: int
    rows: int = 0
    duplicates: int = 0
    replaced: int = 0
    notes: tuple[str, ...] = ()


class Defect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row that was left out because it cannot be true: which, and why."""

    row: str
    what: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything known of a dataset but its bars.

    `covered` are the spans that somebody was asked for and answered: a bar missing there is a gap, once there was a
    first one. `content` is one digest of all numbers: equal bars have an equal one, whenever and however they were
    added.
    """

    version: int
    venue: str
    symbol: str
    timeframe: int
    content: str
    segments: tuple[Segment, ...] = ()
    covered: tuple[Span, ...] = ()
    origins: tuple[Origin, ...] = ()
    defects: tuple[Defect, ...] = ()
    digest: str = ""

    @property
    def key(self) -> Key:
        """Return whose bars these are."""
        return Key(self.venue, self.symbol, self.timeframe)

    @property
    def rows(self) -> int:
        """Return how many bars there are."""
        return sum(segment.rows for segment in self.segments)

    @property
    def size(self) -> int:
        """Return the bytes of all segments."""
        return sum(segment.size for segment in self.segments)

    @property
    def duplicates(self) -> int:
        """Return how many bars came more than once."""
        return sum(origin.duplicates for origin in self.origins)

    @property
    def ends(self) -> Span | None:
        """Return when the first bar opens and the last one closes; None without bars."""
        return (self.segments[0].first, self.segments[-1].last + self.timeframe) if self.segments else None

    @property
    def gaps(self) -> tuple[Span, ...]:
        """Return the spans without bars behind the first one: in what is covered, and up to the last bar."""
        return joined(self._gaps())

    @property
    def before(self) -> tuple[Span, ...]:
        """Return the spans before the first bar that somebody was asked for: there was no market yet, so no gap."""
        first = LAST if self.ends is None else self.ends[0]
        return joined((start, min(stop, first)) for start, stop in self.covered)

    @property
    def empty(self) -> tuple[Span, ...]:
        """Return all spans of which is known that they have no bars."""
        return joined((*self.before, *self._gaps()))

    @property
    def missing(self) -> int:
        """Return how many bars the gaps lack."""
        return bars_in(self.gaps, self.timeframe)

    def _gaps(self) -> Iterator[Span]:
        if self.ends is None:
            return
        _, end = self.ends
        for segment in self.segments:
            yield from spans.read(segment.gaps, segment.first, self.timeframe)
        for one, next_one in pairwise(self.segments):
            yield one.last + self.timeframe, next_one.first
        for start, stop in self.covered:
            yield max(start, end), stop


def content_of(timeframe: int, segments: tuple[Segment, ...]) -> str:
    """Return the digest of all numbers of a dataset."""
    return sha256("\n".join((str(timeframe), *(each.columns for each in segments))).encode()).hexdigest()


def new(key: Key) -> Manifest:
    """Return the manifest of a dataset without bars."""
    return Manifest(VERSION, *key, content=content_of(key.timeframe, ()))


def after(
    manifest: Manifest,
    segments: tuple[Segment, ...],
    spans: tuple[Span, ...],
    origin: Origin,
    defects: tuple[Defect, ...],
) -> Manifest:
    """Return the manifest of a dataset to which bars of some spans have been added, which made these its segments."""
    return replace(
        manifest,
        segments=segments,
        content=content_of(manifest.timeframe, segments),
        covered=joined((*manifest.covered, *spans)),
        origins=_told(manifest.origins, origin),
        defects=tuple(dict.fromkeys((*manifest.defects, *defects))),
    )


def _told(origins: tuple[Origin, ...], origin: Origin) -> tuple[Origin, ...]:
    """Origins with one more; what comes from the same place page by page is told once."""
    for place, known in enumerate(origins):
        if (known.what, known.notes) == (origin.what, origin.notes):
            one = replace(
                known,
                ended_at=origin.ended_at,
                rows=known.rows + origin.rows,
                duplicates=known.duplicates + origin.duplicates,
                replaced=known.replaced + origin.replaced,
            )
            return (*origins[:place], one, *origins[place + 1 :])
    return (*origins, origin)


def text(manifest: Manifest) -> bytes:
    """Return a manifest as its file has it, with a digest of itself in its last line."""
    return _form(replace(manifest, digest=_digest(manifest))) + b"\n"


def read(content: bytes, file: Path, key: Key) -> Manifest:
    """Return the manifest that a file holds; one that is damaged, of another key or version is refused."""
    named = f"{key.symbol} --timeframe {timeframe_name(key.timeframe)} --venue {key.venue}"
    mend = f"fetch or import the bars again, after `cryptoflow data prune {named}` has removed what is there"
    try:
        version = msgspec.json.decode(content, type=_Version).version
        if version != VERSION:
            what = f"{file} is of version {version}, this program knows {VERSION}"
            raise CryptoflowError(what, fix="use a newer program" if version > VERSION else mend)
        manifest = msgspec.json.decode(content, type=Manifest)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise CryptoflowError(f"{file} is no manifest of this version: {error}", fix=mend) from error
    if manifest.key != key:
        raise CryptoflowError(f"{file} is the manifest of {manifest.key}, not of {key}", fix=mend)
    if manifest.digest != _digest(manifest):
        raise CryptoflowError(f"{file} was changed or is damaged: it does not have its own digest", fix=mend)
    return manifest


class _Version(msgspec.Struct):
    """As much of a manifest as every version has."""

    version: int


def _digest(manifest: Manifest) -> str:
    return sha256(msgspec.json.encode(replace(manifest, digest=""))).hexdigest()


def _form(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)
