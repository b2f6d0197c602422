"""What is traded: `BTC/USDT`, or `AAPL` where a venue names one thing and not two."""

import re
from collections.abc import Mapping

from cryptoflow.spec.written import MisreadError, Written

CURRENCIES = r"([A-Z0-9]{1,20})/([A-Z0-9]{1,20})"
ALONE = r"\^?[A-Z0-9][A-Z0-9.=-]{0,19}"

QUOTES = ("USDT", "USDC", "FDUSD", "TUSD", "BUSD", "DAI", "USD", "EUR", "GBP", "TRY", "BRL", "JPY", "BTC", "ETH", "BNB")
"""What most symbols are paid with, the likeliest first."""

SHORT, USUAL = 2, 3
"""Letters that what is bought has at least, and mostly."""


def likely_pair(text: str) -> str:
    """Return the two currencies that a name most likely means, "" for one that names a single thing.

    >>> likely_pair("btc-usdt"), likely_pair("BTCUSDT"), likely_pair("DOTUSD"), likely_pair("AAPL")
    ('BTC/USDT', 'BTC/USDT', 'DOT/USD', '')
    """
    name = re.sub(r"[-_ :]", "/", text.upper())
    if re.fullmatch(CURRENCIES, name):
        return name
    ends = [quote for quote in QUOTES if name.endswith(quote) and len(name) >= len(quote) + SHORT]
    if not ends or not name.isalnum():
        return ""
    quote = max(ends, key=lambda quote: (len(name) - len(quote) >= USUAL, len(quote)))
    return f"{name.removesuffix(quote)}/{quote}"


class Symbol(Written, str):
    """A market by its two currencies, from `BTC/USDT`: what is bought, and what it is paid with.

    A stock or an index has a name alone, like `AAPL`, `BRK-B` or `^GSPC`: its quote is empty, and it is paid with
    the account's currency.

    >>> Symbol("BTC/USDT").quote, Symbol("^GSPC").quote
    ('USDT', '')
    """

    noun, example, pattern = "a symbol", "BTC/USDT", f"{CURRENCIES}|{ALONE}"
    base: str
    quote: str

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        if re.fullmatch(ALONE, text):
            return text, {"base": text, "quote": ""}
        likely = likely_pair(text)
        base, quote = cls._groups(text, f"write {likely}" if likely else "")
        if base == quote:
            raise MisreadError(text, "a symbol has two different currencies")
        return text, {"base": base, "quote": quote}
