"""What may be traded on Binance, and under which terms."""

import json

from cryptoflow.venue.dialects.binance_questions import tapes_of
from cryptoflow.venue.dialects.dialect import Moment, Query
from cryptoflow.venue.listing import Listing, plain

ORDER_TYPES = ("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")


def exchange_info(moment: Moment, query: Query) -> str:
    """Tell what may be traded, and under which terms."""
    limit = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": moment.limits.weight}
    symbols = [_terms(tape.listing) for tape in tapes_of(moment, query)]
    told = {"timezone": "UTC", "serverTime": moment.shown, "rateLimits": [limit], "exchangeFilters": []}
    return json.dumps({**told, "symbols": symbols})


def _terms(listing: Listing) -> dict[str, object]:
    tick, lot, least = (plain(number) for number in (listing.tick, listing.lot, listing.least))
    size = {"minQty": lot, "maxQty": "9000000", "stepSize": lot}
    return {
        "symbol": listing.id,
        "status": "TRADING",
        "baseAsset": listing.base,
        "quoteAsset": listing.quote,
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": list(ORDER_TYPES),
        "icebergAllowed": True,
        "ocoAllowed": True,
        "quoteOrderQtyMarketAllowed": True,
        "allowTrailingStop": True,
        "cancelReplaceAllowed": True,
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": False,
        "permissions": [],
        "permissionSets": [["SPOT"]],
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": tick, "maxPrice": "10000000", "tickSize": tick},
            {"filterType": "LOT_SIZE", **size},
            {"filterType": "MARKET_LOT_SIZE", **size, "minQty": "0", "stepSize": "0"},
            {"filterType": "NOTIONAL", "minNotional": least, "applyMinToMarket": True, "maxNotional": "9000000"},
            {
                "filterType": "TRAILING_DELTA",
                **dict.fromkeys(("minTrailingAboveDelta", "minTrailingBelowDelta"), 10),
                **dict.fromkeys(("maxTrailingAboveDelta", "maxTrailingBelowDelta"), 2000),
            },
            {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
        ],
    }
