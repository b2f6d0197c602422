"""What a key may do at its venue, from the venue's own answer."""

from collections.abc import Mapping
from typing import Any


def may_withdraw(restrictions: Mapping[str, Any]) -> bool:
    """Say whether a key can take money off the account, from Binance's answer about its restrictions.

    What does not say that it cannot, can.

    >>> may_withdraw({"enableReading": True, "enableSpotAndMarginTrading": True, "enableWithdrawals": False})
    False
    >>> may_withdraw({"enableReading": True})
    True
    """
    return restrictions.get("enableWithdrawals") is not False


def may_trade(restrictions: Mapping[str, Any]) -> bool:
    """Say whether a key can place spot orders.

    >>> may_trade({"enableSpotAndMarginTrading": True}), may_trade({})
    (True, False)
    """
    return restrictions.get("enableSpotAndMarginTrading") is True
