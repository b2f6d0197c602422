"""The broker of an account: a client of its venue with its keys, opened and closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cryptoflow.clock import Clock
from cryptoflow.domain.breakers.registry import Breakers
from cryptoflow.domain.ports import Broker
from cryptoflow.execution.brokers.ccxt_broker import CcxtBroker
from cryptoflow.execution.brokers.options import manners, private_urls
from cryptoflow.market.rest import dialects
from cryptoflow.market.rest.allowance import Priority
from cryptoflow.market.rest.budget import HERE, budget_name
from cryptoflow.market.rest.venue_client import VenueClient
from cryptoflow.pipelines.budgets import budgets
from cryptoflow.settings import VenueKeys, settings


def client_of(venue: str, keys: VenueKeys, url: str | None) -> Any:
    """Return ccxt's client of a venue with an account's keys, sent to `url` where one is given."""
    import ccxt.pro as ccxt

    own, options = manners(), dialects.options_of(venue, url)
    options["options"] |= own.pop("options")
    if url is not None:
        options["urls"]["api"] |= private_urls(venue, url)
    named = {"apiKey": keys.key.get_secret_value(), "secret": keys.secret.get_secret_value()}
    return dialects.mended(venue, getattr(ccxt, venue)({**own, **options, **named}), url)


def plain_session() -> Any:
    """Return a session to a venue on this machine: nothing is encrypted, so nothing has to be swept up behind it."""
    import aiohttp

    return aiohttp.ClientSession(connector=aiohttp.TCPConnector())


@asynccontextmanager
async def broker_of(venue: str, keys: VenueKeys, breakers: Breakers, clock: Clock) -> AsyncIterator[Broker]:
    """Open the broker of an account at a venue; its requests are counted with all others, and find room longest."""
    url = settings().url_of(venue)
    exchange = client_of(venue, keys, url)
    if url is not None:
        exchange.timeout_on_exit = 0
        exchange.session = plain_session()
    limit = dialects.allowance_of(venue, exchange)
    async with (budgets() or HERE).opened(budget_name(venue, url), limit, clock) as budget:
        try:
            VenueClient(
                venue, exchange, budget, Priority.PROTECT, clock, url
            )  # counts what the exchange asks from here on
            await exchange.load_markets()
            yield CcxtBroker(exchange, breakers)
        finally:
            await exchange.close()


def breakers_of(clock: Clock) -> Breakers:
    """Return the breakers of a process that trades."""
    return Breakers(clock.now, lambda _event, _at: None)
