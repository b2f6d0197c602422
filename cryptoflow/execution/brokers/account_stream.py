"""An account's own stream through ccxt.pro: its sockets and its signatures, our reading of what comes over them.

ccxt's own reading puts numbers into floats and several messages into one; ours keeps each, in order, to the digit.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

from cryptoflow.domain.breakers.breaker import Breaker
from cryptoflow.domain.patience import PATIENCE, Patience
from cryptoflow.domain.trading.reports import Cut, Joined, Refused, Said, Unsure
from cryptoflow.execution.brokers.calls import UNREADABLE, Calls
from cryptoflow.execution.brokers.dialect import Dialect, SymbolOf
from cryptoflow.execution.brokers.mailbox import Mailbox

RECONNECT = Patience(first=1.0, longest=60.0, jitter=0.3)
"""Waits before a connection is tried again."""

GOODBYE = 0.5
"""Seconds that a connection which is given up may take to end."""

END = "account"
"""What ccxt's client rejects, with everything else that waits for it, when the connection is gone."""

Wait = Callable[[float], Awaitable[None]]


class AccountStream:
    """What an account is told, for one listener; `wait` lets time pass between attempts, or until the venue is back."""

    def __init__(
        self,
        exchange: Any,
        calls: Calls,
        dialect: Dialect,
        symbol_of: SymbolOf,
        breaker: Breaker,
        draw: Random,
        wait: Wait = asyncio.sleep,
    ) -> None:
        self._exchange, self._calls, self._dialect, self._symbol_of = exchange, calls, dialect, symbol_of
        self._breaker, self._draw, self._wait = breaker, draw, wait

    async def said(self) -> AsyncGenerator[Said, None]:
        """Yield everything, for ever; a key that may not listen is refused at the first attempt."""
        attempt, joined = 0, False
        while True:
            mailbox = Mailbox()
            try:
                if await self._joins(mailbox, patient=joined):
                    attempt, joined = 0, True
                    yield Joined()
                    while not isinstance(each := await mailbox.read(), Cut):
                        yield each
                    yield each
            finally:
                await self._leave()
            attempt += 1
            await self._wait(RECONNECT.wait(attempt, self._draw))

    async def _joins(self, mailbox: Mailbox, *, patient: bool) -> bool:
        """Try to join, and say whether it went well."""
        client = self._dialect.socket(self._exchange)
        client.on_message_callback = partial(self._hear, mailbox)
        client.handle_message = partial(_handle, client, client.handle_message)
        client.future(END).add_done_callback(partial(_ended, mailbox))
        # One backoff is enough: ccxt would wait for its own on top of ours.
        (self._exchange.ws_dial_backoff or {}).pop(client.url, None)
        join = partial(self._dialect.join, self._exchange)
        try:
            await self._calls.once(join, lambda _: None, self._breaker, PATIENCE.read)
        except Refused as refused:
            if refused.kind == "permission" and not patient:
                raise
            return False
        except Unsure:
            return False
        return True

    def _hear(self, mailbox: Mailbox, client: Any, message: Any) -> None:
        """What ccxt calls with each message: what is about the account is ours alone, the rest is its own."""
        if not self._dialect.is_about_account(message):
            self._exchange.handle_message(client, message)
            return
        try:
            said = self._dialect.heard(message, self._symbol_of)
        except UNREADABLE as error:
            mailbox.cut(f"a message of the account cannot be read: {error!r}")
            return
        if said is not None:
            mailbox.put(said)

    async def _leave(self) -> None:
        """Forget a connection, so that the next attempt makes another."""
        client = self._dialect.socket(self._exchange)
        self._exchange.clients.pop(client.url, None)
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE):
                await client.close()


def _handle(client: Any, read: Callable[[Any], None], frame: Any) -> None:
    """Read a frame as ccxt does, which would fall silent for ever after one that it cannot read."""
    import ccxt

    try:
        read(frame)
    except (*UNREADABLE, ccxt.BaseError) as error:
        client.on_error(error)


def _ended(mailbox: Mailbox, end: "asyncio.Future[Any]") -> None:
    error = None if end.cancelled() else end.exception()
    mailbox.cut(str(error) if error is not None else "the connection was closed")
