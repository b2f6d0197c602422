"""One WebSocket to a venue: connects, subscribes, reads, pings, and comes back when it is cut."""

import asyncio
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import ClientWSTimeout, WSMsgType
from msgspec import DecodeError

from cryptoflow.clock import Clock
from cryptoflow.market.streams.asking import AWAY, seconds_of
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.knocking import wait_out
from cryptoflow.market.streams.port import Ear

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptoflow.market.streams.dialects.dialect import Dialect

PING, PONG = 30.0, 10.0
"""Seconds between pings, and those within which something has to come back."""

CONNECT, SUBSCRIBE = 5.0, 10.0
"""Seconds for a connection to be made, and for the venue to take all subscriptions."""

CLOSE = 1.0
"""Seconds that a venue has to say goodbye."""


class Connection:
    """A reader of some streams over one socket."""

    def __init__(
        self,
        number: int,
        dialect: "Dialect",
        streams: "Sequence[Stream]",
        session: aiohttp.ClientSession,
        address: str,
        clock: Clock,
        draw: Random,
    ) -> None:
        self.number, self.dialect, self.streams = number, dialect, streams
        self.session, self.address, self.clock = session, address, clock
        self.backoff = Backoff(draw)
        self.banned = 0.0
        self.requests = 0
        self.unanswered = 0
        self.frames = 0
        self.waiting = False
        self.dropped = asyncio.Event()
        self.reason = ""
        self.socket: aiohttp.ClientWebSocketResponse[bool] | None = None

    async def listen(self, ear: Ear) -> None:
        """Tell what is said, for ever."""
        while True:
            reason = await self._connected(ear)
            ear.cut(self.number, reason)
            await self._stay_away()

    async def again(self, stream: Stream) -> None:
        """Subscribe to a stream anew."""
        if self.socket is None:
            return
        self.requests += 2
        await self._say(self.socket, [self.dialect.unsubscribe(stream, self.requests - 1)])
        await self._say(self.socket, self.dialect.subscribe([stream], self.requests))

    def drop(self, reason: str) -> None:
        """Give up the connection."""
        self.reason = reason
        self.dropped.set()

    async def _connected(self, ear: Ear) -> str:
        """Be connected for as long as it lasts, and return why it was not longer."""
        self.reason = ""
        self.dropped.clear()
        try:
            async with asyncio.timeout(CONNECT):
                socket = await self.session.ws_connect(
                    self.address,
                    autoping=False,
                    decode_text=False,
                    max_msg_size=1 << 24,
                    timeout=ClientWSTimeout(ws_close=CLOSE),
                )
        except aiohttp.WSServerHandshakeError as refusal:
            if refusal.status in AWAY:
                self.banned = seconds_of(refusal.headers.get("Retry-After", "") if refusal.headers else "")
            return f"refused with {refusal.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return f"no connection: {type(error).__name__}"
        guard = asyncio.create_task(self._guard(socket))
        self.socket = socket
        try:
            return await self._subscribed(socket, ear)
        finally:
            self.socket = None
            guard.cancel()
            with suppress(asyncio.CancelledError):
                await guard
            await socket.close()

    async def _subscribed(self, socket: "aiohttp.ClientWebSocketResponse[bool]", ear: Ear) -> str:
        requests = self.dialect.subscribe(self.streams, self.requests + 1)
        self.requests += len(requests)
        self.unanswered = len(requests)
        await self._say(socket, requests)
        read, receive, now = self.dialect.read, socket.receive, self.clock.nanoseconds
        while True:
            message = await receive()
            heard_at = now()
            self.frames += 1
            if message.type is WSMsgType.TEXT:
                try:
                    stream, items, answers = read(message.data, heard_at)
                except DecodeError:
                    ear.puzzled(self.number)
                    continue
                if stream is not None:
                    ear.heard(stream, items, heard_at, len(message.data))
                    if ear.is_full():
                        await self._wait(ear)
                elif answers:
                    self._answered(ear)
            elif message.type is WSMsgType.PING:
                await socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return self.reason or f"closed with {socket.close_code}"

    async def _say(self, socket: "aiohttp.ClientWebSocketResponse[bool]", messages: "Sequence[bytes]") -> None:
        with suppress(ConnectionError):  # the reader learns of it too
            for message in messages:
                await socket.send_str(message.decode())

    def _answered(self, ear: Ear) -> None:
        self.unanswered -= 1
        if self.unanswered == 0:
            self.backoff.begin()
            ear.joined(self.number)

    async def _wait(self, ear: Ear) -> None:
        """Let the engine catch up; that nothing is read meanwhile does not mean that nothing comes."""
        self.waiting = True
        await ear.room()
        self.waiting = False

    async def _guard(self, socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        """Close a connection that does not answer, or that is dropped."""
        if not await self._is_dropped_within(SUBSCRIBE) and self.unanswered > 0:
            self.reason = "subscriptions are not answered"
            self.dropped.set()
        while not await self._is_dropped_within(PING - PONG):
            frames = self.frames
            with suppress(ConnectionError):
                await (self._say(socket, [self.dialect.ping]) if self.dialect.ping else socket.ping())
            if not await self._is_dropped_within(PONG) and frames == self.frames and not self.waiting:
                self.reason = "a ping is not answered"
                self.dropped.set()
        await socket.close()

    async def _is_dropped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self.dropped.wait()
        except TimeoutError:
            return False

    async def _stay_away(self) -> None:
        """Wait before the next attempt; where the venue was gone, not longer than until it is back."""
        wait, banned = self.backoff.next(), self.banned
        self.banned = 0.0
        if banned:
            await asyncio.sleep(max(wait, banned))
            return
        await wait_out(wait, self.session, self.address)
