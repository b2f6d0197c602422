"""Backups as tables for people."""

from collections.abc import Iterable
from typing import NamedTuple

from rich.table import Table


class BackupLine(NamedTuple):
    """A backup as the table shows it; `size` in the words of people."""

    name: str
    databases: int
    events: int
    size: str
    look: str


def backup_table(found: Iterable[BackupLine]) -> Table:
    """Return what backups there are, and what a look at the sizes of their files says of them."""
    table = Table("Backup", "Databases", "Events", "Size", "At first sight", title="Backups", title_justify="left")
    for column in table.columns[1:4]:
        column.justify = "right"
    for each in found:
        table.add_row(each.name, str(each.databases), f"{each.events:,}", each.size, each.look)
    return table
