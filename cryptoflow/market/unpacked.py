"""A file's bytes, out of whatever they are packed in."""

import gzip
import zlib
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile, ZipFile

from cryptoflow.errors import CryptoflowError

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
AGAIN = "get the file again from where it comes"


class Unpacked(NamedTuple):
    """The bytes of a table of bars, and what people call the file they lie in."""

    name: str
    data: bytes


def unpacked(file: Path) -> Unpacked:
    """Return what a file holds; gzip and zip are known by how they begin, and read to the last byte."""
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise CryptoflowError(f"there is no file {file}", fix="name files that are there") from None
    except IsADirectoryError:
        raise CryptoflowError(f"{file} is a folder", fix=f"name the files in it: {file}/*") from None
    except OSError as error:
        raise CryptoflowError(f"{file} cannot be read: {error.strerror or error}", fix="name another file") from error
    if data.startswith(GZIP):
        data = _gunzipped(file.name, data)
    elif data.startswith(ZIP):
        data = _member(file)
    if not data:
        raise CryptoflowError(f"{file.name} is empty", fix=AGAIN)
    return Unpacked(file.name, data)


def _gunzipped(name: str, data: bytes) -> bytes:
    try:
        return gzip.decompress(data)
    except EOFError:
        raise CryptoflowError(f"{name} ends in the middle of its compressed data", fix=AGAIN) from None
    except (gzip.BadGzipFile, zlib.error) as fault:
        raise CryptoflowError(f"{name} cannot be unpacked: {fault}", fix=AGAIN) from fault


def _member(file: Path) -> bytes:
    """The one file in an archive; a check sum guards every byte of it."""
    try:
        with ZipFile(file) as archive:
            members = [each.filename for each in archive.infolist() if not each.is_dir()]
            if len(members) != 1:
                raise CryptoflowError(
                    f"{file.name} holds {len(members)} files: {', '.join(members[:3])}{' …' if members[3:] else ''}",
                    fix="unpack it, and import the files that hold bars",
                )
            return archive.read(members[0])
    # How zipfile says that it does not know a kind of packing: NotImplementedError.
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as fault:
        raise CryptoflowError(f"{file.name} cannot be unpacked: {fault}", fix=AGAIN) from fault
    except RuntimeError as locked:  # how zipfile says that a member is encrypted
        raise CryptoflowError(f"{file.name} cannot be unpacked: {locked}", fix="unpack it by hand") from locked
