"""Whose request it is: keys, signatures and moments as Binance checks them."""

import hmac
from hashlib import sha256

from cryptoflow.venue.dialects.binance_questions import wrong
from cryptoflow.venue.dialects.binance_refusals import missing
from cryptoflow.venue.dialects.dialect import Query, Refusal
from cryptoflow.venue.dialects.questions import whole
from cryptoflow.venue.trading.account import Account

WINDOW, WIDEST = 5_000, 60_000
AHEAD = 1_000
"""Milliseconds that a request may come from the future."""


def admitted(key: str, query: Query, text: str, accounts: dict[str, Account], shown: int) -> Account:
    """Return the account of a request whose signature is that of its text, and whose moment is now."""
    if not key:
        raise Refusal(-2014, "API-key format invalid.", 401)
    if key not in accounts:
        raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)
    for name in ("timestamp", "signature"):
        if not query.get(name):
            raise missing(name)
    _on_time(whole(query, "timestamp", 0, wrong), whole(query, "recvWindow", WINDOW, wrong), shown)
    account = accounts[key]
    expected = signature(account.secret, text)
    if not hmac.compare_digest(expected, query["signature"]):
        raise Refusal(-1022, "Signature for this request is not valid.")
    return account


def signature(secret: str, text: str) -> str:
    """Return how a text is signed.

    >>> signature("secret", "symbol=BTCUSDT&timestamp=1")[:16]
    'ef9d3d77a34d9a13'
    """
    return hmac.new(secret.encode(), text.encode(), sha256).hexdigest()


def _on_time(stamp: int, window: int, shown: int) -> None:
    if window > WIDEST:
        raise Refusal(-1131, "recvWindow must be less than 60000.")
    if stamp >= shown + AHEAD:
        raise Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if shown - stamp > window:
        raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")
