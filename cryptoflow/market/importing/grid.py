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


def uneven(cells: int, width: int) -> str:
    """Return what is wrong with a row that has more or fewer cells than its table has columns.

    >>> uneven(1, 6)
    'a row of 1 column in a table of 6'
    """
    return f"a row of {cells} column{'' if cells == 1 else 's'} in a table of {width}"


def numbered(width: int) -> tuple[str, ...]:
    """Return what so many columns without names are called.

    >>> numbered(3)
    ('1', '2', '3')
    """
    return tuple(str(place) for place in range(1, width + 1))
