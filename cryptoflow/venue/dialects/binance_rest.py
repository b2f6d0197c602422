"""What Binance answers to requests about its market."""

from collections.abc import Callable

from cryptoflow.venue.book import book
from cryptoflow.venue.dialects.binance_questions import tape_of, wrong
from cryptoflow.venue.dialects.binance_terms import exchange_info
from cryptoflow.venue.dialects.binance_tickers import book_ticker, ticker_24hr, ticker_price
from cryptoflow.venue.dialects.binance_words import INTERVALS, amount, levels, price, quantity, row
from cryptoflow.venue.dialects.dialect import Call, Moment, Query, Refusal
from cryptoflow.venue.dialects.questions import frames, whole
from cryptoflow.venue.klines import earliest, latest
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.path import Tick
from cryptoflow.venue.tape import Tape

EVER = 2**53


def ping(_: Moment, __: Query) -> str:
    """Say that the venue is there."""
    return "{}"


def time(moment: Moment, _: Query) -> str:
    """Tell what the venue's clock shows."""
    return f'{{"serverTime":{moment.shown}}}'


def kline_rows(moment: Moment, query: Query) -> str:
    """Tell bars: the first ones from `startTime` on, or the last ones."""
    tape = tape_of(moment, query)
    interval = frames(INTERVALS, tape).get(query.get("interval", ""))
    if interval is None:
        raise Refusal(-1120, "Invalid interval.")
    limit = min(1_000, max(1, whole(query, "limit", 500, wrong)))
    start, end = whole(query, "startTime", -1, wrong), whole(query, "endTime", EVER, wrong)
    if start < 0:
        found = latest(tape, interval, end + 1, limit, moment.now)
    else:
        found = earliest(tape, interval, start, end + 1, limit, moment.now)
    return f"[{','.join(row(bar, tape.listing) for bar in found)}]"


def agg_trades(moment: Moment, query: Query) -> str:
    """Tell ticks: from a number on, of a span of time, or the last ones."""
    tape = tape_of(moment, query)
    limit = min(1_000, max(1, whole(query, "limit", 500, wrong)))
    newest = tape.played(moment.now)
    number = whole(query, "fromId", -1, wrong)
    start, end = whole(query, "startTime", -1, wrong), whole(query, "endTime", -1, wrong)
    if number >= 0:
        if start >= 0 or end >= 0:
            raise Refusal(-1128, "Combination of optional parameters invalid.")
        span = max(1, number), min(newest, max(1, number) + limit - 1)
    elif start >= 0:
        until = min(newest, tape.played(end)) if end >= 0 else newest
        begin = tape.played(start - 1) + 1
        span = begin, min(until, begin + limit - 1)
    else:
        until = min(newest, tape.played(end)) if end >= 0 else newest
        span = max(1, until - limit + 1), until
    return f"[{','.join(_aggregate(tick, tape.listing) for tick in _ticks(tape, *span))}]"


def _ticks(tape: Tape, first: int, last: int) -> list[Tick]:
    return tape.ticks(first, last) if first <= last else []


def _aggregate(tick: Tick, listing: Listing) -> str:
    return (
        f'{{"a":{tick.number},"p":"{price(tick.price, listing)}","q":"{quantity(tick.quantity, listing)}",'
        f'"f":{tick.number},"l":{tick.number},"T":{tick.at},"m":{"false" if tick.bought else "true"},"M":true}}'
    )


def trades(moment: Moment, query: Query) -> str:
    """Tell the last ticks, or those from a number on."""
    tape = tape_of(moment, query)
    limit = min(1_000, max(1, whole(query, "limit", 500, wrong)))
    newest = tape.played(moment.now)
    number = whole(query, "fromId", max(1, newest - limit + 1), wrong)
    found = _ticks(tape, max(1, number), min(newest, number + limit - 1))
    return f"[{','.join(_traded(tick, tape.listing) for tick in found)}]"


def _traded(tick: Tick, listing: Listing) -> str:
    return (
        f'{{"id":{tick.number},"price":"{price(tick.price, listing)}","qty":"{quantity(tick.quantity, listing)}",'
        f'"quoteQty":"{amount(tick.price * tick.quantity, listing)}","time":{tick.at},'
        f'"isBuyerMaker":{"false" if tick.bought else "true"},"isBestMatch":true}}'
    )


def depth(moment: Moment, query: Query) -> str:
    """Tell the book."""
    tape = tape_of(moment, query)
    limit = min(5_000, max(1, whole(query, "limit", 100, wrong)))
    found = book(tape, tape.played(moment.now))
    bids, asks = (levels(side[:limit], tape.listing) for side in (found.bids, found.asks))
    return f'{{"lastUpdateId":{found.number},"bids":[{bids}],"asks":[{asks}]}}'


def _one_or_all(one: int, many: int) -> Callable[[Query], int]:
    return lambda query: one if "symbol" in query else many


def _depth_weight(query: Query) -> int:
    limit = query.get("limit", "100")
    size = int(limit) if limit.isdecimal() else 100
    return next((weight for most, weight in ((100, 5), (500, 25), (1_000, 50)) if size <= most), 250)


CALLS = {
    "/api/v3/ping": Call(ping, lambda _: 1),
    "/api/v3/time": Call(time, lambda _: 1),
    "/api/v3/exchangeInfo": Call(exchange_info, lambda _: 20),
    "/api/v3/klines": Call(kline_rows, lambda _: 2),
    "/api/v3/uiKlines": Call(kline_rows, lambda _: 2),
    "/api/v3/aggTrades": Call(agg_trades, lambda _: 4),
    "/api/v3/trades": Call(trades, lambda _: 25),
    "/api/v3/historicalTrades": Call(trades, lambda _: 25),
    "/api/v3/depth": Call(depth, _depth_weight),
    "/api/v3/ticker/24hr": Call(ticker_24hr, _one_or_all(2, 80)),
    "/api/v3/ticker/price": Call(ticker_price, _one_or_all(2, 4)),
    "/api/v3/ticker/bookTicker": Call(book_ticker, _one_or_all(2, 4)),
}
