"""How listening through ccxt ends: which work ended it, whether to come back, and what to say."""

import asyncio
import re
from collections.abc import Coroutine, Iterable
from typing import Any

import aiohttp

from cryptoflow.market.rest.errors import told
from cryptoflow.market.streams.guarding import Unreadable
from cryptoflow.market.streams.watches import Overrun

CODE = re.compile(r"closing code (\d+)")


class GivenUp(Exception):
    """ccxt has let a connection go without a word to this stream."""


async def first_of(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Do some works at once until the first of them ends, and raise what ended it, our own fault before all."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        ended = [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    errors = [error for task in tasks if not task.cancelled() and (error := task.exception()) is not None]
    if errors:
        raise next((error for error in errors if not isinstance(error, breaks())), errors[0])
    if all(task.cancelled() for task in ended):  # ccxt cancels those who wait at a connection that it gives up
        raise GivenUp


def reason_of(error: Exception, venue: str) -> str:
    """Return why a connection has ended; what no other attempt would mend is raised as people read it."""
    if isinstance(error, Overrun | Unreadable):
        return str(error)
    if isinstance(error, refusals()):
        raise told(error, venue)
    code = CODE.search(str(error))
    return f"closed with {code[1]}" if code else f"no connection: {type(error).__name__}"


def breaks() -> tuple[type[Exception], ...]:
    """Return the errors with which a stream may end."""
    import ccxt

    return (ccxt.BaseError, aiohttp.ClientError, OSError, TimeoutError, Overrun, Unreadable, GivenUp)


def refusals() -> tuple[type[Exception], ...]:
    """Return those of ccxt's errors that are the venue's last word."""
    import ccxt

    return (ccxt.BadRequest, ccxt.NotSupported, ccxt.ArgumentsRequired, ccxt.AuthenticationError)
