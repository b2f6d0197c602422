"""Whether a journal is whole: every event there, in its place, as it was written."""

from collections.abc import Iterable
from typing import NamedTuple

from cryptoflow.domain.events.codec import Unreadable
from cryptoflow.domain.journal.recorded import Head, Recorded


class Broken(NamedTuple):
    """The first event that is not as it was written, and how."""

    account: str
    seq: int
    what: str

    def __str__(self) -> str:
        return f"event {self.seq} of {self.account} {self.what}"


class Chain:
    """Follows an account's journal event by event and stops at the first that does not belong.

    What is checked is the order of numbers and the seal of each event, which covers all that stands in it, and at
    the end that nothing was cut off behind the head.
    """

    def __init__(self, account: str, start: Head | None = None) -> None:
        self.account, self.head = account, start or Head()

    def follow(self, events: Iterable[Recorded]) -> Broken | None:
        """Return the first of the next events that breaks the chain."""
        for each in events:
            broken = self._step(each)
            if broken is not None:
                return broken
        return None

    def _step(self, each: Recorded) -> Broken | None:
        try:
            return self._judged(each)
        except (TypeError, Unreadable):  # SQLite keeps whatever it is given, whatever its column says
            return Broken(self.account, self.head.seq + 1, "was altered")

    def _judged(self, each: Recorded) -> Broken | None:
        wanted = self.head.seq + 1
        if each.seq > wanted:
            others = f", and all up to {each.seq - 1}" if each.seq > wanted + 1 else ""
            return Broken(self.account, wanted, f"is missing{others}")
        if each.seq < wanted or each.account != self.account:
            return Broken(self.account, each.seq, "stands in a place that is not its own")
        if each.hash != each.sealed(self.head.hash):
            return Broken(self.account, each.seq, "was altered")
        self.head = Head(each.seq, each.hash)
        return None

    def ends_at(self, head: Head) -> Broken | None:
        """Return what is wrong when the journal says that its end is elsewhere."""
        if head == self.head:
            return None
        if head.seq > self.head.seq:
            return Broken(self.account, self.head.seq + 1, "is missing, and all after it")
        if head.seq == self.head.seq:
            return Broken(self.account, head.seq, "is not the one that the journal says it ends with")
        return Broken(self.account, head.seq + 1, "was added behind the journal's back")
