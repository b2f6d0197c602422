"""Two runs side by side."""

from pathlib import Path

from cryptoflow.domain.metrics import Metrics
from cryptoflow.pipelines.past import runs
from cryptoflow.pipelines.past.differences import differences
from cryptoflow.report.comparison import Comparison, outcomes
from cryptoflow.report.summary import Guards


def compare(one: str, other: str, home: Path | None = None) -> Comparison:
    """Return what went into two runs differently, and what came out of each."""
    first, second = (runs.read_manifest(runs.find(run, home)) for run in (one, other))
    return Comparison(
        one=first["run_id"],
        other=second["run_id"],
        currency=str(second["spec"]["capital"]).rpartition(" ")[2],
        inputs=differences(first, second),
        metrics=outcomes(Metrics._fields, first["metrics"], second["metrics"]),
        guards=outcomes(Guards._fields, first["guards"], second["guards"]),
    )
