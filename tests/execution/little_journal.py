"""A journal in memory that dies where a test says, and the switch that its events make."""

from collections.abc import Callable, Mapping, Sequence

from cryptoflow.domain.codes import Cause
from cryptoflow.domain.discipline.trips import Trip
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.journal.recorded import Draft, Head, Recorded, record
from cryptoflow.domain.recovery.asking import tripping
from cryptoflow.domain.recovery.switch import Switch, after

START = 1_700_000_000_000


class LittleJournal:
    """Events of `main`. `calls` hears of each append before and after it, and may die."""

    def __init__(self, calls: Callable[[str], object] = str) -> None:
        self.calls, self.events = calls, list[Recorded]()

    async def append(self, drafts: Sequence[Draft], expected: Mapping[str, int] | None = None) -> list[Recorded]:
        assert not expected
        self.calls("before an append")
        new = self.write(drafts)
        self.calls("after an append")
        return new

    def write(self, drafts: Sequence[Draft]) -> list[Recorded]:
        new = []
        for draft in drafts:
            head = Head(self.events[-1].seq, self.events[-1].hash) if self.events else Head()
            version = 1 + sum(each.stream == draft.event.stream for each in self.events)
            new.append(record("main", head, version, draft))
            self.events.append(new[-1])
        return new

    def switch(self) -> Switch:
        return fold(self.events, after, Switch())

    def trip(self, cause: Cause = Cause.DRAWDOWN, at: int = START) -> None:
        self.write(tripping(self.switch(), Trip(cause.value, 0.15, 0.15), at, "cryptoflow"))
