"""What ends ccxt's sockets without a word: a frame that is not JSON; and what makes them noisy: a late ping."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any

from aiohttp import WSMessage, WSMsgType

ANSWERS: set[asyncio.Future[None]] = set()
"""Answers on their way, which nobody else holds."""


class Unreadable(Exception):
    """A message came that is not even JSON; what it said is lost unless it is asked for."""


def guard(exchange: Any) -> None:
    """Have the sockets of a client of ccxt.pro say so when a message cannot be read, and answer pings quietly."""
    import ccxt

    make = exchange.client

    def client(url: str) -> Any:
        known = (exchange.clients or {}).get(url)
        found = make(url)
        if found is not known:
            found.handle_message = partial(handle, ccxt.BaseError, found, found.handle_message)
        return found

    exchange.client = client


def handle(refusal: type[Exception], client: Any, read: Any, message: WSMessage) -> None:
    """Read a message as ccxt does; one that cannot be read, or is a refusal, is told to all who wait, at once."""
    if message.type is WSMsgType.PING:
        answer = asyncio.ensure_future(pong(client.connection, message.data))
        ANSWERS.add(answer)
        answer.add_done_callback(partial(answered, client))
        return
    try:
        read(message)
    except ValueError:
        client.on_error(Unreadable("a message cannot be read"))
    except refusal as error:
        client.on_error(error)


def answered(client: Any, answer: "asyncio.Future[None]") -> None:
    """Let all who wait know of what kept an answer from going out."""
    ANSWERS.discard(answer)
    if not answer.cancelled() and (error := answer.exception()) is not None:
        client.on_error(error)


async def pong(connection: Any, data: bytes) -> None:
    """Answer a ping, unless the connection is going."""
    with suppress(ConnectionError):
        await connection.pong(data)
