"""How Binance says no to a customer."""

from cryptoflow.venue.dialects.dialect import Refusal
from cryptoflow.venue.trading.unacceptable import Unacceptable, Why

WORDS: dict[Why, tuple[int, str]] = {
    "funds": (-2010, "Account has insufficient balance for requested action."),
    "duplicate": (-2010, "Duplicate order sent."),
    "triggers": (-2010, "Stop price would trigger immediately."),
    "takes": (-2010, "Order would immediately match and take."),
    "relation": (-2010, "The relationship of the prices for the orders is not correct."),
    "market": (-2010, "Market is closed."),
    "price": (-1013, "Filter failure: PRICE_FILTER"),
    "lot": (-1013, "Filter failure: LOT_SIZE"),
    "notional": (-1013, "Filter failure: NOTIONAL"),
    "too_many": (-1013, "Filter failure: MAX_NUM_ORDERS"),
    "precision": (-1111, "Precision is over the maximum defined for this asset."),
    "unknown": (-2013, "Order does not exist."),
    "gone": (-2011, "Unknown order sent."),
}


def refusal_of(error: Unacceptable) -> Refusal:
    """Return how it is said that something is not done."""
    return Refusal(*WORDS[error.why])


def missing(name: str) -> Refusal:
    """Return what is said where a parameter is not there."""
    return Refusal(-1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed.")


def needless(name: str) -> Refusal:
    """Return what is said where a parameter is there that must not be."""
    return Refusal(-1106, f"Parameter '{name}' sent when not required.")
