"""What venues charge and allow, for simulations: a table in the package, used until the data brings its own."""

from typing import NamedTuple

from cryptoflow.market.listings.terms import Terms


class Fees(NamedTuple):
    """Shares of the traded amount: resting first, filling at once."""

    maker: float
    taker: float


class Filters(NamedTuple):
    """Step of quantities, step of prices, and the least value of an order in the quote currency."""

    lot: float
    tick: float
    min_notional: float


FEES = {
    "binance": Fees(0.001, 0.001),
    "bybit": Fees(0.001, 0.001),
    "okx": Fees(0.0008, 0.001),
    "kraken": Fees(0.0025, 0.004),
    "coinbase": Fees(0.004, 0.006),
    "kucoin": Fees(0.001, 0.001),
    "bitstamp": Fees(0.003, 0.004),
}
"""Rates of an account without discounts."""

VENUES = frozenset(FEES) | {"bitfinex", "bitget", "bitmex", "gate", "gemini", "htx", "huobi", "mexc", "poloniex"}
"""Those that are known to trade pairs of currencies; of some that is all that is known here."""

UNKNOWN_FEES = Fees(0.002, 0.002)

FILTERS = {
    "BTC": Filters(0.00001, 0.01, 10.0),
    "ETH": Filters(0.0001, 0.01, 10.0),
    "BNB": Filters(0.001, 0.01, 10.0),
    "SOL": Filters(0.001, 0.01, 10.0),
    "LTC": Filters(0.001, 0.01, 10.0),
    "AVAX": Filters(0.01, 0.01, 10.0),
    "LINK": Filters(0.01, 0.01, 10.0),
    "DOT": Filters(0.01, 0.001, 10.0),
    "XRP": Filters(0.1, 0.0001, 10.0),
    "ADA": Filters(0.1, 0.0001, 10.0),
    "DOGE": Filters(1.0, 0.00001, 10.0),
}
"""By base coin. Every trade of this product is worth 10 at least, so a venue's lower minimum never binds."""

UNKNOWN_FILTERS = Filters(0.00000001, 0.00000001, 10.0)
NO_FILTERS = Filters(1.0, 0.0, 0.0)

WHOLE_SHARES = Filters(1.0, 0.01, 0.0)
"""Of a stock, which is what a symbol without a quote is taken for: whole shares, at cents."""


def fees_of(venue: str, terms: Terms | None = None) -> Fees:
    """Return a venue's fees, as its listings tell them, else by the table, or cautious ones for a venue it lacks.

    >>> fees_of("binance").taker, fees_of("elsewhere").taker
    (0.001, 0.002)
    >>> fees_of("binance", Terms("BTC", "USDT", taker=0.0006))
    Fees(maker=0.001, taker=0.0006)
    """
    table = FEES.get(venue, UNKNOWN_FEES)
    if terms is None:
        return table
    return Fees(*(own if told is None else told for told, own in zip((terms.maker, terms.taker), table, strict=True)))


def filters_of(symbol: str, terms: Terms | None = None) -> Filters:
    """Return a symbol's filters, as listings tell them, else by the table, or the finest steps for a coin it lacks.

    >>> filters_of("BTC/USDT").lot
    1e-05
    >>> filters_of("AAPL")
    Filters(lot=1.0, tick=0.01, min_notional=0.0)
    """
    base, _, quote = symbol.partition("/")
    table = FILTERS.get(base, UNKNOWN_FILTERS) if quote else WHOLE_SHARES
    if terms is None:
        return table
    told = (terms.lot, terms.tick, terms.min_notional)
    return Filters(*(own if each is None else each for each, own in zip(told, table, strict=True)))
