"""An unmodified ccxt client of a rehearsal venue, on a clock that jumps: prints what it saw, as JSON.

A program of its own, because ccxt takes the clock by name when it is imported.
"""

import asyncio
import json
import sys
import time
from typing import Any

from cryptoflow.clock import virtual_time
from cryptoflow.venue.faults.script import Fault
from tests.venue.markets import OPENING, Play, venue

SPAN = 130.0


def binance(url: str) -> Any:
    import ccxt.pro

    rest, stream = f"{url}/api/v3", url.replace("http", "ws") + "/stream/ws"
    options = {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "fetchCurrencies": False}
    api = {"public": rest, "private": rest, "v1": rest, "ws": {"spot": stream, "margin": stream}}
    return ccxt.pro.binance({"options": options | {"fetchMargins": False}, "urls": {"api": api}})


def bybit(url: str) -> Any:
    import ccxt.pro

    options = {"defaultType": "spot", "fetchMarkets": {"types": ["spot"]}, "enableUnifiedMargin": False}
    unified = {"enableUnifiedAccount": True, "unifiedMarginStatus": 6}
    stream = {"public": {"spot": url.replace("http", "ws") + "/v5/public/spot"}}
    api = {"public": url, "private": url, "spot": url, "ws": stream}
    client = ccxt.pro.bybit({"options": options | unified, "urls": {"api": api}})
    client.has["fetchCurrencies"] = False
    return client


async def asked(client: Any) -> dict[str, Any]:
    """What requests tell."""
    await client.load_markets()
    book = await client.fetch_order_book("BTC/USDT", 50)
    return {
        "precision": client.market("BTC/USDT")["precision"],
        "least": client.market("BTC/USDT")["limits"]["cost"]["min"],
        "time": await client.fetch_time(),
        "minutes": await client.fetch_ohlcv("BTC/USDT", "1m", OPENING - 60 * 60_000, 60),
        "hour": await client.fetch_ohlcv("BTC/USDT", "1h", limit=2),
        "ticks": [each["id"] for each in await client.fetch_trades("BTC/USDT", limit=20)],
        "last": (await client.fetch_ticker("ETH/USDT"))["last"],
        "book": [len(book["bids"]), len(book["asks"])],
        "spread": book["asks"][0][0] - book["bids"][0][0],
    }


async def watched(client: Any, verb: str, *what: Any) -> list[Any]:
    """What a stream tells in two minutes, with a line for each time that it breaks."""
    from ccxt import NetworkError

    found, until = [], asyncio.get_running_loop().time() + SPAN
    while (left := until - asyncio.get_running_loop().time()) > 0:
        try:
            found.append(told(verb, await asyncio.wait_for(getattr(client, verb)(*what), left)))
        except NetworkError as error:
            found.append(["cut", type(error).__name__])
            await asyncio.sleep(1)
        except TimeoutError:
            break
    return found


def told(verb: str, news: Any) -> Any:
    """The part of an answer that is compared."""
    if verb == "watch_trades":
        return [[int(each["id"]), each["timestamp"], each["price"], each["amount"]] for each in news]
    if verb == "watch_order_book":
        return [len(news["bids"]), len(news["asks"]), news["bids"][0], news["asks"][0]]
    return news[-1] if verb == "watch_ohlcv" else news["last"]


async def main(dialect: str, seed: int) -> dict[str, Any]:
    cut = Fault("disconnect", at=(65_000,))
    place = venue(cut, play=Play(dialect=dialect, seed=seed))
    async with place:
        client = {"binance": binance, "bybit": bybit}[dialect](place.url)
        try:
            answers = await asked(client)
            verbs = (
                ("watch_trades", "BTC/USDT"),
                ("watch_ohlcv", "BTC/USDT", "1m"),
                ("watch_order_book", "BTC/USDT", 50) if dialect == "bybit" else ("watch_order_book", "BTC/USDT"),
                ("watch_ticker", "ETH/USDT"),
            )
            streams = await asyncio.gather(*(watched(client, *verb) for verb in verbs))
        finally:
            await client.close()
        passed = time.time() - OPENING / 1_000
        faults = [entry._asdict() for entry in place.faults.log.entries]
    return {
        "asked": answers,
        **dict(zip([v[0] for v in verbs], streams, strict=True)),
        "passed": passed,
        "faults": faults,
    }


if __name__ == "__main__":
    with virtual_time(OPENING) as loop, asyncio.Runner(loop_factory=lambda: loop) as runner:
        sys.stdout.write(json.dumps(runner.run(main(sys.argv[1], int(sys.argv[2])))))
