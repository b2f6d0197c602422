"""Bytes as text, whatever wrote them, and what is odd about them."""

import codecs

from cryptoflow.errors import CryptoflowError

MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(name: str, data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Return a text as UTF-8 without a mark, and notes on what had to be known to read it.

    A byte that is no text becomes a sign of its own, so that the row it stands in is no number there.
    """
    notes = []
    encoding = "utf-8"
    for mark, named in MARKS:
        if data.startswith(mark):
            encoding, data = named, data[len(mark) :]
            notes.append(f"{name}: begins with the mark of {named.upper()}, which is no part of the table")
    if encoding != "utf-8" or not _is_utf8(data):
        data = data.decode(encoding, errors="replace").encode()
    if not data or data.isspace():
        raise CryptoflowError(f"{name} is empty", fix="get the file again from where it comes")
    return data, (*notes, *_mixed_ends(name, data))


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _mixed_ends(name: str, data: bytes) -> tuple[str, ...]:
    """Say from which line on lines end differently: two files were joined, or an editor was at work."""
    windows = data.count(b"\r\n")
    if windows in (0, data.count(b"\n")):
        return ()
    lines = data.split(b"\n")[:-1]
    first = lines[0].endswith(b"\r")
    line = next(number for number, text in enumerate(lines, 1) if text.endswith(b"\r") != first)
    ends = ("\\r\\n", "\\n") if first else ("\\n", "\\r\\n")
    return (f"{name}: lines end with {ends[0]} down to line {line - 1}, line {line} with {ends[1]}",)
