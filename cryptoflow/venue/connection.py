"""One listener's connection: frames out, in their order, with the trouble the script has for them."""

import asyncio
from collections import deque

from cryptoflow.venue.faults.faults import Faults
from cryptoflow.venue.frames import UNKNOWN, frame
from cryptoflow.venue.topic import Topic

FULL = 262_144
"""Bytes that may wait for a listener before the market waits too, where it does."""

TOO_SLOW = 64_000_000
"""Bytes after which a listener that does not read is given up."""


class Connection:
    """A WebSocket as the player sees it. Writing never waits: frames go straight to the transport."""

    def __init__(
        self, number: int, transport: asyncio.Transport, faults: Faults, *, wrapped: bool, private: bool
    ) -> None:
        self.number, self.wrapped, self.private = number, wrapped, private
        self.topics: dict[str, Topic] = {}
        self.answered_at = faults.clock.now()
        """When the peer was last known to be there."""
        self.opened_at = self.answered_at
        self._transport, self._faults = transport, faults
        self._out: list[bytes] = []
        self._held: dict[str, bytes] = {}
        self._late: deque[tuple[float, bytes]] = deque()
        self._asked: tuple[int, int] = (0, 0)

    def hear(self, topic: Topic, number: int, text: str, framed: bytes) -> None:
        """Take the message `number` of a topic, unless the script has other plans for it."""
        if self._faults.calm:
            self._out.append(framed)
            return
        fate = self._faults.fate(topic, number)
        if fate in ("silence", "gap"):
            return
        if fate == "reorder" and topic.name not in self._held:
            self._held[topic.name] = framed
            return
        said = {
            "malformed": frame(text[: len(text) // 2].encode()),
            "broken": frame(text.encode(), UNKNOWN),
            "duplicate": framed * 2,
        }.get(fate or "", framed)
        delay = self._faults.delay(topic.channel, topic.symbol, topic.name)
        self._send(said + self._held.pop(topic.name, b""), delay)

    def tell(self, text: str) -> None:
        """Say something that is no message of a topic."""
        self._out.append(frame(text.encode()))
        self.flush()

    def signal(self, kind: int, payload: bytes = b"") -> None:
        """Send a frame that carries no text, like a ping."""
        self._out.append(frame(payload, kind))
        self.flush()

    def flush(self) -> None:
        """Hand everything to the transport; a listener that has stopped reading is dropped."""
        if self._out:
            whole = self._out[0] if len(self._out) == 1 else b"".join(self._out)
            self._out.clear()
            if not self._transport.is_closing():
                self._transport.write(whole)
                if self._transport.get_write_buffer_size() > TOO_SLOW:
                    self.cut()

    def behind(self) -> bool:
        """Say whether more waits to be sent than should."""
        return not self._transport.is_closing() and self._transport.get_write_buffer_size() > FULL

    def cut(self) -> None:
        """End the connection without a word."""
        self._transport.abort()

    def too_many(self, at: int, most: int) -> bool:
        """Count a message of the listener, and say whether it is more than `most` in its second."""
        second = at // 1_000
        self._asked = (second, self._asked[1] + 1 if self._asked[0] == second else 1)
        return self._asked[1] > most

    def _send(self, data: bytes, delay: float) -> None:
        if not delay and not self._late:
            self._out.append(data)
            return
        loop = asyncio.get_running_loop()
        due = max(loop.time() + delay, self._late[-1][0] if self._late else 0.0)
        self._late.append((due, data))
        if len(self._late) == 1:
            loop.call_at(due, self._release)

    def _release(self) -> None:
        """Send what is late enough."""
        loop = asyncio.get_running_loop()
        now = loop.time() + 1e-6
        while self._late and self._late[0][0] <= now:
            self._out.append(self._late.popleft()[1])
        self.flush()
        if self._late:
            loop.call_at(self._late[0][0], self._release)
