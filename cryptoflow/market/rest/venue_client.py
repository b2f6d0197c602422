"""A venue as far as its past goes: what it lists, and pages of bars, asked for with patience and within its limits."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from random import Random
from typing import Any, NamedTuple

import tenacity

from cryptoflow.clock import Clock
from cryptoflow.domain.patience import PATIENCE
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.listings.terms import Snapshot, snapshot_from
from cryptoflow.market.manners import quiet_until, refuses
from cryptoflow.market.rest import dialects
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.answers import holds_bars
from cryptoflow.market.rest.budget import HERE, Budget, Budgets, budget_name
from cryptoflow.market.rest.clocks import Clocks
from cryptoflow.market.rest.errors import Turn, told, turn
from cryptoflow.market.rest.pages import Ask
from cryptoflow.market.rest.timed import Timed
from cryptoflow.market.times import timeframe_name
from cryptoflow.spec.nearest import nearest

ATTEMPTS = 5
"""How often a call is made in all."""

REFUSALS = 8
"""How often in a row a call may hear that it was too early."""

Row = tuple[float | None, ...]


_bars_wanted: ContextVar[bool] = ContextVar("bars_wanted", default=False)
"""Whether the request on its way in this task asks for bars."""


class Heard(NamedTuple):
    """What came of asking: how many answers, and how many of them wanted to be asked less."""

    answers: int = 0
    refusals: int = 0


class VenueClient:
    """One venue's market side, through ccxt; every request waits for its share of the budget."""

    def __init__(
        self, venue: str, exchange: Any, budget: Budget, priority: Priority, clock: Clock, url: str | None = None
    ) -> None:
        self.venue, self.url, self.clock, self.heard = venue, url, clock, Heard()
        self.origin = f"ccxt {venue} at {url}" if url else f"ccxt {venue}"
        self.budget, self._priority, self.exchange = budget, priority, exchange
        self._jitter = Random()  # another one in each process: they are not to come back together
        exchange.throttle = self._in_turn
        exchange.on_rest_response = self._listen
        self._errors_of = exchange.handle_errors
        exchange.handle_errors = self._judge

    async def symbols(self) -> tuple[str, ...]:
        """Return what the venue's spot market lists, in order."""
        markets = await self._patiently(self._said, self.exchange.load_markets, True)
        return tuple(sorted(name for name, market in markets.items() if market.get("spot", True)))

    async def listings(self) -> Snapshot:
        """Return what the venue allows and charges now, and what was traded of each symbol in 24 hours."""
        import ccxt

        markets = await self._patiently(self._said, self.exchange.load_markets)
        tickers = await self._patiently(self.exchange.fetch_tickers) if self.tells_volumes else {}
        return snapshot_from(markets, tickers, decimals=self.exchange.precisionMode == ccxt.DECIMAL_PLACES)

    @property
    def tells_volumes(self) -> bool:
        """Whether the venue tells of all symbols at once what was traded."""
        return bool(self.exchange.has["fetchTickers"])

    def timeframes(self) -> tuple[str, ...]:
        """Return the names of the timeframes that the venue has bars of."""
        return tuple(self.exchange.timeframes or ())

    async def now(self) -> int:
        """Return the venue's time or ours, the earlier one: no bar that may still be open is taken for closed."""
        return (await self.clocks()).earlier

    async def clocks(self) -> Clocks:
        """Return our time and the venue's."""
        if not self.exchange.has["fetchTime"]:
            return Clocks(self.clock.now(), self.clock.now())
        theirs = int(await self._patiently(self._said, self.exchange.fetch_time))
        return Clocks(self.clock.now(), theirs)

    async def page(self, symbol: str, ask: Ask) -> list[Row]:
        """Return a page of bars as ccxt has them: open_at, open, high, low, close, volume."""
        if not self.exchange.markets:
            await self.symbols()
        until = {} if ask.until is None else {"until": ask.until - 1}
        frame = timeframe_name(ask.timeframe)
        wanted = _bars_wanted.set(True)
        try:
            rows: list[Row] = await self._patiently(
                self.exchange.fetch_ohlcv, symbol, frame, ask.since, self._limit(), until
            )
        finally:
            _bars_wanted.reset(wanted)
        return rows

    def _limit(self) -> int | None:
        """The most bars that a page of the venue has, as far as ccxt knows."""
        spot = (self.exchange.features or {}).get("spot") or {}
        limit = (spot.get("fetchOHLCV") or {}).get("limit")
        return None if limit is None else int(limit)

    async def _in_turn(self, cost: float) -> None:
        """What ccxt calls before each request."""
        await self.budget.spend(cost, self._priority)

    def _listen(self, code: int, _reason: str, url: str, method: str, headers: Any, body: str, *_request: Any) -> str:
        """What ccxt calls with each response, before it looks at it."""
        found = {name.lower(): value for name, value in headers.items()}
        allowance = self.budget.allowance
        used = found.get(allowance.header)
        if used is not None:
            self.budget.heard(float(used) / allowance.scale)
        until = quiet_until(code, found, body, self.clock.now())
        if until is not None:
            self.budget.hold(until)
        self.heard = Heard(self.heard.answers + 1, self.heard.refusals + refuses(code, body))
        text = body.strip()
        if code == 200 and (text[:1] not in ("{", "[") or text[-1:] not in ("}", "]")):
            import ccxt

            raise ccxt.ExchangeNotAvailable(f"{self.venue} {method} {url} was answered with {text[:40]!r}")
        return text

    def _judge(
        self, code: int, reason: str, url: str, method: str, headers: Any, body: str, answer: Any, *of: Any
    ) -> Any:
        """What ccxt calls to see whether a response is an error: its own first, then one that says nothing."""
        found = self._errors_of(code, reason, url, method, headers, body, answer, *of)
        if code == 200 and _bars_wanted.get() and not holds_bars(self.venue, answer):
            import ccxt

            raise ccxt.ExchangeNotAvailable(f"{self.venue} {method} {url} was answered with no bars but {body[:40]!r}")
        return found

    async def _said(self, call: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """Return what a call returns; one that returns nothing was not answered."""
        found = await call(*arguments)
        if not found:
            import ccxt

            raise ccxt.ExchangeNotAvailable(f"{self.venue} answered with nothing")
        return found

    async def _patiently(self, call: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        """Return what a call that changes nothing at the venue returns, or say why it cannot be had."""
        import ccxt

        refusals = 0
        while True:
            try:
                return await self._retried(call, *arguments)
            except ccxt.BaseError as error:
                refusals += 1
                if turn(error) is not Turn.WAIT or refusals > REFUSALS:
                    raise told(error, self.venue, self.url) from error
                if self.budget.silent_until() <= self.clock.now():
                    self.budget.hold(self.clock.now() + refusals * self.budget.allowance.window)

    async def _retried(self, call: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        again = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(_may_pass),
            wait=lambda state: PATIENCE.wait(state.attempt_number, self._jitter),
            stop=tenacity.stop_after_attempt(ATTEMPTS),
            reraise=True,
        )
        return await again(call, *arguments)


def _may_pass(error: BaseException) -> bool:
    import ccxt

    return isinstance(error, ccxt.BaseError) and turn(error) is Turn.AGAIN


@asynccontextmanager
async def venue_client(
    venue: str, url: str | None, priority: Priority, clock: Clock, budgets: Budgets = HERE
) -> AsyncIterator[VenueClient]:
    """Open a client of the venue that ccxt has under this name, sent to `url` where one is given.

    `budgets` are where its requests are counted.
    """
    import ccxt.async_support as ccxt

    if venue not in ccxt.exchanges:
        near = nearest(venue, ccxt.exchanges)
        raise CryptoflowError(
            f"ccxt knows no venue {venue}",
            fix=f"did you mean `{near}`?" if near else "the manual of ccxt lists the venues that it has",
        )
    exchange = dialects.mended(venue, getattr(ccxt, venue)(dialects.options_of(venue, url)), url)
    if priority is Priority.HISTORY and not exchange.has["fetchOHLCV"]:
        await exchange.close()
        raise CryptoflowError(
            f"{venue} gives no bars of the past", fix="import a file instead", code=ExitCode.UNAVAILABLE
        )
    exchange.open()
    exchange.session = Timed(exchange.session)
    if url is not None and url.startswith("http://"):
        exchange.timeout_on_exit = 0  # milliseconds in which encrypted connections end
    try:
        async with budgets.opened(budget_name(venue, url), dialects.allowance_of(venue, exchange), clock) as budget:
            yield VenueClient(venue, exchange, budget, priority, clock, url)
    finally:
        await exchange.close()
