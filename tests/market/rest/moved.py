"""A clock that only a test moves."""

NOW = 1_700_000_000_000


class Moved:
    """A clock that stands still until it is told."""

    def __init__(self, now: int = NOW) -> None:
        self.at = now

    def now(self) -> int:
        """Return epoch milliseconds."""
        return self.at

    def nanoseconds(self) -> int:
        """Return epoch nanoseconds."""
        return self.at * 1_000_000

    def passes(self, milliseconds: int) -> None:
        """Let time pass."""
        self.at += milliseconds
