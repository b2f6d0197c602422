"""What Bybit says on its WebSocket topics, and how it is asked to."""

import json
from typing import Any

from cryptoflow.venue.book import Book, Change, book
from cryptoflow.venue.dialects.bybit_words import INTERVALS, bar_fields, day_fields, levels, price, quantity
from cryptoflow.venue.dialects.dialect import Asking, Heard, Moment
from cryptoflow.venue.dialects.questions import frames
from cryptoflow.venue.klines import Kline, kline_at, opening
from cryptoflow.venue.listing import Listing
from cryptoflow.venue.market import Market, beat_of, day_of
from cryptoflow.venue.path import Tick
from cryptoflow.venue.topic import Event, Topic

DEPTHS = {"1": 1, "50": 50}
MOST_ARGUMENTS = 10


def topic(name: str, market: Market) -> Topic | None:
    """Return what a topic's name stands for, None where there is no such topic.

    A book speaks at every tick, so the number of its messages rises by one with each.
    """
    kind, _, symbol = name.rpartition(".")
    tape = market.tapes.get(symbol)
    channel, _, detail = kind.partition(".")
    if tape is None:
        return None
    if kind == "publicTrade":
        return Topic(name, "ticks", symbol)
    if kind == "tickers":
        return Topic(name, "day", symbol, every=1_000)
    if channel == "orderbook" and detail in DEPTHS:
        return Topic(name, "book", symbol, detail=DEPTHS[detail])
    interval = frames(INTERVALS, tape).get(detail) if channel == "kline" else None
    if not interval:
        return None
    return Topic(name, "bars", symbol, every=beat_of(market, 1_000, interval), detail=interval)


def asked(heard: Heard, market: Market, most: int) -> Asking:
    """Return what an operation asks for: subscribe, unsubscribe or ping."""
    message: Any = heard.message if isinstance(heard.message, dict) else {}
    operation, number = message.get("op"), message.get("req_id", "")
    if operation == "ping":
        return Asking(_answer("ping", number, says="pong"))
    names = message.get("args")
    if operation not in ("subscribe", "unsubscribe") or not isinstance(names, list):
        return Asking(_answer(str(operation), number, says="error: unknown operation", done=False))
    if operation == "unsubscribe":
        return Asking(_answer(operation, number, says=""), leave=tuple(map(str, names)))
    if len(names) > MOST_ARGUMENTS:
        return Asking(_answer(operation, number, says="args size >10", done=False))
    found = {str(name): topic(str(name), market) for name in names}
    unknown = [name for name, each in found.items() if each is None]
    if unknown:
        says = f"error:handler not found,topic:{unknown[0]}"
        return Asking(_answer(operation, number, says=says, done=False))
    join = tuple(each for each in found.values() if each)
    if len({*heard.names, *found}) > most:
        return Asking(_answer(operation, number, says=f"error: at most {most} topics", done=False))
    return Asking(_answer(operation, number, says=operation), join=join)


def _answer(operation: str, number: str, *, says: str, done: bool = True) -> str:
    told = {"success": done, "ret_msg": says, "conn_id": "rehearsal", "req_id": number, "op": operation}
    return json.dumps(told)


def said(topic: Topic, event: Event, at: int, listing: Listing) -> str:
    """Return the message that tells of an event."""
    if isinstance(event, Tick):
        return _told(topic, "snapshot", at, f"[{_trade(event, listing)}]")
    if isinstance(event, Change):
        return _told(topic, "delta", at, _levels(event, event.last, listing), f',"cts":{at}')
    if topic.channel == "bars" and isinstance(event, Kline):
        return _told(topic, "snapshot", at, f"[{_bar(topic, event, at, listing)}]")
    assert isinstance(event, Kline)
    return _told(topic, "snapshot", at, json.dumps(day_fields(event, listing)), f',"cs":{event.last}')


def welcome(topic: Topic, moment: Moment) -> str | None:
    """Return what is said first on a topic: a whole book, the bar or the day as they are."""
    tape, now = moment.market.tapes[topic.symbol], moment.now
    if topic.channel == "book":
        number = tape.played(now)
        whole = book(tape, number)
        kept = whole._replace(bids=whole.bids[: topic.detail], asks=whole.asks[: topic.detail])
        return _told(topic, "snapshot", now, _levels(kept, number, tape.listing), f',"cts":{now}')
    if topic.channel == "bars":
        bar = kline_at(tape, topic.detail, opening(now, topic.detail), now)
        return said(topic, bar, now, tape.listing) if bar else None
    day = day_of(tape, now) if topic.channel == "day" else None
    return said(topic, day, now, tape.listing) if day else None


def _told(topic: Topic, kind: str, at: int, data: str, more: str = "") -> str:
    return f'{{"topic":"{topic.name}","type":"{kind}","ts":{at},"data":{data}{more}}}'


def _trade(tick: Tick, listing: Listing) -> str:
    return (
        f'{{"i":"{tick.number}","T":{tick.at},"p":"{price(tick.price, listing)}",'
        f'"v":"{quantity(tick.quantity, listing)}","S":"{"Buy" if tick.bought else "Sell"}",'
        f'"seq":{tick.number},"s":"{listing.id}","BT":false}}'
    )


def _levels(sides: Book | Change, number: int, listing: Listing) -> str:
    bids, asks = levels(sides.bids, listing), levels(sides.asks, listing)
    return f'{{"s":"{listing.id}","b":[{bids}],"a":[{asks}],"u":{number},"seq":{number}}}'


def _bar(topic: Topic, bar: Kline, at: int, listing: Listing) -> str:
    names = ("open", "high", "low", "close", "volume", "turnover")
    fields = {
        "start": bar.open_at,
        "end": bar.open_at + bar.interval - 1,
        "interval": topic.name.split(".")[1],
        **dict(zip(names, bar_fields(bar, listing), strict=True)),
        "confirm": bar.closed,
        "timestamp": at,
    }
    return json.dumps(fields)
