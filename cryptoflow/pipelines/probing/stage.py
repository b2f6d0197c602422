"""Where passes are run: in this process by the compiled driver, or with guests in a fresh process for each."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.probing import worker
from cryptoflow.pipelines.probing.feed import Feed
from cryptoflow.pipelines.probing.mirror import mirror
from cryptoflow.pipelines.probing.trace import Trace, compiled, read
from cryptoflow.pipelines.resolved import Resolved

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan


class Played(NamedTuple):
    """What became of a draw: its passes, what guests opened, and what they raised instead of deciding."""

    traces: tuple[Trace, ...]
    reads: tuple[str, ...] = ()
    raised: str = ""


def failing(played: Played) -> CryptoflowError:
    """Return the refusal of a spec whose guests fail on the bars as they are."""
    return CryptoflowError(f"a plugin file fails: {played.raised}", fix="mend it; `cryptoflow backtest` fails too")


def has_guests(plan: "Plan") -> bool:
    """Say whether a strategy in Python, or code of a plugin file or an installed package, takes part in decisions."""
    from cryptoflow.engine.chains import is_foreign, parts

    return bool(plan.verbs.scripts) or any(is_foreign(verb) for _, verb in parts(plan))


def compiled_tape(plan: "Plan", feed: Feed) -> Any | None:
    """Return what the batch driver decides in this process; None where the compiler refuses a guest.

    Compiled code opens nothing and keeps nothing, so it needs no process of its own.
    """
    from cryptoflow.engine.batch.refused import Uncompilable
    from cryptoflow.engine.batch.run import run

    try:
        return run(plan, feed.market, feed.finer).tape
    except Uncompilable:
        return None


def play(
    resolved: Resolved,
    feed: Feed,
    first_decisions: Sequence[int],
    until: int | None = None,
    passes: int = 1,
    flat: bool = False,
) -> Played:
    """Run a spec over bars, of which those from `until` on are not the real ones.

    With `flat` nothing is decided, and strategies in Python are asked as if nothing were ever held.

    Without guests nothing can be kept from an earlier pass, so one process and one pass serve. A guest runs as plain
    Python, in which it can do all that it can do compiled.
    """
    plan = plan_of(resolved, first_decisions)
    if not has_guests(plan):
        return Played((compiled(plan, feed),))
    with tempfile.TemporaryDirectory(prefix="cryptoflow-probe-") as scratch:
        folder = Path(scratch).resolve()
        copied = mirror(resolved, folder / "project", feed, until)
        feed.save(folder)
        request = worker.Request.of(
            resolved,
            spec=str(copied.spec),
            root=str(copied.root),
            first_decisions=tuple(first_decisions),
            passes=passes,
            flat=flat,
        )
        (folder / worker.REQUEST).write_text(json.dumps(request._asdict()))
        command = [sys.executable, "-P", "-m", worker.__name__, str(folder)]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run(command, cwd=copied.here, env=environment, check=True)  # noqa: S603 - our own module
        answer = json.loads((folder / worker.ANSWER).read_text())
        assert answer["raised"] or answer["spec_hash"] == resolved.spec_hash, "the copy is another spec"
        traces = tuple(read(file) for file in sorted(folder.glob("trace-*.npz")))
        return Played(traces, tuple(answer["reads"]), answer["raised"])
