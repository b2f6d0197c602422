"""An old run done again from what it noted, and what became of it."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.pipelines.backtest import Tell, backtest
from cryptoflow.pipelines.history import Window
from cryptoflow.pipelines.past import runs
from cryptoflow.pipelines.past.differences import differences
from cryptoflow.pipelines.past.recorded import recorded
from cryptoflow.pipelines.past.rows import CLOSE, FirstDifference, first_difference
from cryptoflow.report.comparison import Difference

IDENTICAL, EQUAL, DIFFERENT = "identical", "equal", "different"

TOLD = {
    IDENTICAL: "every byte of orders, trades and equity is the same",
    EQUAL: f"the bytes are not, but orders, trades and equity are the same to {CLOSE:g}",
}


class Reproduction(NamedTuple):
    """What came out when a run was done again: the verdict, what went in differently, the first row that differs."""

    run_id: str
    verdict: str
    inputs: tuple[Difference, ...]
    first: FirstDifference | None = None

    @property
    def same(self) -> bool:
        """Whether the run can be trusted to come out like this."""
        return self.verdict != DIFFERENT

    def __str__(self) -> str:
        if self.first is None:
            return "\n".join((f"{self.verdict}: {TOLD[self.verdict]}", *self._changes()))
        cause = self._changes() or (
            "nothing went in differently: the recorded files were changed, or a plugin does not answer alike twice",
        )
        return "\n".join((f"{self.verdict}: {self.first}", *cause))

    def _changes(self) -> tuple[str, ...]:
        if not self.inputs:
            return ()
        return ("what went in differently, then → now:", *(f"  {difference}" for difference in self.inputs))

    def plain(self) -> dict[str, Any]:
        """Return the findings as JSON takes them."""
        return {
            "run_id": self.run_id,
            "verdict": self.verdict,
            "same": self.same,
            "inputs": [difference._asdict() for difference in self.inputs],
            "first_difference": self.first and self.first._asdict(),
        }


def reproduce(run: str, *, home: Path | None = None, tell: Tell | None = None) -> Reproduction:
    """Do a run again in a folder of its own and compare what comes out with what came out then."""
    folder = runs.find(run, home)
    manifest = runs.read_manifest(folder)
    first, _, last = str(manifest["period"]).partition("..")
    resolved = recorded(manifest)
    with tempfile.TemporaryDirectory(prefix="cryptoflow-") as scratch:
        window, engine = Window(first, last), manifest["engine"]
        again = backtest(resolved, window=window, engine=engine, home=Path(scratch), tell=tell)
        inputs = differences(manifest, again.manifest)
        verdict, row = _verdict(folder, again.folder)
    return Reproduction(manifest["run_id"], verdict, inputs, row)


def _verdict(then: Path, now: Path) -> tuple[str, FirstDifference | None]:
    files = [f"{table}.parquet" for table in runs.TABLES]
    if all((then / file).is_file() and (then / file).read_bytes() == (now / file).read_bytes() for file in files):
        return IDENTICAL, None
    found = (first_difference(table, then, now) for table in runs.TABLES)
    row = next((each for each in found if each is not None), None)
    return (EQUAL if row is None else DIFFERENT), row
