"""A table as it stands in a file, before anyone asks what its columns mean."""

from typing import Any, NamedTuple

from cryptoflow.market.flaws import Flaw
from cryptoflow.market.sheets import Sheet


class Grid(NamedTuple):
    """Columns of a file as a pyarrow table, whether the file names them, and the rows that fit into none.

    Columns without a name are called 1, 2, 3 … `notes` says what was assumed on the way.
    """

    sheet: Sheet
    table: Any
    named: bool
    notes: tuple[str, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def numbered(width: int) -> tuple[str, ...]:
    """Return what so many columns without names are called.

    >>> numbered(3)
    ('1', '2', '3')
    """
    return tuple(str(place) for place in range(1, width + 1))
