"""Calls of ccxt's client: each in the guard of a breaker, and each ending in what was read, `Refused` or `Unsure`."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from cryptoflow.domain.breakers.breaker import Breaker
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.patience import PATIENCE
from cryptoflow.domain.trading.reports import Refused, Unsure
from cryptoflow.execution.brokers.dialect import Request
from cryptoflow.execution.brokers.refusals import Codes, meant
from cryptoflow.execution.idempotent import Idempotent
from cryptoflow.execution.retrying import Retrying

UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading raises where an answer is none."""

EARLY = "-1021"
"""The code of a request whose time is not the venue's."""

T = TypeVar("T")

Ask = Callable[[], Awaitable[Any]]
Read = Callable[[Any], T]


class Calls:
    """A venue that is asked, once or until it answers."""

    def __init__(
        self, exchange: Any, codes: Codes, retrying: Callable[[Callable[[Exception], bool]], Retrying]
    ) -> None:
        self._exchange, self._codes = exchange, codes
        self._again, self._skewed = retrying(self._may_pass), False

    def of(self, request: Request) -> Ask:
        """Return what makes a request."""
        return partial(getattr(self._exchange, request.call), dict(request.params))

    async def once(self, ask: Ask, read: Read[T], breaker: Breaker, within: float = PATIENCE.total) -> T:
        """Ask for what is never asked for twice, and return what was read in the answer.

        What a breaker keeps from being sent is refused: it is not there, and will not be.
        """
        try:
            async with asyncio.timeout(within):
                return await self._asked(ask, read, breaker)
        except Rejected as error:
            raise Refused("other", "", error.problems[0].what) from error
        except TimeoutError as error:
            raise Unsure(f"no answer in {within:.0f} s") from error

    async def patiently(self, request: Request, read: Read[T], breaker: Breaker) -> T:
        """Ask for what may be asked for twice until there is an answer, or the patience is over."""
        try:
            found: T = await self._again(self.fetch, request, read, breaker)
        except Rejected as error:
            raise Unsure(error.problems[0].what) from error
        except TimeoutError as error:
            raise Unsure(f"no answer in {PATIENCE.total:.0f} s") from error
        return found

    @Idempotent
    async def fetch(self, request: Request, read: Read[Any], breaker: Breaker) -> Any:
        """Ask once for what changes nothing, or what may be so already."""
        return await self._asked(self.of(request), read, breaker)

    async def _asked(self, ask: Ask, read: Read[T], breaker: Breaker) -> T:
        import ccxt

        with breaker.guard() as call:
            try:
                await self._set_clock()
                found = read(await ask())
            except ccxt.BaseError as error:
                outcome = meant(error, self._codes)
                if isinstance(outcome, Refused):
                    call.ok()
                    self._skewed = self._skewed or outcome.code == EARLY
                raise outcome from error
            except OSError as error:
                raise Unsure(f"the connection is gone: {error!r}") from error
            except UNREADABLE as error:
                raise Unsure(f"the answer cannot be read: {error!r}") from error
            call.ok()
            return found

    async def _set_clock(self) -> None:
        """Ask the venue for its time once it has said that ours is another."""
        if self._skewed:
            await self._exchange.load_time_difference()
            self._skewed = False

    def _may_pass(self, error: Exception) -> bool:
        return isinstance(error, Unsure) or (isinstance(error, Refused) and error.code in self._codes.again)
