"""How often a pipeline would be ready for more, by how much a day may differ from the mean of its days."""

from collections.abc import Iterator, Sequence

from benchmarks.law.trial import Trial
from cryptoflow.domain.discipline.records import Evidence
from cryptoflow.plugins.gates.readiness import WEEK, WEEKS, Readiness

STEPS = (0.5, 5.0)
ASKED = (80, 85, 90)
"""What the tiers from the second on ask for."""

WINDOW = WEEKS * WEEK


def ready_table(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield a table of the share of days on which each pipeline would be ready, calm and with full experience."""
    heads = [f"ready {needed} at step {step:g}" for step in STEPS for needed in ASKED]
    yield f"| pipeline | {' | '.join(heads)} |"
    yield f"|{'---|' * (1 + len(heads))}"
    for trial in trials:
        shares = (ready(trial.daily, needed, step) for step in STEPS for needed in ASKED)
        yield f"| `{trial.name}` | {' | '.join(f'{share:.0%}' for share in shares)} |"


def ready(daily: Sequence[float], needed: int, step: float) -> float:
    """Return the share of days at whose end the last four weeks make an account ready."""
    record = Evidence(kept=WINDOW, days=1.0, trades=1)
    newest_first = list(reversed(daily))
    ends = range(len(daily) - WINDOW + 1)
    met = (Readiness.finding(record, newest_first[end : end + WINDOW], (), needed, 1, 1, step).met for end in ends)
    return sum(met) / len(ends)
