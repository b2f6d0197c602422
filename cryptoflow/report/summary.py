"""The object that `backtest --json` prints."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptoflow.domain.metrics import Metrics
from cryptoflow.report.view import DataFacts


class Guards(NamedTuple):
    """How often the guards spoke."""

    refused: int = 0
    reduced: int = 0
    kills: int = 0
    demotions: int = 0
    tilts: int = 0
    lockouts: int = 0


class Timing(NamedTuple):
    """Seconds spent on each part of a run."""

    load_s: float = 0.0
    decide_s: float = 0.0
    report_s: float = 0.0
    total_s: float = 0.0


class Artifacts(NamedTuple):
    """Paths of what a run left behind; None where it did not."""

    manifest: str | None = None
    trades: str | None = None
    orders: str | None = None
    equity: str | None = None
    report: str | None = None


def summary(
    *,
    run_id: str,
    spec_hash: str,
    data: DataFacts,
    engine: str,
    metrics: Metrics,
    guards: Guards,
    timing: Timing,
    artifacts: Artifacts,
    remarks: Sequence[str] = (),
) -> Mapping[str, Any]:
    """Return a run as plain JSON values: moments as ISO text, undefined metrics as null, seconds to the millisecond."""
    return {
        "run_id": run_id,
        "spec_hash": spec_hash,
        "data": {**data._asdict(), "start": iso(data.start), "end": iso(data.end)},
        "engine": engine,
        "metrics": metrics.plain(),
        "guards": guards._asdict(),
        "timing": {name: round(seconds, 3) for name, seconds in timing._asdict().items()},
        "artifacts": artifacts._asdict(),
        "remarks": list(remarks),
    }


def iso(at: int) -> str:
    """Return epoch milliseconds as ISO text.

    >>> iso(1_672_531_200_000)
    '2023-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(at / 1000, UTC).isoformat().replace("+00:00", "Z")
