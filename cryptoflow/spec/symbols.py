"""What is traded: `BTC/USDT`, or `AAPL` where a venue names one thing and not two."""

import re
from collections.abc import Mapping

from cryptoflow.spec.written import MisreadError, Written

CURRENCIES = r"([A-Z0-9]{1,20})/([A-Z0-9]{1,20})"
ALONE = r"\^?[A-Z0-9][A-Z0-9.=-]{0,19}"


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
        likely = re.sub(r"[-_ :]", "/", text.upper())
        base, quote = cls._groups(text, f"write {likely}" if re.fullmatch(CURRENCIES, likely) else "")
        if base == quote:
            raise MisreadError(text, "a symbol has two different currencies")
        return text, {"base": base, "quote": quote}
