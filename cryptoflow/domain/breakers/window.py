"""How many of the calls of the last seconds failed, in the same few steps however many there were."""

BUCKETS = 100
"""Parts that a window is kept in: what it counts is forgotten up to a hundredth of it early, never late."""


class Window:
    """Counts of calls and failures that are younger than `span` milliseconds.

    >>> window = Window(10_000)
    >>> window.count(0, failed=True)
    >>> window.count(9_999, failed=False)
    >>> window.calls, window.failures
    (2, 1)
    >>> window.count(10_000, failed=False)
    >>> window.calls, window.failures
    (2, 0)
    """

    __slots__ = ("_bucket", "_calls", "_failures", "_new", "_older", "_place", "_width", "failures")

    def __init__(self, span: int) -> None:
        self._width = span // BUCKETS
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._calls, self._failures = [0] * BUCKETS, [0] * BUCKETS
        self._bucket = self._place = self._new = self._older = self.failures = 0

    @property
    def calls(self) -> int:
        """How many calls are counted."""
        return self._older + self._new

    def count(self, now: int, failed: bool) -> None:
        """Forget what has grown too old, and count one call more."""
        bucket = now // self._width
        if bucket != self._bucket:
            self._turn(bucket)
        self._new += 1
        if failed:
            self._failures[self._place] += 1
            self.failures += 1

    def _turn(self, bucket: int) -> None:
        """Go on to another bucket; a clock that was set back makes what is counted no younger."""
        passed, self._bucket = bucket - self._bucket, bucket
        self._calls[self._place] += self._new
        self._older += self._new
        self._new = 0
        for _ in range(min(passed, BUCKETS)):
            self._place = (self._place + 1) % BUCKETS
            self._older -= self._calls[self._place]
            self.failures -= self._failures[self._place]
            self._calls[self._place] = self._failures[self._place] = 0
