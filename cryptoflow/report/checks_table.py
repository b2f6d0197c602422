"""What `doctor` found, on a terminal."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table
from rich.text import Text

OK, WARN, FAIL = "ok", "warn", "fail"
COLOURS = {OK: "green", WARN: "yellow", FAIL: "red"}


class Check(NamedTuple):
    """One thing looked at: whether it is well, what was seen, and what to do about it."""

    name: str
    state: str
    told: str
    fix: str = ""


def checks_table(checks: Sequence[Check]) -> Table:
    """Return a row per check; what to do stands below what was seen."""
    table = Table(show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for check in checks:
        told = Text(check.told)
        if check.fix:
            told.append(f"\n→ {check.fix}", style="bold")
        table.add_row(Text(check.name), Text(check.state, style=COLOURS[check.state]), told)
    return table
