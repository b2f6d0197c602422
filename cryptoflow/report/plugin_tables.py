"""Plugins on a terminal: the list, and the settings of one."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text


def plugins_table(listed: Iterable[tuple[str, str, str]]) -> Table:
    """Return a row per plugin, given by kind, name and what it does; a kind is named once."""
    table = Table()
    for head in ("Kind", "Name", "What it does"):
        table.add_column(head, no_wrap=head != "What it does")
    above = ""
    for kind, name, summary in listed:
        if above and kind != above:
            table.add_section()
        table.add_row("" if kind == above else kind, Text(name), Text(summary))
        above = kind
    return table


def settings_table(settings: Iterable[tuple[str, str, str, str, str, str]]) -> Table:
    """Return a row per setting, given by name, type, unit, default, range and meaning."""
    table = Table(title="Settings", title_justify="left")
    for head in ("Name", "Takes", "Default", "What it is"):
        table.add_column(head, no_wrap=head == "Name")
    for name, kind, unit, default, bounds, meaning in settings:
        takes = ", ".join(part for part in (kind, bounds) if part)
        told = f"{meaning} ({unit})" if unit and unit not in meaning else meaning
        table.add_row(*map(Text, (name, takes, default or "required", told)))
    return table
