"""What Bybit answers to requests about its spot market."""

import json

from cryptoflow.venue.book import book, top
from cryptoflow.venue.dialects.bybit_words import INTERVALS, bar_fields, day_fields, envelope, levels, price, quantity
from cryptoflow.venue.dialects.dialect import Call, Moment, Query, Refusal
from cryptoflow.venue.dialects.questions import frames, whole
from cryptoflow.venue.klines import earliest, latest
from cryptoflow.venue.listing import Listing, plain
from cryptoflow.venue.market import day_of
from cryptoflow.venue.path import Tick
from cryptoflow.venue.tape import Tape

EVER = 2**53
WRONG = 10_001


def _wrong(name: str) -> Refusal:
    return Refusal(WRONG, f"params error: {name} invalid", 200)


def _tape(moment: Moment, query: Query) -> Tape:
    if query.get("category") != "spot":
        raise Refusal(WRONG, "Category is invalid: this venue is a spot market", 200)
    if query.get("symbol") not in moment.market.tapes:
        raise Refusal(WRONG, "Not supported symbols", 200)
    return moment.market.tapes[query["symbol"]]


def _tapes(moment: Moment, query: Query) -> list[Tape]:
    return [_tape(moment, query)] if "symbol" in query else list(moment.market.tapes.values())


def time(moment: Moment, _: Query) -> str:
    """Tell what the venue's clock shows."""
    seconds, nanoseconds = moment.shown // 1_000, moment.shown * 1_000_000
    return envelope(json.dumps({"timeSecond": str(seconds), "timeNano": str(nanoseconds)}), moment.shown)


def instruments(moment: Moment, query: Query) -> str:
    """Tell what may be traded, and under which terms."""
    if query.get("category") != "spot":
        return envelope(json.dumps({"category": query.get("category"), "list": []}), moment.shown)
    listed = [_terms(tape.listing) for tape in _tapes(moment, query)]
    return envelope(json.dumps({"category": "spot", "list": listed}), moment.shown)


def _terms(listing: Listing) -> dict[str, object]:
    tick, lot, least = (plain(number) for number in (listing.tick, listing.lot, listing.least))
    return {
        "symbol": listing.id,
        "baseCoin": listing.base,
        "quoteCoin": listing.quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "none",
        "lotSizeFilter": {
            "basePrecision": lot,
            "quotePrecision": "0.00000001",
            "minOrderQty": lot,
            "maxOrderQty": "9000000",
            "minOrderAmt": least,
            "maxOrderAmt": "9000000",
        },
        "priceFilter": {"tickSize": tick},
    }


def kline_rows(moment: Moment, query: Query) -> str:
    """Tell bars, the newest first: the first ones from `start` on, or the last ones."""
    tape = _tape(moment, query)
    interval = frames(INTERVALS, tape).get(query.get("interval", ""))
    if interval is None:
        raise Refusal(WRONG, "Invalid period!", 200)
    limit = min(1_000, max(1, whole(query, "limit", 200, _wrong)))
    start, end = whole(query, "start", -1, _wrong), whole(query, "end", EVER, _wrong)
    if start < 0:
        found = latest(tape, interval, end + 1, limit, moment.now)
    else:
        found = earliest(tape, interval, start, end + 1, limit, moment.now)
    rows = [[str(bar.open_at), *bar_fields(bar, tape.listing)] for bar in reversed(found)]
    return envelope(json.dumps({"category": "spot", "symbol": tape.listing.id, "list": rows}), moment.shown)


def tickers(moment: Moment, query: Query) -> str:
    """Tell the last 24 hours, and the best bid and ask."""
    listed = [_ticker(tape, moment.now) for tape in _tapes(moment, query)]
    return envelope(json.dumps({"category": "spot", "list": listed}), moment.shown)


def _ticker(tape: Tape, now: int) -> dict[str, str]:
    listing, best, day = tape.listing, top(tape, tape.played(now)), day_of(tape, now)
    return {
        **(day_fields(day, listing) if day else {"symbol": listing.id}),
        "bid1Price": price(best.bid[0], listing),
        "bid1Size": quantity(best.bid[1], listing),
        "ask1Price": price(best.ask[0], listing),
        "ask1Size": quantity(best.ask[1], listing),
    }


def orderbook(moment: Moment, query: Query) -> str:
    """Tell the book."""
    tape = _tape(moment, query)
    limit = min(200, max(1, whole(query, "limit", 1, _wrong)))
    found = book(tape, tape.played(moment.now))
    bids, asks = (levels(side[:limit], tape.listing) for side in (found.bids, found.asks))
    told = (
        f'{{"s":"{tape.listing.id}","b":[{bids}],"a":[{asks}],"ts":{moment.shown},"u":{found.number},'
        f'"seq":{found.number},"cts":{moment.now}}}'
    )
    return envelope(told, moment.shown)


def recent_trades(moment: Moment, query: Query) -> str:
    """Tell the last ticks, the newest first."""
    tape = _tape(moment, query)
    limit = min(60, max(1, whole(query, "limit", 60, _wrong)))
    newest = tape.played(moment.now)
    found = tape.ticks(max(1, newest - limit + 1), newest) if newest else []
    listed = [_traded(tick, tape.listing) for tick in reversed(found)]
    return envelope(json.dumps({"category": "spot", "list": listed}), moment.shown)


def _traded(tick: Tick, listing: Listing) -> dict[str, object]:
    return {
        "execId": str(tick.number),
        "symbol": listing.id,
        "price": price(tick.price, listing),
        "size": quantity(tick.quantity, listing),
        "side": "Buy" if tick.bought else "Sell",
        "time": str(tick.at),
        "isBlockTrade": False,
        "seq": str(tick.number),
    }


CALLS = {
    f"/v5/market/{name}": Call(answer, lambda _: 1)
    for name, answer in {
        "time": time,
        "instruments-info": instruments,
        "kline": kline_rows,
        "tickers": tickers,
        "orderbook": orderbook,
        "recent-trade": recent_trades,
    }.items()
}
