"""Binance spot, as a broker asks for it and listens to it."""

from typing import Any

from cryptoflow.execution.brokers.binance import answers, requests, stories
from cryptoflow.execution.brokers.binance.codes import CODES


class Binance:
    """How Binance spot is traded at, through ccxt's client of it."""

    codes = CODES
    order = staticmethod(requests.order)
    bracket = staticmethod(requests.bracket)
    cancel = staticmethod(requests.cancel)
    look = staticmethod(requests.look)
    resting = staticmethod(requests.resting)
    deals = staticmethod(requests.deals)
    orders = staticmethod(requests.orders)
    balances = staticmethod(requests.balances)
    reports_in = staticmethod(answers.reports_in)
    deals_in = staticmethod(answers.deals_in)
    balances_in = staticmethod(answers.balances_in)
    is_about_account = staticmethod(stories.is_about_account)
    heard = staticmethod(stories.heard)

    def socket(self, exchange: Any) -> Any:
        """Return ccxt's client of the account's own stream."""
        return exchange.client(exchange.urls["api"]["ws"]["ws-api"]["spot"])

    async def join(self, exchange: Any) -> None:
        """Open that stream with a signed request: the venue has no listen keys any more."""
        import ccxt

        try:
            await exchange.ensure_user_data_stream_ws_subscribe_signature("spot")
        except KeyError as error:
            # ccxt forgets a refused subscription twice, and the second time hides why it was refused.
            if isinstance(error.__context__, ccxt.BaseError):
                raise error.__context__ from None
            raise
