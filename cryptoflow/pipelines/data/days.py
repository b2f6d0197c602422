"""Days of a command line, from the first to the last, which counts whole."""

from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.times import FIRST, LAST
from cryptoflow.spec.durations import DAY, midnight
from cryptoflow.spec.written import MisreadError


class Days(NamedTuple):
    """The days that `--since` and `--until` name; None where they name none."""

    since: str | None = None
    until: str | None = None

    def start(self) -> int | None:
        """Return the moment at which the first day begins."""
        return None if self.since is None else _midnight(self.since, "--since")

    def end(self) -> int | None:
        """Return the moment at which the last day is over."""
        return None if self.until is None else _midnight(self.until, "--until") + DAY

    def span(self) -> tuple[int, int]:
        """Return both moments, having seen that they are in order; without days it has no end.

        >>> Days("2024-01-01", "2024-01-02").span()
        (1704067200000, 1704240000000)
        """
        start, end = self.start(), self.end()
        return in_order(FIRST if start is None else start, LAST if end is None else end)


def in_order(start: int, end: int) -> tuple[int, int]:
    """Return the span from a moment to a later one."""
    if end <= start:
        raise CryptoflowError("--until lies before --since", fix="swap the two days", code=ExitCode.USAGE)
    return start, end


def _midnight(day: str, option: str) -> int:
    try:
        return midnight(day)
    except MisreadError as error:
        raise CryptoflowError(f"{option}: {error}", fix=error.fix, code=ExitCode.USAGE) from error
