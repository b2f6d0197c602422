"""The file of a recorded day: its content under a seal, so that one which is not what was written is refused."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.terms import Terms
from cryptoflow.market.store.disk import put, settle

VERSION = 1

READABLE = (OSError, msgspec.DecodeError, RecursionError)
"""What reading a file may end with that is none of ours; a thousand brackets are a RecursionError."""


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The day that another differs from, and the seal that its file had when that was found."""

    day: date
    seal: str


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept of a day: all terms, or those that are others than on its base, None for what is listed no longer.

    `digest` is that of the whole snapshot, wherever its terms are kept.
    """

    venue: str
    day: date
    recorded_at: int
    base: Base | None
    terms: dict[str, Terms | None]
    volumes: dict[str, float]
    digest: str


class _Sealed(msgspec.Struct, frozen=True):
    version: int
    seal: str
    content: msgspec.Raw


class DayFile(msgspec.Struct, frozen=True):
    """A file that is what was written, and the seal by which others know it."""

    content: Content
    seal: str


def opened(file: Path, venue: str, day: date) -> DayFile:
    """Return the file of a venue's day; one that was changed, is of another day or makes no sense is refused."""
    try:
        sealed = msgspec.json.decode(file.read_bytes(), type=_Sealed)
        if sealed.version != VERSION:
            raise _newer(file, sealed.version)
        if _seal(bytes(sealed.content)) != sealed.seal:
            raise _refusal(f"{file} was changed since it was recorded")
        content = msgspec.json.decode(sealed.content, type=Content)
    except READABLE as error:
        raise _refusal(f"{file} cannot be read: {error}") from error
    if (content.venue, content.day) != (venue, day):
        raise _refusal(f"{file} is that of {content.day} of {content.venue}")
    return DayFile(content, sealed.seal)


def store(file: Path, content: Content) -> None:
    """Put the file of a day in its place: a crash on the way leaves the one before, or none."""
    told = msgspec.json.encode(content)
    put(file, msgspec.json.encode(_Sealed(VERSION, _seal(told), msgspec.Raw(told))), b"\n")
    settle(file.parent)


def _seal(content: bytes) -> str:
    return sha256(content).hexdigest()


def _refusal(what: str) -> CryptoflowError:
    return CryptoflowError(what, fix="restore it from a copy, or remove it and do without that day")


def _newer(file: Path, version: int) -> CryptoflowError:
    what = f"{file} cannot be read: it has version {version}, and {VERSION} is what is known here"
    return CryptoflowError(what, fix="read it with the program that wrote it, or a newer one")
