"""What the venue says of a market: its names, its steps, its fees."""

from decimal import Decimal
from typing import NamedTuple


class Listing(NamedTuple):
    """A market of the venue. Prices are counted in steps of 10^-price_decimals, quantities likewise.

    `tick` and `lot` are what orders have to keep to; the market itself may trade in finer steps than they.
    """

    symbol: str
    tick: Decimal
    lot: Decimal
    least: Decimal
    price_decimals: int
    quantity_decimals: int
    maker: float = 0.001
    taker: float = 0.001

    @property
    def base(self) -> str:
        """What is bought."""
        return self.symbol.partition("/")[0]

    @property
    def quote(self) -> str:
        """What it is paid with."""
        return self.symbol.partition("/")[2]

    @property
    def id(self) -> str:
        """The symbol as venues write it."""
        return self.symbol.replace("/", "")


def decimal_text(count: int, decimals: int, places: int = 0) -> str:
    """Return so many steps of 10^-decimals as text, filled up to `places` digits after the point.

    >>> decimal_text(4_000_012, 2), decimal_text(4_000_012, 2, places=8), decimal_text(7, 0)
    ('40000.12', '40000.12000000', '7')
    """
    places = max(places, decimals)
    if places == 0:
        return str(count)
    text = str(count * 10 ** (places - decimals)).rjust(places + 1, "0")
    return f"{text[:-places]}.{text[-places:]}"


def plain(number: Decimal) -> str:
    """Return a decimal without exponent and trailing zeros.

    >>> plain(Decimal("1E-5")), plain(Decimal("10.0"))
    ('0.00001', '10')
    """
    return f"{number.normalize():f}"
