"""What Binance says on its WebSocket streams, and how it is asked to."""

import json
from collections.abc import Callable
from typing import Any

from cryptoflow.venue.book import Change, Top
from cryptoflow.venue.dialects.binance_words import INTERVALS, NAMES, amount, levels, price, quantity
from cryptoflow.venue.dialects.dialect import Asking, Heard
from cryptoflow.venue.dialects.questions import frames
from cryptoflow.venue.klines import Kline
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.market import Market, beat_of
from cryptoflow.venue.path import Tick
from cryptoflow.venue.topic import Event, Topic


def topic(name: str, market: Market) -> Topic | None:
    """Return what a stream's name stands for, None where nothing is ever said on it."""
    symbol, _, rest = name.partition("@")
    tape = market.tapes.get(symbol.upper())
    if tape is None or symbol != symbol.lower():
        return None
    kind, _, speed = rest.partition("@")
    if kind in ("trade", "aggTrade"):
        return Topic(name, "ticks", symbol.upper())
    if kind == "bookTicker":
        return Topic(name, "tops", symbol.upper())
    if kind in ("ticker", "miniTicker"):
        return Topic(name, "day", symbol.upper(), every=1_000)
    if kind == "depth" and speed in ("", "100ms", "1000ms"):
        return Topic(name, "book", symbol.upper(), every=100 if speed == "100ms" else 1_000)
    interval = frames(INTERVALS, tape).get(kind.removeprefix("kline_"))
    if kind.startswith("kline_") and interval:
        every = beat_of(market, 1_000 if interval == 1_000 else 2_000, interval)
        return Topic(name, "bars", symbol.upper(), every=every, detail=interval)
    return None


def asked(heard: Heard, market: Market, most: int) -> Asking:
    """Return what SUBSCRIBE, UNSUBSCRIBE or LIST_SUBSCRIPTIONS ask for; an unknown stream is silent, not refused."""
    message: Any = heard.message if isinstance(heard.message, dict) else {}
    number, names = message.get("id"), message.get("params", [])
    method = message.get("method")
    if method == "LIST_SUBSCRIPTIONS":
        return Asking(json.dumps({"result": list(heard.names), "id": number}))
    wrong = not isinstance(names, list) or not all(isinstance(name, str) for name in names)
    if method not in ("SUBSCRIBE", "UNSUBSCRIBE") or wrong:
        return Asking(json.dumps({"error": {"code": 2, "msg": f"Invalid request: {method}"}, "id": number}))
    done = json.dumps({"result": None, "id": number})
    if method == "UNSUBSCRIBE":
        return Asking(done, leave=tuple(names))
    found = tuple(each for name in names if (each := topic(name, market)))
    if len({*heard.names, *(each.name for each in found)}) > most:
        return Asking(json.dumps({"error": {"code": 2, "msg": f"Too many streams, at most {most}"}, "id": number}))
    return Asking(done, join=found)


def said(topic: Topic, event: Event, at: int, listing: Listing) -> str:
    """Return the message that tells of an event."""
    kind = topic.name.partition("@")[2].partition("@")[0].partition("_")[0]
    return SAYINGS[kind](event, at, listing)


def _trade(tick: Tick, at: int, listing: Listing) -> str:
    return (
        f'{{"e":"trade","E":{at},"s":"{listing.id}","t":{tick.number},"p":"{price(tick.price, listing)}",'
        f'"q":"{quantity(tick.quantity, listing)}","T":{tick.at},"m":{"false" if tick.bought else "true"},"M":true}}'
    )


def _agg_trade(tick: Tick, at: int, listing: Listing) -> str:
    return (
        f'{{"e":"aggTrade","E":{at},"s":"{listing.id}","a":{tick.number},"p":"{price(tick.price, listing)}",'
        f'"q":"{quantity(tick.quantity, listing)}","f":{tick.number},"l":{tick.number},"T":{tick.at},'
        f'"m":{"false" if tick.bought else "true"},"M":true}}'
    )


def _kline(bar: Kline, at: int, listing: Listing) -> str:
    first, last = (bar.first, bar.last) if bar.last >= bar.first else (-1, -1)
    return (
        f'{{"e":"kline","E":{at},"s":"{listing.id}","k":{{"t":{bar.open_at},"T":{bar.open_at + bar.interval - 1},'
        f'"s":"{listing.id}","i":"{NAMES[bar.interval]}","f":{first},"L":{last},"o":"{price(bar.open, listing)}",'
        f'"c":"{price(bar.close, listing)}","h":"{price(bar.high, listing)}","l":"{price(bar.low, listing)}",'
        f'"v":"{quantity(bar.volume, listing)}","n":{bar.last - bar.first + 1},'
        f'"x":{"true" if bar.closed else "false"},"q":"{amount(bar.turnover, listing)}",'
        f'"V":"{quantity(bar.volume // 2, listing)}","Q":"{amount(bar.turnover // 2, listing)}","B":"0"}}}}'
    )


def _top(best: Top, at: int, listing: Listing) -> str:
    (bid, bids), (ask, asks) = best.bid, best.ask
    return (
        f'{{"u":{best.number},"s":"{listing.id}","b":"{price(bid, listing)}","B":"{quantity(bids, listing)}",'
        f'"a":"{price(ask, listing)}","A":"{quantity(asks, listing)}"}}'
    )


def _depth(change: Change, at: int, listing: Listing) -> str:
    return (
        f'{{"e":"depthUpdate","E":{at},"s":"{listing.id}","U":{change.first},"u":{change.last},'
        f'"b":[{levels(change.bids, listing)}],"a":[{levels(change.asks, listing)}]}}'
    )


def _mini_ticker(day: Kline, at: int, listing: Listing) -> str:
    return (
        f'{{"e":"24hrMiniTicker","E":{at},"s":"{listing.id}","c":"{price(day.close, listing)}",'
        f'"o":"{price(day.open, listing)}","h":"{price(day.high, listing)}","l":"{price(day.low, listing)}",'
        f'"v":"{quantity(day.volume, listing)}","q":"{amount(day.turnover, listing)}"}}'
    )


def _ticker(day: Kline, at: int, listing: Listing) -> str:
    change = day.close - day.open
    sign = "-" if change < 0 else ""
    return (
        f'{{"e":"24hrTicker","E":{at},"s":"{listing.id}","p":"{sign}{price(abs(change), listing)}",'
        f'"P":"{change / day.open * 100:.3f}","c":"{price(day.close, listing)}","o":"{price(day.open, listing)}",'
        f'"h":"{price(day.high, listing)}","l":"{price(day.low, listing)}","v":"{quantity(day.volume, listing)}",'
        f'"q":"{amount(day.turnover, listing)}","O":{day.open_at},"C":{day.open_at + day.interval},'
        f'"F":{day.first},"L":{day.last},"n":{day.last - day.first + 1}}}'
    )


SAYINGS: dict[str, Callable[[Any, int, Listing], str]] = {
    "trade": _trade,
    "aggTrade": _agg_trade,
    "kline": _kline,
    "bookTicker": _top,
    "depth": _depth,
    "miniTicker": _mini_ticker,
    "ticker": _ticker,
}
