"""Waiting for a venue that was gone: as long as is polite, and not much longer than until it is back."""

import asyncio

import aiohttp

from cryptoflow.market.streams.asking import AWAY, TIMEOUT

KNOCK = 2.0
"""Seconds between looks whether a venue that was not there is back, so that a long wait ends with its cause."""


async def wait_out(seconds: float, session: aiohttp.ClientSession, address: str) -> None:
    """Wait some seconds; where the venue was gone, not longer than until it is there again."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    gone = seconds > KNOCK and not await is_there(session, address)
    while (left := until - loop.time()) > 0:
        await asyncio.sleep(min(left, KNOCK))
        if left > KNOCK:
            there = await is_there(session, address)
            if gone and there:
                return
            gone = not there


async def is_there(session: aiohttp.ClientSession, address: str) -> bool:
    """Say whether someone answers where the streams come from."""
    try:
        async with session.get(address.replace("ws", "http", 1), timeout=TIMEOUT) as response:
            return response.status < 500 and response.status not in AWAY
    except (aiohttp.ClientError, OSError, TimeoutError):
        return False
