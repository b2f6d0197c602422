"""What an error of ccxt means for what was asked: surely not done, or nobody knows."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from cryptoflow.domain.trading.reports import Refused, Unsure

LENGTH = 200
"""Characters of a venue's own words that are told."""

CODE = re.compile(r'"code":\s*"?(-?\d+)')
MESSAGE = re.compile(r'"msg":\s*"([^"]*)"')
STATUS = re.compile(r"^\w+ (4\d\d) ")


class Codes(NamedTuple):
    """A venue's codes: which leave open what happened, what the others mean, and after which it may be asked again.

    `words` are those that ccxt tells without their code, and what they mean: the kind, and the code.
    """

    unsure: frozenset[str]
    kinds: Mapping[str, str]
    words: Mapping[str, tuple[str, str]]
    again: frozenset[str]


def told(text: str) -> tuple[str, str]:
    """Return the code in an error's text, and the venue's own words, else the text.

    >>> told('binance {"code":-2010,"msg":"Duplicate order sent."}')
    ('-2010', 'Duplicate order sent.')
    >>> told('binance 418 I am a teapot {"code":-1003,"msg":"Way too many requests."}')
    ('418', 'Way too many requests.')
    """
    code, words = STATUS.search(text) or CODE.search(text), MESSAGE.search(text)
    plain = " ".join(text.split())
    plain = plain if len(plain) <= LENGTH else f"{plain[:LENGTH]}…"
    return (code[1] if code else ""), (words[1] if words else plain)


def meant(error: Exception, codes: Codes) -> Refused | Unsure:
    """Return what an error means: only a venue that says so, or a client that sent nothing, has refused."""
    code, words = told(str(error))
    for phrase, (kind, known) in codes.words.items():
        if phrase in str(error):
            return Refused(kind, code or known, words)
    if code in codes.unsure:
        return Unsure(words)
    if code in codes.kinds:
        return Refused(codes.kinds[code], code, words)
    kind = kind_of(error)
    return Refused(kind, code, words) if kind else Unsure(words)


def kind_of(error: Exception) -> str:
    """Return what a refusal is by the class that ccxt gave it, and nothing where it is none.

    An answer that breaks off or cannot be read is none, though ccxt takes it for one.
    """
    import ccxt

    if isinstance(error, ccxt.DDoSProtection | ccxt.RateLimitExceeded | ccxt.InvalidNonce):
        return "other"
    if isinstance(error, ccxt.BadResponse | ccxt.NullResponse) or not isinstance(error, ccxt.ExchangeError):
        return ""
    if type(error) is ccxt.ExchangeError and not told(str(error))[0]:
        return ""
    kinds = (
        (ccxt.InsufficientFunds, "funds"),
        (ccxt.OrderNotFound, "unknown_order"),
        (ccxt.OrderImmediatelyFillable, "trigger"),
        (ccxt.DuplicateOrderId, "duplicate"),
        (ccxt.InvalidOrder, "filter"),
        (ccxt.AuthenticationError, "permission"),
    )
    return next((kind for raised, kind in kinds if isinstance(error, raised)), "other")
