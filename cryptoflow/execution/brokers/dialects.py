"""The venues that can be traded at through ccxt, and how."""

from collections.abc import Mapping

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.execution.brokers.binance.door import Binance
from cryptoflow.execution.brokers.dialect import Dialect

DIALECTS: Mapping[str, Dialect] = {"binance": Binance()}


def dialect_of(venue: str) -> Dialect:
    """Return how a venue is traded at.

    >>> type(dialect_of("binance")).__name__
    'Binance'
    """
    if venue not in DIALECTS:
        fix = f"it works for {' and '.join(DIALECTS)}"
        raise CryptoflowError(f"no broker trades at {venue}", fix=fix, code=ExitCode.UNAVAILABLE)
    return DIALECTS[venue]
