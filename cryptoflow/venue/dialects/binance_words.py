"""Numbers and names as Binance writes them."""

from cryptoflow.venue.book import Level
from cryptoflow.venue.klines import Kline
from cryptoflow.venue.listing import Listing, decimal_text

PLACES = 8

_LENGTHS = {
    "s": (1_000, (1,)),
    "m": (60_000, (1, 3, 5, 15, 30)),
    "h": (3_600_000, (1, 2, 4, 6, 8, 12)),
    "d": (86_400_000, (1, 3)),
    "w": (604_800_000, (1,)),
}
INTERVALS = {f"{count}{unit}": count * length for unit, (length, counts) in _LENGTHS.items() for count in counts}
NAMES = {length: name for name, length in INTERVALS.items()}


def price(count: int, listing: Listing) -> str:
    """Return a price, with eight decimals."""
    return decimal_text(count, listing.price_decimals, PLACES)


def quantity(count: int, listing: Listing) -> str:
    """Return a quantity, with eight decimals."""
    return decimal_text(count, listing.quantity_decimals, PLACES)


def amount(count: int, listing: Listing) -> str:
    """Return an amount of the quote currency, counted in steps of price times quantity, cut to eight decimals."""
    decimals = listing.price_decimals + listing.quantity_decimals
    return decimal_text(count // 10 ** max(0, decimals - PLACES), min(decimals, PLACES), PLACES)


def levels(side: list[Level], listing: Listing) -> str:
    """Return levels of a book as JSON."""
    return ",".join(f'["{price(at, listing)}","{quantity(size, listing)}"]' for at, size in side)


def row(bar: Kline, listing: Listing) -> str:
    """Return a bar as one row of the answer to `klines`; half of what was traded counts as bought."""
    paid = bar.turnover
    return (
        f'[{bar.open_at},"{price(bar.open, listing)}","{price(bar.high, listing)}","{price(bar.low, listing)}",'
        f'"{price(bar.close, listing)}","{quantity(bar.volume, listing)}",{bar.open_at + bar.interval - 1},'
        f'"{amount(paid, listing)}",{bar.last - bar.first + 1},"{quantity(bar.volume // 2, listing)}",'
        f'"{amount(paid // 2, listing)}","0"]'
    )
