"""One WebSocket to a venue: connects, subscribes, reads, pings, and comes back when it is cut."""

import asyncio
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import ClientWSTimeout, WSMsgType
from msgspec import DecodeError

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.manners import BANNED, FORBIDDEN, LONG_BAN, TOO_MANY, quiet_until
from cryptoflow.market.streams.asking import UNTIL_ASKED
from cryptoflow.market.streams.backoff import Backoff
from cryptoflow.market.streams.channels import Stream
from cryptoflow.market.streams.knocking import Door
from cryptoflow.market.streams.port import Ear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptoflow.market.streams.dialects.dialect import Dialect, Read

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
        door: Door,
        clock: Clock,
        draw: Random,
    ) -> None:
        self.number, self.dialect, self.streams = number, dialect, streams
        self.door, self.clock = door, clock
        self.backoff = Backoff(draw)
        self.requests = 0
        self.pending: dict[int, Sequence[Stream]] = {}
        self.refused: set[Stream] = set()
        self.joined = self.met = self.gone = False
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
            await self.door.wait_out(self.backoff.next(), gone=self.gone)

    async def again(self, stream: Stream) -> None:
        """Subscribe to a stream anew."""
        if self.socket is None:
            return
        self.requests += 2
        await self._say(self.socket, self.dialect.request("unsubscribe", [stream], self.requests - 1))
        await self._say(self.socket, self.dialect.request("subscribe", [stream], self.requests))

    def drop(self, reason: str) -> None:
        """Give up the connection."""
        self.reason = reason
        self.dropped.set()

    async def _connected(self, ear: Ear) -> str:
        """Be connected for as long as it lasts, and return why it was not longer."""
        self.reason = ""
        self.dropped.clear()
        self.gone = True
        try:
            async with asyncio.timeout(CONNECT):
                socket = await self.door.session.ws_connect(
                    self.door.address,
                    autoping=False,
                    decode_text=False,
                    max_msg_size=1 << 24,
                    timeout=ClientWSTimeout(ws_close=CLOSE),
                )
        except aiohttp.WSServerHandshakeError as refusal:
            self.door.shut(peace(refusal.status, refusal.headers or {}, self.clock.now()))
            return f"refused with {refusal.status}"
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return f"no connection: {type(error).__name__}"
        self.gone = False
        guard = asyncio.create_task(self._guard(socket))
        closing = asyncio.create_task(closed_after(guard, socket))
        self.socket = socket
        try:
            return await self._subscribed(socket, ear)
        finally:
            self.socket = None
            guard.cancel()
            closing.cancel()
            try:
                await asyncio.wait([guard, closing])  # awaiting it would swallow our own cancellation
            finally:
                await socket.close()
            if not guard.cancelled():
                guard.result()

    async def _subscribed(self, socket: "aiohttp.ClientWebSocketResponse[bool]", ear: Ear) -> str:
        together = self.dialect.together
        self.joined = False
        self.pending.clear()
        self.refused.clear()
        await self._subscribe(
            socket, [self.streams[cut : cut + together] for cut in range(0, len(self.streams), together)]
        )
        read, receive, now = self.dialect.read, socket.receive, self.clock.nanoseconds
        while True:
            message = await receive()
            heard_at = now()
            self.frames += 1
            if message.type is WSMsgType.TEXT:
                try:
                    said = read(message.data, heard_at)
                except (DecodeError, UnicodeDecodeError):
                    ear.puzzled(self.number)
                    continue
                if said.stream is not None:
                    ear.heard(said.stream, said.items, heard_at, len(message.data))
                    if ear.is_full():
                        await self._wait(ear)
                elif said.leaving:
                    return "the venue is about to close it"
                else:
                    await self._answered(socket, ear, said)
            elif message.type is WSMsgType.PING:
                with suppress(ConnectionError):  # what was said before it still waits to be read
                    await socket.pong(message.data)
            elif message.type is not WSMsgType.PONG:
                return self.reason or f"closed with {socket.close_code}"

    async def _say(self, socket: "aiohttp.ClientWebSocketResponse[bool]", message: bytes) -> None:
        with suppress(ConnectionError):  # the reader learns of it too
            await socket.send_str(message.decode())

    async def _subscribe(
        self, socket: "aiohttp.ClientWebSocketResponse[bool]", hands: "Sequence[Sequence[Stream]]"
    ) -> None:
        numbers = range(self.requests + 1, self.requests + 1 + len(hands))
        self.requests += len(hands)
        self.pending.update(zip(numbers, hands, strict=True))
        for number, hand in zip(numbers, hands, strict=True):
            await self._say(socket, self.dialect.request("subscribe", hand, number))

    async def _answered(self, socket: "aiohttp.ClientWebSocketResponse[bool]", ear: Ear, said: "Read") -> None:
        """Count an answer; a subscription that is refused while others are not costs nobody but its stream."""
        if said.refused and not self.met:
            raise CryptoflowError(
                f"{self.dialect.venue} refuses a subscription: {said.refused}",
                fix="check the symbols and channels against what the venue lists",
                code=ExitCode.UNAVAILABLE,
            )
        streams = () if said.answers is None else self.pending.pop(said.answers, ())
        if said.refused and len(streams) > 1:
            await self._subscribe(socket, [(stream,) for stream in streams])
        elif said.refused:
            for stream in streams:
                self.refused.add(stream)
                ear.refused(stream, said.refused)
        elif self.joined:
            for stream in streams:
                ear.granted(stream)
        if not self.pending and not self.joined:
            self.joined = self.met = True
            self.backoff.begin()
            ear.joined(self.number)

    async def _wait(self, ear: Ear) -> None:
        """Let the engine catch up; that nothing is read meanwhile does not mean that nothing comes."""
        self.waiting = True
        await ear.room()
        self.waiting = False

    async def _guard(self, socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
        """Return when a connection does not answer any more, or is dropped."""
        if not await self._is_dropped_within(SUBSCRIBE) and not self.joined:
            self.reason = "subscriptions are not answered"
            self.dropped.set()
        while not await self._is_dropped_within(PING - PONG):
            frames = self.frames
            with suppress(ConnectionError):
                await (self._say(socket, self.dialect.ping) if self.dialect.ping else socket.ping())
            if again := [(stream,) for stream in self.refused]:
                self.refused.clear()
                await self._subscribe(socket, again)
            if not await self._is_dropped_within(PONG) and frames == self.frames and not self.waiting:
                self.reason = "a ping is not answered"
                self.dropped.set()

    async def _is_dropped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self.dropped.wait()
        except TimeoutError:
            return False


async def closed_after(guard: "asyncio.Task[None]", socket: "aiohttp.ClientWebSocketResponse[bool]") -> None:
    """Close a socket when its guard has ended, however that was: without one nobody would see it die."""
    await asyncio.wait([guard])
    await socket.close()


def peace(status: int, headers: "Mapping[str, str]", now: int) -> float:
    """Return the seconds for which a refused connection is to be the last.

    >>> peace(429, {"Retry-After": "3"}, 0), peace(503, {}, 0), peace(403, {}, 0)
    (3.0, 0.0, 600.0)
    """
    until = quiet_until(status, {name.lower(): value for name, value in headers.items()}, "", now)
    if status == FORBIDDEN:
        return max(LONG_BAN, (until or now) - now) / 1000
    if status in (BANNED, TOO_MANY):
        return UNTIL_ASKED if until is None else (until - now) / 1000
    return 0.0
