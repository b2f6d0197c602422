"""What is traded: `BTC/USDT`."""

import re
from collections.abc import Mapping

from cryptoflow.spec.written import MisreadError, Written


class Symbol(Written, str):
    """A market by its two currencies, from `BTC/USDT`: what is bought, and what it is paid with.

    >>> Symbol("BTC/USDT").quote
    'USDT'
    """

    noun, example, pattern = "a symbol", "BTC/USDT", r"([A-Z0-9]{1,20})/([A-Z0-9]{1,20})"
    base: str
    quote: str

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        likely = re.sub(r"[-_ :]", "/", text.upper())
        base, quote = cls._groups(text, f"write {likely}" if re.fullmatch(cls.pattern, likely) else "")
        if base == quote:
            raise MisreadError(text, "a symbol has two different currencies")
        return text, {"base": base, "quote": quote}
