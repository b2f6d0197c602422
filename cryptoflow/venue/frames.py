"""WebSocket frames as bytes, made once for however many listeners."""

TEXT, CLOSE, PING, PONG, UNKNOWN = 0x81, 0x88, 0x89, 0x8A, 0x83
"""First bytes of frames that are whole; the last one stands for nothing, which no peer may accept."""


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """Return a frame as a server sends it.

    >>> frame(b"hi"), len(frame(bytes(200))), len(frame(bytes(70_000)))
    (b'\\x81\\x02hi', 204, 70010)
    """
    size = len(payload)
    if size < 126:
        return bytes((kind, size)) + payload
    if size < 65_536:
        return bytes((kind, 126, size >> 8, size & 255)) + payload
    return bytes((kind, 127)) + size.to_bytes(8, "big") + payload
