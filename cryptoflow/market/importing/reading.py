"""What a file of bars tells, in whichever of the common shapes it is."""

from pathlib import Path

from cryptoflow.market.columns import Told, recognise, told
from cryptoflow.market.decoded import decoded
from cryptoflow.market.importing.arrow_tables import arrow_table, is_arrow
from cryptoflow.market.importing.delimited import delimited
from cryptoflow.market.importing.grid import Grid
from cryptoflow.market.importing.json_rows import is_json, json_rows
from cryptoflow.market.importing.mapping import Columns, among
from cryptoflow.market.importing.shapes import in_order, recognised
from cryptoflow.market.sheets import first_of_each
from cryptoflow.market.unpacked import unpacked


def read(file: Path, columns: Columns | None = None, zone: str | None = None) -> Told:
    """Return what a file tells, with a note on all that was recognised and a flaw for each row that cannot be read."""
    name, data = unpacked(file)
    if is_arrow(data):
        return _told(arrow_table(name, data), columns or Columns(), zone)
    data, notes = decoded(name, data)
    grid = json_rows(name, data) if is_json(data) else delimited(name, data)
    return _told(grid._replace(notes=(*notes, *grid.notes)), columns or Columns(), zone)


def _told(grid: Grid, columns: Columns, zone: str | None) -> Told:
    name, table, notes = grid.sheet.name, grid.table, grid.notes
    if columns.order:
        table = table.rename_columns(in_order(name, table.num_columns, columns.order))
        if grid.named:
            notes = (*notes, f"{name}: its own names of columns are not used")
    elif not grid.named:
        names, note = recognised(name, table.num_columns)
        table, notes = table.rename_columns(names), (*notes, note)
    present = table.column_names
    named = {ours: among(theirs, present, name) for ours, theirs in columns.named.items()}
    theirs = recognise(present, name, named)
    found = told(table, theirs, grid.sheet, zone)
    return found._replace(notes=(*notes, *found.notes), flaws=first_of_each((*grid.flaws, *found.flaws)))
