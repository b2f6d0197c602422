"""What one pass over bars decided: all that was read and said at every bar, and every line of its tape."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.pipelines.probing.feed import Feed

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan
    from cryptoflow.engine.signals import Said


class Trace(NamedTuple):
    """What every strategy read and said of every symbol, and the tape of the account that followed it."""

    said: Sequence["Said"]
    tape: Any

    def save(self, file: Path) -> None:
        """Write it for another process."""
        import numpy as np

        columns: dict[str, Any] = {"tape": self.tape}
        for row, said in enumerate(self.said):
            columns[f"{row}/of"] = np.array([said.strategy, said.symbol])
            columns[f"{row}/open_at"] = said.open_at
            columns |= {f"{row}/output/{name}": column for name, column in said.outputs.items()}
            columns |= {f"{row}/call/{place}": column for place, column in said.calls.items()}
        np.savez(file, **columns)


def read(file: Path) -> Trace:
    """Return what another process has written."""
    import numpy as np

    from cryptoflow.engine.signals import Said

    with np.load(file) as columns:
        rows: dict[int, dict[str, Any]] = {}
        for key in columns.files:
            row, _, name = key.partition("/")
            if name:
                rows.setdefault(int(row), {})[name] = columns[key]
        tape = columns["tape"]
    said = [
        Said(
            int(row["of"][0]),
            int(row["of"][1]),
            row["open_at"],
            {name.removeprefix("output/"): column for name, column in row.items() if name.startswith("output/")},
            {int(name.removeprefix("call/")): column for name, column in row.items() if name.startswith("call/")},
        )
        for _, row in sorted(rows.items())
    ]
    return Trace(said, tape)


def compiled(plan: "Plan", feed: Feed) -> Trace:
    """Return what the batch driver reads of the bars, and what it decides."""
    from cryptoflow.engine.batch.run import run
    from cryptoflow.engine.batch.signals import values_of

    return Trace(values_of(plan, feed.market), run(plan, feed.market, feed.finer).tape)


def plain(plan: "Plan", feed: Feed) -> Trace:
    """Return what the event driver reads, what strategies in Python say to its account, and what it decides."""
    from cryptoflow.engine.runtime.signals import heard, values_of

    said, outcome = heard(plan, feed.market, feed.finer)
    return Trace([*values_of(plan, feed.market), *said], outcome.tape)


def flat(plan: "Plan", feed: Feed) -> Trace:
    """Return what is read and said where nothing is ever held; nothing is decided then."""
    import numpy as np

    from cryptoflow.engine.runtime.signals import heard_flat, values_of

    return Trace([*values_of(plan, feed.market), *heard_flat(plan, feed.market)], np.empty(0))
