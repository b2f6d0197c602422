"""Rules: how much notional an entry may still be."""

ORDER = (
    *("symbols", "stop", "filters", "order", "position", "count", "exposure", "cash"),
    *("daily_loss", "drawdown", "correlation", "streak", "rate", "collar", "stale"),
)
"""The order in which rules answer, which decides between equal answers; guests come after these, as listed."""
