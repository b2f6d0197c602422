"""The venue's answers to requests: its limits and its trouble first, then what the dialect says."""

import asyncio

from aiohttp import web

from cryptoflow.clock import Clock
from cryptoflow.venue.counter import Counter
from cryptoflow.venue.dialects.dialect import Dialect, Moment, Refusal, Reply
from cryptoflow.venue.dialects.teller import Errand, Letter
from cryptoflow.venue.faults.faults import Faults
from cryptoflow.venue.faults.script import Span
from cryptoflow.venue.limits import Ledger
from cryptoflow.venue.market import Market


class Requests:
    """Whoever answers requests."""

    def __init__(self, market: Market, dialect: Dialect, faults: Faults, clock: Clock) -> None:
        self._market, self._dialect, self._faults, self._clock = market, dialect, faults, clock
        self._ledger = Ledger(dialect.limits)
        self.counter: Counter | None = None
        """Where customers are served, None where the venue has none."""

    def moment(self, now: int | None = None) -> Moment:
        """Return the market as it is now, or as it was told at an earlier moment."""
        now = self._market.now() if now is None else now
        return Moment(self._market, now, self._faults.now(), self._dialect.limits)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request."""
        if delay := self._faults.delay("rest", "", request.path):
            await asyncio.sleep(delay)
        errand = self.counter.errand(request.method, request.path) if self.counter else None
        if self.counter is None or errand is None:
            return sent(self.troubled(request.path) or self._answered(request))
        asked, body = request.rel_url.raw_query_string, await request.text()
        letter = self.counter.teller.letter(request.headers, asked, body)
        reply = self.troubled(request.path) or self._served(self.counter, errand, letter, request.remote or "")
        return sent(reply if request.method == "GET" else await self.counter.handed(reply))

    def troubled(self, path: str) -> Reply | None:
        """Return what is answered instead while a fault lasts."""
        span = self._faults.answer(path)
        return None if span is None else self._instead(span)

    def _instead(self, span: Span) -> Reply:
        if span.fault.kind == "failing":
            return self._dialect.failed(self._faults.script.luck(span), self._faults.now())
        return self._dialect.held_off(span.fault.kind, self._faults.left(span) * 1_000, self._faults.now())

    def _answered(self, request: web.Request) -> Reply:
        dialect, shown, address = self._dialect, self._faults.now(), request.remote or ""
        call = dialect.calls.get(request.path) if request.method == "GET" else None
        if reply := self._charged(address, call.weight(request.query) if call else 1):
            return reply
        if call is None:
            return dialect.refused(Refusal(0, f"no such path: {request.method} {request.path}", 404), shown)
        try:
            text = call.answer(self.moment(), request.query)
        except Refusal as refusal:
            return dialect.refused(refusal, shown)
        return dialect.taken(text, self._ledger.used(address))

    def _served(self, counter: Counter, errand: Errand, letter: Letter, address: str) -> Reply:
        reply = self._charged(address, errand.weight(letter.query))
        return reply or counter.serve(errand, letter, self._ledger.used(address))

    def _charged(self, address: str, weight: int) -> Reply | None:
        """Return what is answered to a request too many."""
        verdict = self._ledger.charge(address, weight, self._clock.now())
        if verdict.kind == "taken":
            return None
        return self._dialect.held_off(verdict.kind, verdict.wait, self._faults.now())


def sent(reply: Reply) -> web.Response:
    """Return a reply as it goes out."""
    headers = {"Content-Type": "application/json;charset=UTF-8", **reply.headers}
    return web.Response(text=reply.text, status=reply.status, headers=headers)
