"""What Binance tells of prices and of the last day, of one symbol, of some, or of all."""

import json
from collections.abc import Iterator

from cryptoflow.venue.book import top
from cryptoflow.venue.dialects.binance_questions import each
from cryptoflow.venue.dialects.binance_words import amount, price, quantity
from cryptoflow.venue.dialects.dialect import Moment, Query
from cryptoflow.venue.market import day_of
from cryptoflow.venue.tape import Tape


def book_ticker(moment: Moment, query: Query) -> str:
    """Tell the best bid and ask."""
    return each(moment, query, _best)


def _best(tape: Tape, now: int) -> str:
    best, listing = top(tape, tape.played(now)), tape.listing
    return (
        f'{{"symbol":"{listing.id}","bidPrice":"{price(best.bid[0], listing)}",'
        f'"bidQty":"{quantity(best.bid[1], listing)}","askPrice":"{price(best.ask[0], listing)}",'
        f'"askQty":"{quantity(best.ask[1], listing)}"}}'
    )


def ticker_price(moment: Moment, query: Query) -> str:
    """Tell the last price."""

    def told(tape: Tape, now: int) -> str:
        number = tape.played(now)
        last = tape.tick(number).price if number else int(tape.open[0])
        return f'{{"symbol":"{tape.listing.id}","price":"{price(last, tape.listing)}"}}'

    return each(moment, query, told)


def ticker_24hr(moment: Moment, query: Query) -> str:
    """Tell the last 24 hours."""
    return each(moment, query, lambda tape, now: json.dumps(dict(_day(tape, now))))


def _day(tape: Tape, now: int) -> Iterator[tuple[str, object]]:
    listing, best, day = tape.listing, top(tape, tape.played(now)), day_of(tape, now)
    yield "symbol", listing.id
    if day is not None:
        change = day.close - day.open
        yield "priceChange", ("-" if change < 0 else "") + price(abs(change), listing)
        yield "priceChangePercent", f"{change / day.open * 100:.3f}"
        yield "openPrice", price(day.open, listing)
        yield "highPrice", price(day.high, listing)
        yield "lowPrice", price(day.low, listing)
        yield "lastPrice", price(day.close, listing)
        yield "volume", quantity(day.volume, listing)
        yield "quoteVolume", amount(day.turnover, listing)
        yield "weightedAvgPrice", price(day.turnover // max(1, day.volume), listing)
        yield "firstId", day.first
        yield "lastId", day.last
        yield "count", day.last - day.first + 1
    yield "openTime", now - 86_400_000
    yield "closeTime", now
    yield "bidPrice", price(best.bid[0], listing)
    yield "bidQty", quantity(best.bid[1], listing)
    yield "askPrice", price(best.ask[0], listing)
    yield "askQty", quantity(best.ask[1], listing)
