"""The rehearsal venue: a market, a dialect to speak of it, and a socket to speak through."""

import asyncio
from types import TracebackType
from typing import Self

from aiohttp import web

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.venue.audience import Audience
from cryptoflow.venue.counter import Counter
from cryptoflow.venue.dialects.dialect import Dialect
from cryptoflow.venue.faults.faults import Faults
from cryptoflow.venue.faults.script import Script, Span
from cryptoflow.venue.market import Market
from cryptoflow.venue.player import Player
from cryptoflow.venue.requests import Requests
from cryptoflow.venue.streams import Streams
from cryptoflow.venue.trading.floor import Floor
from cryptoflow.venue.trading.house import House

HOST = "127.0.0.1"


class RehearsalVenue:
    """A venue that opens with `async with` and is gone afterwards, sockets, tasks and all."""

    def __init__(
        self,
        market: Market,
        dialect: Dialect,
        clock: Clock,
        *,
        script: Script | None = None,
        port: int = 0,
        house: House | None = None,
    ) -> None:
        """Open for listeners; and for the customers of a `house`, where there is one."""
        self.market, self.dialect, self.clock, self.port = market, dialect, clock, port
        self.faults = Faults(clock, market.pace, script or Script())
        self.audience = Audience()
        requests = Requests(market, dialect, self.faults, clock)
        self.streams = Streams(market, dialect, self.faults, clock, self.audience, requests)
        self.floor = Floor(market, house) if house else None
        self._player = Player(market, self.audience, dialect, self.faults.skew, self.floor)
        if self.floor is not None:
            requests.counter = self._counter(self.floor)
            self.floor.listeners.append(lambda _: self.audience.alarm.ring())
        self._tasks: list[asyncio.Task[None]] = []
        self._door: asyncio.Server | None = None
        app = web.Application()
        for path in (*dialect.streams, *(requests.counter.teller.streams if requests.counter else ())):
            app.router.add_get(path, self.streams.handle)
        app.router.add_get("/rehearsal/faults", self._told_faults)
        app.router.add_get("/rehearsal", self._told)
        app.router.add_route("*", "/{path:.*}", requests.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)

    @property
    def url(self) -> str:
        """Where requests go."""
        return f"http://{HOST}:{self.port}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        try:
            await self._listen()
        except OSError as error:
            await self._runner.cleanup()
            what = f"port {self.port} cannot be opened: {error.strerror or error}"
            raise CryptoflowError(what, fix="name another with --port", code=ExitCode.UNAVAILABLE) from error
        works = (self._player.run(), self.streams.keep(), self._trouble())
        self._tasks = [asyncio.create_task(work) for work in works]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.streams.close()
        self._shut()
        await self._runner.cleanup()
        for outcome in ended:
            if isinstance(outcome, Exception):
                raise outcome

    async def failed(self) -> None:
        """Return never, but raise an error of the venue's own when there is one."""
        await asyncio.gather(*self._tasks)

    def _counter(self, floor: Floor) -> Counter:
        teller = self.dialect.teller
        if teller is None:
            raise CryptoflowError(f"nobody can trade in the words of {self.dialect.name} yet", fix="choose binance")
        return Counter(floor, self.dialect, teller, self.faults, self.clock, self._player.play)

    async def _listen(self) -> None:
        server = self._runner.server
        assert server is not None
        self._door = await asyncio.get_running_loop().create_server(server, HOST, self.port)
        self.port = self._door.sockets[0].getsockname()[1]

    def _shut(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None

    async def _trouble(self) -> None:
        """Cut connections and close the door when the script says so; then wait for the end."""
        for span in self.faults.blows():
            await asyncio.sleep((span.begin - self.faults.elapsed()) / 1_000)
            if span.fault.kind == "disconnect":
                self._disconnect(span)
            else:
                await self._refuse(span)
        await asyncio.get_running_loop().create_future()

    def _disconnect(self, span: Span) -> None:
        for connection in self.streams.connections():
            if self.faults.script.meets(span.fault, str(span.ordinal), connection.number):
                self.faults.note("disconnect", f"connection {connection.number}")
                connection.cut()

    async def _refuse(self, span: Span) -> None:
        """Be gone for a while: nobody is connected, and nobody may connect."""
        self.faults.note("refused", f"for {span.end - span.begin} ms")
        self._shut()
        server = self._runner.server
        for handler in server.connections if server else ():
            if handler.transport is not None:
                handler.transport.abort()
        await asyncio.sleep((span.end - self.faults.elapsed()) / 1_000)
        await self._listen()

    async def _told_faults(self, _: web.Request) -> web.Response:
        log = self.faults.log
        return web.json_response({"count": log.count, "faults": [entry._asdict() for entry in log.entries]})

    async def _told(self, _: web.Request) -> web.Response:
        market = self.market
        told = {
            "dialect": self.dialect.name,
            "now": market.now(),
            "end": market.end(),
            "speed": market.pace.speed,
            "symbols": [tape.listing.symbol for tape in market.tapes.values()],
            "connections": len(self.streams.connections()),
            "topics": len(self.audience.topics),
            "faults": self.faults.log.by_kind(),
        }
        return web.json_response(told)
