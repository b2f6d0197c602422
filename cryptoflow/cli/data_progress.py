"""How a download is watched: a bar per series on a terminal, else a line as each is there."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cryptoflow.cli import say
from cryptoflow.market.times import moment

if TYPE_CHECKING:
    from cryptoflow.market.rest.fetch import Progress
    from cryptoflow.pipelines.data.download import Watcher
    from cryptoflow.pipelines.data.outcome import Series


class Lines:
    """Prints a line per series as each ends, and remembers how far the others are."""

    def __init__(self, *, results: bool, remarks: bool) -> None:
        self._results, self._remarks = results, remarks
        self._on_the_way: dict[str, Progress] = {}

    def moved(self, series: str, progress: "Progress") -> None:
        """Remember how far a series is."""
        self._on_the_way[series] = progress

    def ended(self, series: "Series") -> None:
        """Print what became of a series; failures are told when all is done."""
        self._on_the_way.pop(series.name, None)
        if self._results and series.arrived:
            say.text(str(series))
            sys.stdout.flush()

    def said(self, line: str) -> None:
        """Print what keeps the download waiting."""
        if self._remarks:
            say.remark(line)

    def stopped(self) -> None:
        """Say how far each series came that is not all there."""
        for series, progress in self._on_the_way.items():
            self.said(f"{series}: {progress.bars:,} new bars, up to {moment(progress.at)}")
        self.said("stopped; the same command goes on from here")


class Drawn(Lines):
    """Draws a bar per series with its rate and the time left, and prints the lines when all have ended."""

    def __init__(self, drawing: Any, *, results: bool) -> None:
        super().__init__(results=False, remarks=True)
        self._drawing, self._print = drawing, results
        self._tasks: dict[str, Any] = {}
        self.lines: list[str] = []

    def moved(self, series: str, progress: "Progress") -> None:
        """Move the bar of a series."""
        super().moved(series, progress)
        if series not in self._tasks:
            self._tasks[series] = self._drawing.add_task(series, total=progress.wanted)
        self._drawing.update(self._tasks[series], completed=progress.known)

    def ended(self, series: "Series") -> None:
        """Keep the line of a series for the end."""
        super().ended(series)
        if self._print and series.arrived:
            self.lines.append(str(series))

    def said(self, line: str) -> None:
        """Print a line above the bars."""
        self._drawing.console.print(line, highlight=False)


@contextmanager
def watcher(*, quiet: bool, as_json: bool) -> Iterator["Watcher"]:
    """Watch a download; on Ctrl-C say how far it came."""
    if quiet or as_json or not say.is_drawing():
        lines = Lines(results=not as_json, remarks=not quiet)
        try:
            yield lines
        except KeyboardInterrupt:
            lines.stopped()
            raise
        return
    with _drawing() as drawing:
        drawn = Drawn(drawing, results=True)
        try:
            yield drawn
        except KeyboardInterrupt:
            drawn.stopped()
            raise
    for line in drawn.lines:
        say.text(line)


def _drawing() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    class Rate(TextColumn):
        """Bars per second."""

        def render(self, task: Any) -> Any:
            from rich.text import Text

            return Text(f"{task.speed:,.0f} bars/s" if task.speed else "")

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), Rate(""), TimeRemainingColumn())
    return Progress(*columns, console=Console(file=sys.stderr), transient=True)
