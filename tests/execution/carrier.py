"""A process that carries a recovery plan out, on a journal and a venue in a folder, and kills itself where it is told.

`python -m tests.execution.carrier FOLDER CALL`: CALL is the number of the call, of journal and desk, at which it dies;
0 for never. What it says is how many calls there were.
"""

import asyncio
import os
import pickle
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptoflow.clock import MachineClock
from cryptoflow.domain.journal.fold import fold
from cryptoflow.domain.journal.recorded import Draft, Recorded
from cryptoflow.domain.recovery.switch import Switch, after
from cryptoflow.execution.recovering import Recovering
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.events.reading import Wanted, events
from cryptoflow.storage.files import existing
from tests.execution.little_venue import LittleDesk, Venue


class Carrier:
    """Counts calls, keeps what the venue has done, and dies."""

    def __init__(self, folder: Path, die_at: int) -> None:
        self.folder, self.die_at, self.said = folder, die_at, list[str]()
        self.venue: Venue = pickle.loads((folder / "venue").read_bytes())
        self.journal = Journal(existing(folder / "main.db"), "main", MachineClock())

    def hear(self, what: str) -> None:
        self.said.append(what)
        keep(self.folder, self.venue)
        if len(self.said) == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    async def append(self, drafts: Sequence[Draft], expected: Mapping[str, int] | None = None) -> list[Recorded]:
        self.hear(f"before {drafts[0].event.name}")
        written = await self.journal.append(drafts, expected)
        self.hear(f"after {drafts[0].event.name}")
        return written

    async def carry_out(self) -> None:
        with self.journal.engine.connect() as connection:
            switch = fold(events(connection, Wanted("main")), after, Switch())
        desk = LittleDesk(self.venue, self.hear)
        await Recovering("main", switch, self, desk, MachineClock(), lambda _: asyncio.sleep(0)).run()
        await self.journal.close()


def keep(folder: Path, venue: Venue) -> None:
    """Write down what a venue has done, whole or not at all."""
    (folder / "venue.part").write_bytes(pickle.dumps(venue))
    (folder / "venue.part").replace(folder / "venue")


if __name__ == "__main__":
    carrier = Carrier(Path(sys.argv[1]), int(sys.argv[2]))
    asyncio.run(carrier.carry_out())
    print("\n".join(carrier.said))
