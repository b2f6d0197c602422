"""What a venue has bars of, and refusals that name what it has instead."""

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.times import timeframe_name
from cryptoflow.spec.nearest import nearest


def refuse_unlisted(venue: str, symbol: str, listed: tuple[str, ...]) -> None:
    """Refuse a symbol that a venue does not list, naming the one that may have been meant."""
    if symbol in listed:
        return
    near = nearest(symbol, listed)
    raise CryptoflowError(
        f"{venue} does not list {symbol}",
        fix=f"did you mean `{near}`?" if near else f"it lists {len(listed):,} symbols, written like BTC/USDT",
    )


def refuse_timeframe(venue: str, timeframe: int, there: tuple[str, ...]) -> None:
    """Refuse bars of a length that a venue does not have."""
    name = timeframe_name(timeframe)
    if name not in there:
        raise CryptoflowError(f"{venue} has no bars of {name}", fix=f"it has {', '.join(there)}")
