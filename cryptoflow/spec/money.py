"""Amounts and limits: `1000 USDT`, `8% or 80 USDT`, `2 GiB` of memory."""

import math
from collections.abc import Mapping
from decimal import Decimal

from cryptoflow.spec.shares import Share, percent
from cryptoflow.spec.written import NUMBER, MisreadError, Written

CURRENCY = r"[A-Z0-9]{2,12}"
SHARE = rf"{NUMBER} ?%"
MONEY = rf"{NUMBER} {CURRENCY}"
BYTES = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30}


class Currency(Written, str):
    """What something is paid with, from `USDT`."""

    noun, example, pattern = "a currency", "USDT", CURRENCY

    @classmethod
    def _parse(cls, text: str) -> tuple[str, Mapping[str, object]]:
        cls._groups(text)
        return text, {}


class Money(Written):
    """An amount in a currency, from `1000 USDT`: `.amount` is exact, `float(money)` is for steps.

    >>> money = Money("1000 USDT")
    >>> money.amount, money.currency, float(money)
    (Decimal('1000'), 'USDT', 1000.0)
    """

    noun, example, pattern = "an amount of money", "1000 USDT", rf"({NUMBER}) ({CURRENCY})"
    amount: Decimal
    currency: str

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        number, currency = cls._groups(text)
        if len(number) > 24:
            raise MisreadError(text, "an amount of money has at most 24 digits")
        return None, {"amount": Decimal(number), "currency": currency}

    @classmethod
    def _bare(cls, number: float) -> str:
        return f"name the currency: {number:g} USDT"

    def __float__(self) -> float:
        return float(self.amount)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and (self.amount, self.currency) == (other.amount, other.currency)

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))


class Limit(Written):
    """A share of equity, an amount of money, or both, from `8% or 80 USDT`: the stricter binds.

    What is absent is infinite, so both can always be compared.

    >>> Limit("8% or 80 USDT").share, Limit("8%").amount
    (0.08, inf)
    """

    noun, example = "a limit", "8% or 80 USDT"
    pattern = rf"({SHARE})(?: or ({MONEY}))?|({MONEY})(?: or ({SHARE}))?"
    share: float
    amount: float
    currency: str

    @classmethod
    def _parse(cls, text: str) -> tuple[None, Mapping[str, object]]:
        share_first, money_second, money_first, share_second = cls._groups(text)
        share = share_first or share_second
        money = Money(money_first or money_second) if money_first or money_second else None
        return None, {
            "share": float(Share(share)) if share else math.inf,
            "amount": float(money) if money else math.inf,
            "currency": money.currency if money else "",
        }

    @classmethod
    def _bare(cls, number: float) -> str:
        return f"write {percent(number)} of equity, or {number:g} USDT"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Limit) and (self.share, self.amount) == (other.share, other.amount)

    def __hash__(self) -> int:
        return hash((self.share, self.amount))


class Bytes(Written, int):
    """An amount of memory, from `2 GiB`: an int of bytes."""

    noun, example, pattern = "an amount of memory", "2 GiB", rf"([0-9]{{1,6}}) ?({'|'.join(BYTES)})"

    @classmethod
    def _parse(cls, text: str) -> tuple[int, Mapping[str, object]]:
        number, unit = cls._groups(text)
        return int(number) * BYTES[unit], {}
