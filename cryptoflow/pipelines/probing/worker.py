"""One draw in a process of its own: `python -P -m cryptoflow.pipelines.probing.worker FOLDER`.

A guest can keep what it saw in its module, in a file or in another process. So every draw meets guests that were never
run before, in a copy of their project, and what they open meanwhile is written down.
"""

import json
import os
import sys
import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.listings.terms import Terms
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.listed import Listed
from cryptoflow.pipelines.probing.feed import load_feed
from cryptoflow.pipelines.probing.trace import Trace, flat, plain
from cryptoflow.pipelines.probing.watch import Watch
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.guests import FOLDER, MISTAKES

REQUEST, ANSWER = "request.json", "answer.json"


class Request(NamedTuple):
    """What a worker is to do: the spec to run, where it was copied to, from which closes on, and how many times.

    With `flat` nothing is decided: strategies are asked as if nothing were ever held. The copy of a project has no
    recorded listings: `symbols` are those of its universe, `terms` what the venue allowed and charged, as plain values.
    """

    spec: str
    root: str
    first_decisions: tuple[int, ...]
    passes: int
    flat: bool
    symbols: tuple[str, ...]
    terms: Mapping[str, Any]

    @classmethod
    def of(cls, resolved: Resolved, **asked: Any) -> "Request":
        """Return a request about a spec as it is known here."""
        terms = {} if resolved.listed is None else resolved.listed.terms
        plain = {symbol: each.plain() for symbol, each in terms.items()}
        return cls(**asked, symbols=resolved.chosen, terms=plain)

    def as_it_was(self, resolved: Resolved) -> Resolved:
        """Return the spec with what was known of its venue where it was copied from."""
        terms = {symbol: Terms.of(plain) for symbol, plain in self.terms.items()}
        venue = str(resolved.pipeline.market.venue)
        return replace(resolved, chosen=tuple(self.symbols), listed=Listed(venue, terms=terms))


def main() -> None:
    """Run the draw that lies in the folder named, and leave its traces and what was read beside it."""
    os.dup2(2, 1)  # what guests print is talk
    folder = Path(sys.argv[1])
    request = Request(**json.loads((folder / REQUEST).read_text()))
    feed = load_feed(folder)
    spec = Path(request.spec)
    watch = Watch(spec.parent / FOLDER, Path(request.root))
    watch.begin()
    raised = ""
    spec_hash = ""
    try:
        resolved = resolve(spec)
        spec_hash = resolved.spec_hash
        plan = plan_of(request.as_it_was(resolved), request.first_decisions)
        traces = [(flat if request.flat else plain)(plan, feed) for _ in range(request.passes)]
    except CryptoflowError as error:
        traces, raised = [], error.problems[0].what
    except MISTAKES as error:
        if not in_guest(error, watch):
            raise
        traces, raised = [], f"{type(error).__name__}: {error}"
    reads = list(watch.reads)
    save(folder, traces)
    (folder / ANSWER).write_text(json.dumps({"raised": raised, "reads": reads, "spec_hash": spec_hash}))


def in_guest(error: BaseException, watch: Watch) -> bool:
    """Say whether it was a guest's code that raised."""
    return any(watch.is_theirs(frame.filename) for frame in traceback.extract_tb(error.__traceback__))


def save(folder: Path, traces: list[Trace]) -> None:
    """Leave each pass in a file."""
    for number, trace in enumerate(traces):
        trace.save(trace_file(folder, number))


def trace_file(folder: Path, number: int) -> Path:
    """Return where a pass lies."""
    return folder / f"trace-{number}.npz"


if __name__ == "__main__":
    main()
