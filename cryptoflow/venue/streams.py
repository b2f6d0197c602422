"""The venue's streams: who is connected, what they ask for, and how long they may stay."""

import asyncio
import contextlib
import json

from aiohttp import WSCloseCode, WSMsgType, web

from cryptoflow.clock import Clock
from cryptoflow.venue.audience import Audience
from cryptoflow.venue.connection import Connection
from cryptoflow.venue.dialects.dialect import Dialect, Heard
from cryptoflow.venue.faults.faults import Faults
from cryptoflow.venue.frames import PING, PONG
from cryptoflow.venue.market import Market
from cryptoflow.venue.requests import Requests, sent
from cryptoflow.venue.topic import Topic

PATIENCE = 1.0
"""Seconds that a peer has to agree that a connection ends."""

MISSED_PINGS = 3
"""Pings without an answer after which a connection is cut."""


class Streams:
    """Whoever talks with listeners."""

    def __init__(
        self, market: Market, dialect: Dialect, faults: Faults, clock: Clock, audience: Audience, requests: Requests
    ) -> None:
        self._market, self._dialect, self._faults, self._clock = market, dialect, faults, clock
        self._audience, self._requests = audience, requests
        self._opened = 0
        self._open: dict[Connection, web.WebSocketResponse] = {}

    def connections(self) -> tuple[Connection, ...]:
        """Return who is connected, in the order in which they came."""
        return tuple(self._open)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Talk with a listener until one of the two has enough."""
        if reply := self._requests.troubled(request.path):
            return sent(reply)
        socket = web.WebSocketResponse(autoping=False, compress=False, timeout=PATIENCE)
        await socket.prepare(request)
        transport = request.transport
        if not isinstance(transport, asyncio.Transport):
            return socket
        counter = self._requests.counter
        private = counter is not None and counter.listens(request.path)
        wrapped, topics = self._dialect.opening(request.path, request.query, self._requests.moment())
        self._opened += 1
        connection = Connection(self._opened, transport, self._faults, wrapped=wrapped, private=private)
        self._open[connection] = socket
        try:
            self._join(connection, topics)
            async for message in socket:
                connection.answered_at = self._clock.now()
                if message.type is WSMsgType.PING:
                    connection.signal(PONG, message.data)
                elif message.type is WSMsgType.TEXT and not self._asked(connection, message.data):
                    await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"too many messages")
        finally:
            del self._open[connection]
            self._audience.leave(connection, connection.topics)
            if counter is not None:
                counter.leave(connection)
        return socket

    def _asked(self, connection: Connection, text: str) -> bool:
        """Answer a listener's message, and say whether it may stay."""
        if connection.too_many(self._clock.now(), self._dialect.messages_per_second):
            return False
        try:
            message = json.loads(text)
        except ValueError:
            message = None
        if connection.private and self._requests.counter is not None:
            self._requests.counter.asked(connection, message)
            return True
        asking = self._dialect.asked(Heard(message, tuple(connection.topics)), self._requests.moment())
        self._audience.leave(connection, asking.leave)
        for name in asking.leave:
            connection.topics.pop(name, None)
        if asking.answer is not None:
            connection.tell(asking.answer)
        self._join(connection, asking.join)
        return True

    def _join(self, connection: Connection, topics: tuple[Topic, ...]) -> None:
        for topic in topics:
            if topic.name not in connection.topics:
                connection.topics[topic.name] = topic
                self._audience.join(connection, topic, self._market.now())
                first = self._dialect.welcome(topic, self._requests.moment(self._audience.told))
                if first is not None:
                    connection.tell(first)

    async def keep(self) -> None:
        """Ping every listener, and close connections that do not answer or are old, until cancelled."""
        every = self._dialect.ping_every
        while True:
            await asyncio.sleep(every)
            now = self._clock.now()
            for connection, socket in tuple(self._open.items()):
                if now - connection.answered_at > MISSED_PINGS * 1_000 * every:
                    connection.cut()
                elif now - connection.opened_at >= 1_000 * self._dialect.lifetime:
                    await self._close(socket, b"a day is over")
                else:
                    connection.signal(PING, str(now).encode())

    async def close(self) -> None:
        """Take leave of everyone."""
        for socket in tuple(self._open.values()):
            await self._close(socket, b"the venue closes")

    async def _close(self, socket: web.WebSocketResponse, why: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=why)
