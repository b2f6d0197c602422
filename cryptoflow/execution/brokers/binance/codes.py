"""What Binance's codes mean: https://developers.binance.com/docs/binance-spot-api-docs/errors."""

from cryptoflow.execution.brokers.refusals import Codes

CODES = Codes(
    unsure=frozenset({"-1000", "-1001", "-1006", "-1007", "-1008", "-1016"}),
    kinds={
        "-1002": "permission",
        "-1003": "other",
        "-1010": "other",
        "-1013": "filter",
        "-1015": "other",
        "-1021": "other",
        "-1022": "permission",
        "-1111": "filter",
        "-1112": "other",
        "-2010": "other",
        "-2011": "other",
        "-2013": "unknown_order",
        "-2014": "permission",
        "-2015": "permission",
    },
    words={
        "Duplicate order sent": ("duplicate", "-2010"),
        "insufficient balance": ("funds", "-2010"),
        "would trigger immediately": ("trigger", "-2010"),
        "relationship of the prices for the orders is not correct": ("trigger", "-2010"),
        "would immediately match and take": ("other", "-2010"),
        "Market is closed": ("other", "-2010"),
        "Filter failure": ("filter", "-1013"),
        "LOT_SIZE": ("filter", "-1013"),
        "PRICE_FILTER": ("filter", "-1013"),
        "Unknown order sent": ("unknown_order", "-2011"),
        "Order does not exist": ("unknown_order", "-2013"),
        "not permitted for this account": ("permission", "-2010"),
        "action is disabled on this account": ("permission", "-2010"),
    },
    again=frozenset({"-1003", "-1021", "429"}),
)
"""One code stands for many refusals of an order; the words tell them apart, and ccxt tells some without their code."""
