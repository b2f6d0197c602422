"""How a live market is shown: a table on a terminal, else a line for what matters, or each event as JSON."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cryptoflow.cli import say

if TYPE_CHECKING:
    from cryptoflow.domain.ticks import Heard
    from cryptoflow.pipelines.data.watched import Watched


class Quietly:
    """Shows nothing but what is told at the end."""

    def heard(self, event: "Heard") -> None:
        """Pass over an event."""

    def look(self, watched: "Watched") -> None:  # noqa: ARG002  # who draws it looks at it
        """Let out what was printed meanwhile."""
        sys.stdout.flush()

    def said(self, line: str) -> None:
        """Print what went wrong beside the market."""
        say.remark(line)

    def end(self) -> None:
        """Have nothing to clear away."""


class Lines(Quietly):
    """Prints a line for each bar, and for all that goes wrong."""

    def heard(self, event: "Heard") -> None:
        """Print an event that is worth a line."""
        from cryptoflow.report.watch_table import line_of

        line = line_of(event)
        if line:
            say.text(line)


class Objects(Quietly):
    """Prints each event as an object on a line."""

    def heard(self, event: "Heard") -> None:
        """Print an event."""
        from cryptoflow.report.watch_table import plain

        say.row(plain(event))


class Screen(Quietly):
    """Draws where all symbols stand, and prints what goes wrong above."""

    def __init__(self, drawing: Any) -> None:
        self._drawing = drawing

    def heard(self, event: "Heard") -> None:
        """Print what went wrong; bars and prices are in the table."""
        from cryptoflow.domain.ticks import Closed
        from cryptoflow.report.watch_table import line_of

        line = None if isinstance(event, Closed) else line_of(event)
        if line:
            self.said(line)

    def look(self, watched: "Watched") -> None:
        """Draw the table anew."""
        from cryptoflow.report.watch_table import watch_table

        self._drawing.update(watch_table([row._asdict() for row in watched.rows()], live=True), refresh=True)

    def said(self, line: str) -> None:
        """Print a line above the table."""
        self._drawing.console.print(line, highlight=False, markup=False)

    def end(self) -> None:
        """Clear the table away."""
        self._drawing.stop()


@contextmanager
def screen(*, as_json: bool, quiet: bool) -> Iterator[Quietly]:
    """Show a market in the manner that fits whoever looks."""
    if as_json or quiet or not say.is_drawing():
        yield Objects() if as_json else Quietly() if quiet else Lines()
        return
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(file=sys.stderr), auto_refresh=False, transient=True) as drawing:
        yield Screen(drawing)
