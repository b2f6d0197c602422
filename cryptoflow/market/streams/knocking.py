"""Waiting for a venue that was gone: as long as is polite, and not much longer than until it is back."""

import asyncio

import aiohttp
from aiohttp import ClientWSTimeout

KNOCK = 2.0
"""Seconds between looks whether a venue that was not there is back, and those in which it has to answer one."""


class Door:
    """Where streams come from, looked at by all who wait there together: not more often than one alone would."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session, self.address = session, address
        self.asked_at = -KNOCK
        self.shut_until = 0.0
        self.open = False
        self.looking = asyncio.Lock()

    async def wait_out(self, seconds: float, *, gone: bool = False) -> None:
        """Wait some seconds; where the venue was gone, not longer than until it is there again."""
        loop = asyncio.get_running_loop()
        if loop.time() < self.shut_until:
            await asyncio.sleep(max(seconds, self.shut_until - loop.time()))
            return
        until = loop.time() + seconds
        gone = gone or (seconds > KNOCK and not await self.is_open())
        while (left := until - loop.time()) > 0:
            await asyncio.sleep(min(left, KNOCK))
            if left > KNOCK:
                there = await self.is_open()
                if gone and there:
                    return
                gone = not there

    def shut(self, seconds: float) -> None:
        """Let nobody try for some seconds, because the venue has asked for that."""
        self.shut_until = asyncio.get_running_loop().time() + seconds

    async def is_open(self) -> bool:
        """Say whether a connection can be made, which is the only sign that streams are back."""
        loop = asyncio.get_running_loop()
        async with self.looking:
            if loop.time() - self.asked_at >= KNOCK / 2:
                self.open = await self._answers()
                self.asked_at = loop.time()
            return self.open

    async def _answers(self) -> bool:
        try:
            async with (
                asyncio.timeout(KNOCK),
                self.session.ws_connect(self.address, timeout=ClientWSTimeout(ws_close=KNOCK / 4)),
            ):
                return True
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False


async def wait_out(seconds: float, session: aiohttp.ClientSession, address: str) -> None:
    """Wait some seconds at a door of one's own."""
    await Door(session, address).wait_out(seconds)
