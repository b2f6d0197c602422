"""The broker that trades a spot account through ccxt: one venue, one key, exact numbers, nothing sent twice."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from functools import partial
from random import Random
from typing import Any

from cryptoflow.domain.breakers.breaker import Breaker
from cryptoflow.domain.breakers.components import Kind
from cryptoflow.domain.breakers.registry import Breakers
from cryptoflow.domain.orders import is_terminal
from cryptoflow.domain.trading.intents import Bracket, Intent
from cryptoflow.domain.trading.reports import Balance, Deal, Refused, Report, Said
from cryptoflow.execution.brokers.account_stream import AccountStream, Wait
from cryptoflow.execution.brokers.calls import Calls
from cryptoflow.execution.brokers.dialects import dialect_of
from cryptoflow.execution.brokers.whole import grain_of, refuse_fractions
from cryptoflow.execution.retrying import Retrying

KNOWN = 10_000
"""Orders whose client ids are kept by the venue's ids, which are all that its fills name."""


class CcxtBroker:
    """A `Broker` over a client of ccxt.pro that is open, has its keys, and has loaded its markets.

    What an open breaker keeps from being sent is `Refused`, and a question that it keeps from being asked `Unsure`.
    """

    def __init__(
        self,
        exchange: Any,
        breakers: Breakers,
        retrying: Callable[[Callable[[Exception], bool]], Retrying] = Retrying,
        draw: Random | None = None,
        wait: Wait = asyncio.sleep,
    ) -> None:
        self.exchange, self.venue, self._dialect = exchange, str(exchange.id), dialect_of(exchange.id)
        self._calls = Calls(exchange, self._dialect.codes, retrying)
        self._orders = partial(breakers.orders, self.venue)
        self._reads = breakers.breaker(Kind.VENUE_REST, self.venue)
        stream = breakers.breaker(Kind.VENUE_STREAM, self.venue)
        self._stream = AccountStream(
            exchange, self._calls, self._dialect, self._symbol_of, stream, draw or Random(), wait
        )
        self._names: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def submit(self, intent: Intent) -> Report:
        """Send an order, and return how it stands: acknowledged, or filled already."""
        self._refuse_fractions(intent)
        request = self._dialect.order(self._market(intent.symbol), intent)
        return await self._calls.once(self._calls.of(request), partial(self._own, intent.id), self._path(intent))

    async def submit_bracket(self, bracket: Bracket) -> tuple[Report, Report]:
        """Send a stop and a target of which one takes the other back, and return how both stand."""
        for each in (bracket.stop, bracket.target):
            self._refuse_fractions(each)
        request = self._dialect.bracket(self._market(bracket.stop.symbol), bracket)

        def both(answer: Any) -> tuple[Report, Report]:
            return self._own(bracket.stop.id, answer), self._own(bracket.target.id, answer)

        return await self._calls.once(self._calls.of(request), both, self._path(bracket.stop))

    async def cancel(self, symbol: str, order: str) -> Report:
        """Take an order back and return how it ended; one of a bracket takes the other with it.

        One that has ended already, be it by an earlier attempt to take it back, is told as it ended.
        """
        request = self._dialect.cancel(self._market(symbol), order)
        try:
            return await self._calls.patiently(request, partial(self._own, order), self._orders(leaving=True))
        except Refused as refused:
            found = await self.fetch_order(symbol, order) if refused.kind == "unknown_order" else None
            if found is None or not is_terminal(found.state):
                raise
            return found

    async def fetch_order(self, symbol: str, order: str) -> Report | None:
        """Return how an order stands, None where the venue does not know it."""
        request = self._dialect.look(self._market(symbol), order)
        try:
            return await self._calls.patiently(request, partial(self._own, order), self._reads)
        except Refused as refused:
            if refused.kind != "unknown_order":
                raise
            return None

    async def fetch_open(self) -> Sequence[Report]:
        """Return all orders that rest at the venue for this account, also those that are not ours."""
        return await self._calls.patiently(self._dialect.resting(), self._reports, self._reads)

    async def fetch_deals(self, symbol: str, since: int) -> Sequence[Deal]:
        """Return all fills of a symbol from a moment on, the oldest first."""
        market, found = self._market(symbol), list[Deal]()
        read = partial(self._dialect.deals_in, symbol_of=self._symbol_of)
        request = self._dialect.deals(market, since, None)
        while page := await self._calls.patiently(request, read, self._reads):
            found += page
            request = self._dialect.deals(market, since, page[-1].id)
        return await self._named(symbol, found)

    async def fetch_balances(self) -> Mapping[str, Balance]:
        """Return what the account has, without currencies of which it has nothing."""
        return await self._calls.patiently(self._dialect.balances(), self._dialect.balances_in, self._reads)

    async def said(self) -> AsyncIterator[Said]:
        """Yield what the account's own stream says, for ever: first `Joined`, and after each `Cut` another."""
        async with aclosing(self._stream.said()) as stream:
            async for each in stream:
                if isinstance(each, Report):
                    self._note(each)
                yield each

    def _path(self, intent: Intent) -> Breaker:
        """Return the breaker of an order: on a spot account, what protects or sells leaves."""
        return self._orders(leaving=intent.guards or intent.side == "sell")

    def _refuse_fractions(self, intent: Intent) -> None:
        import ccxt

        market = self.exchange.market(intent.symbol)
        refuse_fractions(intent, grain_of(market, places=self.exchange.precisionMode == ccxt.DECIMAL_PLACES))

    def _market(self, symbol: str) -> str:
        return str(self.exchange.market(symbol)["id"])

    def _symbol_of(self, market: str) -> str:
        return str(self.exchange.safe_symbol(market))

    def _reports(self, answer: Any) -> Sequence[Report]:
        found = self._dialect.reports_in(answer, self._symbol_of)
        for each in found:
            self._note(each)
        return found

    def _own(self, order: str, answer: Any) -> Report:
        """Return what an answer says of one order; an answer that does not is none."""
        found = {each.order: each for each in self._reports(answer)}
        return found[order]

    def _note(self, report: Report) -> None:
        self._names[report.symbol, report.venue_id] = report.order
        if len(self._names) > KNOWN:
            self._names.popitem(last=False)

    async def _named(self, symbol: str, deals: Sequence[Deal]) -> list[Deal]:
        """Return fills with the client ids of their orders; the venue is asked for those that are not known yet."""
        names = {deal.order: self._names.get((symbol, deal.order)) for deal in deals}
        while missing := sorted((int(order) for order, name in names.items() if name is None)):
            request = self._dialect.orders(self._market(symbol), str(missing[0]))
            page = {
                each.venue_id: each.order for each in await self._calls.patiently(request, self._reports, self._reads)
            }
            names |= {order: page.get(order) for order, name in names.items() if name is None}
            # What the venue has deleted keeps its own id: it was filled, and is nobody's that is known here.
            names[str(missing[0])] = names[str(missing[0])] or str(missing[0])
        return [deal._replace(order=names[deal.order] or deal.order) for deal in deals]
