"""Calls made again while that may help: after 1, 2, 4, 8 seconds, and never one that could become two orders."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import ParamSpec, TypeVar

import tenacity

from cryptoflow.domain.patience import PATIENCE, Patience
from cryptoflow.execution.idempotent import Idempotent

P = ParamSpec("P")
T = TypeVar("T")

Sleep = Callable[[float], Awaitable[None]]


class Retrying:
    """Patience with calls, on the clock of a loop: what takes `total` seconds with all its attempts and waits is over.

    `passing` says of an error whether the next attempt may go better. The last error is raised as it came; a
    `TimeoutError` is raised when the time is up in the middle of an attempt. Attempts of a component with a breaker
    are guarded inside the call, so that each counts; `Rejected` is no error that passes. Whoever opens connections sets
    the time-outs of `patience` for a connection and a read; what is measured here, in seconds, is the total.
    """

    def __init__(
        self,
        passing: Callable[[Exception], bool],
        patience: Patience = PATIENCE,
        draw: Random | None = None,
        clock: Callable[[], float] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._passing, self.patience = passing, patience
        self._draw = draw or Random()  # another one in each process: they are not to come back together
        self._clock, self._sleep = clock, sleep

    async def __call__(self, call: Idempotent[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Return what a call returns, sooner or later."""
        if not isinstance(call, Idempotent):
            raise TypeError(f"{call!r} does not say that it may be made twice")
        clock = self._clock or asyncio.get_running_loop().time
        until = clock() + self.patience.total

        async def attempt() -> T:
            async with asyncio.timeout(until - clock()):
                return await call(*arguments, **named)

        again = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(self._may_pass),
            wait=lambda state: self.patience.wait(state.attempt_number, self._draw),
            stop=lambda state: clock() + state.upcoming_sleep >= until,
            sleep=self._sleep,
            reraise=True,
        )
        return await again(attempt)

    def _may_pass(self, error: BaseException) -> bool:
        return isinstance(error, Exception) and self._passing(error)
