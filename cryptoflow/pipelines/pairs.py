"""Symbols without a quote, where a venue is known to trade pairs of currencies."""

from collections.abc import Iterator

from cryptoflow.errors import Problem
from cryptoflow.market.venues import FEES
from cryptoflow.spec.tree import Tree

DOLLARS = ("USDT", "USDC", "USD", "EUR", "BTC")
"""What names that run two currencies together usually end in, the longest first."""


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

    >>> is_unpaired("binance", "BTCUSDT"), is_unpaired("nasdaq", "AAPL")
    (True, False)
    """
    return venue in FEES and "/" not in symbol


def paired(alone: str) -> str:
    """Return what a name alone probably means where two currencies are traded.

    >>> paired("BTC-USDT"), paired("BTCUSDT"), paired("SOL")
    ('BTC/USDT', 'BTC/USDT', 'SOL/USDT')
    """
    base, dash, quote = alone.partition("-")
    if dash:
        return f"{base}/{quote}"
    quote = next((each for each in DOLLARS if alone.endswith(each) and alone != each), "")
    return f"{alone.removesuffix(quote)}/{quote or DOLLARS[0]}"
