"""Numbers and names as Bybit writes them."""

import json

from cryptoflow.venue.book import Level
from cryptoflow.venue.klines import Kline
from cryptoflow.venue.listing import Listing, decimal_text

MINUTES = (1, 3, 5, 15, 30, 60, 120, 240, 360, 720)
INTERVALS = {**{str(count): count * 60_000 for count in MINUTES}, "D": 86_400_000, "W": 604_800_000}


def price(count: int, listing: Listing) -> str:
    """Return a price, with the decimals the market has."""
    return decimal_text(count, listing.price_decimals)


def quantity(count: int, listing: Listing) -> str:
    """Return a quantity, with the decimals the market has."""
    return decimal_text(count, listing.quantity_decimals)


def amount(count: int, listing: Listing) -> str:
    """Return an amount of the quote currency, counted in steps of price times quantity."""
    return decimal_text(count, listing.price_decimals + listing.quantity_decimals)


def levels(side: list[Level], listing: Listing) -> str:
    """Return levels of a book as JSON."""
    return ",".join(f'["{price(at, listing)}","{quantity(size, listing)}"]' for at, size in side)


def bar_fields(bar: Kline, listing: Listing) -> tuple[str, ...]:
    """Return a bar's prices, its volume and its turnover."""
    prices = (price(each, listing) for each in (bar.open, bar.high, bar.low, bar.close))
    return (*prices, quantity(bar.volume, listing), amount(bar.turnover, listing))


def day_fields(day: Kline, listing: Listing) -> dict[str, str]:
    """Return the last 24 hours as a ticker tells them."""
    return {
        "symbol": listing.id,
        "lastPrice": price(day.close, listing),
        "highPrice24h": price(day.high, listing),
        "lowPrice24h": price(day.low, listing),
        "prevPrice24h": price(day.open, listing),
        "volume24h": quantity(day.volume, listing),
        "turnover24h": amount(day.turnover, listing),
        "price24hPcnt": f"{(day.close - day.open) / day.open:.4f}",
        "usdIndexPrice": price(day.close, listing),
    }


def envelope(result: str, shown: int, code: int = 0, message: str = "OK") -> str:
    """Return a result, which is JSON, as every response carries it."""
    return f'{{"retCode":{code},"retMsg":{json.dumps(message)},"result":{result},"retExtInfo":{{}},"time":{shown}}}'
