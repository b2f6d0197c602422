"""A TCP proxy that does to a connection what networks do: it refuses, cuts, falls silent, takes its time."""

import asyncio
import socket
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

SLICE = 65_536


class Proxy:
    """Passes on what is said to a server, until told otherwise; every verb may be used from any thread.

    Its port stays its own while it refuses.
    """

    def __init__(self, host: str, port: int) -> None:
        self.server, self.delay_of = (host, port), 0.0
        self.trigger: bytes = b""
        self.cut_at: bytes | None = None
        self.accepted = self.cuts = 0
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self.port = int(self._reserved.getsockname()[1])
        self._passing: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def refuse(self) -> None:
        """Cut every connection and refuse new ones, as a machine does whose server is down."""
        self._do(self._shut())

    def allow(self) -> None:
        """Let everything through again, at once."""
        self.delay_of, self.trigger, self.cut_at = 0.0, b"", None
        self._do(self._listen())

    def cut(self) -> None:
        """Cut every connection; new ones are welcome."""
        self._do(self._cut())

    def cut_after(self, words: bytes) -> None:
        """Cut the next connection that says these words: the server hears and answers, nobody hears the answer."""
        self.cut_at = words

    def delay(self, seconds: float, words: bytes = b"") -> None:
        """Take so long to pass on what holds these words, or anything at all."""
        self.delay_of, self.trigger = seconds, words

    def close(self) -> None:
        """End it."""
        self._do(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._reserved.close()

    def open(self) -> None:
        """Begin."""
        self._thread.start()
        self.allow()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._listening is None:
            self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _shut(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        await self._cut()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)

    async def _cut(self) -> None:
        self.cuts += len(self._passing) // 2
        for each in self._passing:
            each.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            there, beyond = await asyncio.open_connection(*self.server)
        except OSError:
            writer.transport.abort()
            return
        heard = asyncio.Event()
        passing = {
            asyncio.create_task(self._ask(reader, beyond, heard)),
            asyncio.create_task(self._answer(there, writer, heard)),
        }
        self._passing |= passing
        await asyncio.wait(passing, return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, beyond):
            end.transport.abort()
        for each in passing:
            each.cancel()
        await asyncio.wait(passing)
        self._passing -= passing

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: asyncio.Event) -> None:
        """Pass on what is asked; `heard` is set where it holds the words of `cut_after`."""
        with suppress(OSError):
            while said := await reader.read(SLICE):
                if self.delay_of and self.trigger in said:
                    await asyncio.sleep(self.delay_of)
                if self.cut_at is not None and self.cut_at in said:
                    self.cut_at = None
                    heard.set()
                writer.write(said)
                await writer.drain()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: asyncio.Event) -> None:
        """Pass on what is answered, but not to what was `heard`: there the connection ends."""
        with suppress(OSError):
            while said := await reader.read(SLICE):
                if heard.is_set():
                    self.cuts += 1
                    return
                writer.write(said)
                await writer.drain()


@contextmanager
def proxy(host: str, port: int) -> Iterator[Proxy]:
    """Yield a proxy before a server."""
    between = Proxy(host, port)
    between.open()
    try:
        yield between
    finally:
        between.close()
