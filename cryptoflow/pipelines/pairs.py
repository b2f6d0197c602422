"""Symbols without a quote, where a venue is known to trade pairs of currencies."""

from collections.abc import Iterator

from cryptoflow.errors import Problem
from cryptoflow.market.venues import VENUES
from cryptoflow.spec.symbols import QUOTES, likely_pair
from cryptoflow.spec.tree import Tree


def unpaired(tree: Tree) -> Iterator[Problem]:
    """Every symbol of a spec that names one thing alone, like a stock, though its venue trades two for each other."""
    venue, symbols = tree.at(("market", "venue")), tree.at(("market", "symbols"))
    if venue is None or symbols is None or not isinstance(symbols.value, tuple):
        return
    for each in symbols.value:
        text = each.value
        if isinstance(text, str) and text == text.upper() and text[:1].isalnum() and is_unpaired(venue.value, text):
            what = f"{text} names nothing it is paid with, but {venue.value} trades pairs of currencies"
            yield Problem(what, each.place, f"write {paired(text)}")


def is_unpaired(venue: object, symbol: str) -> bool:
    """Say whether a symbol names one thing alone though its venue trades two for each other.

    >>> is_unpaired("binance", "BTCUSDT"), is_unpaired("gate", "BTCUSDT"), is_unpaired("nasdaq", "AAPL")
    (True, True, False)
    """
    return venue in VENUES and "/" not in symbol


def paired(alone: str) -> str:
    """Return what a name alone probably means where two currencies are traded.

    >>> paired("BTC-USDT"), paired("BTCUSDT"), paired("SOL")
    ('BTC/USDT', 'BTC/USDT', 'SOL/USDT')
    """
    return likely_pair(alone) or f"{alone}/{QUOTES[0]}"
