"""Trials as a table in Markdown, as the manual shows it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from benchmarks.law.trial import Trial

HEADS = (
    "pipeline",
    "days alive",
    "tier",
    "kills",
    "moves between tiers",
    "entries",
    "refused",
    "reduced",
    "return",
)
TOO_MANY = 1 / 3
"""Share of entries that no single rule should refuse."""


def table(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"| {' | '.join(HEADS)} |"
    yield f"|{'---|' * len(HEADS)}"
    for trial in trials:
        yield f"| {' | '.join(cells(trial))} |"


def cells(trial: Trial) -> tuple[str, ...]:
    """Return one trial as a row."""
    moves = [*counts(trial.demotions, "down: ")]
    moves += [f"up: {trial.promotions}"] if trial.promotions else []
    tiers = f"{trial.began}" if trial.began == trial.ended else f"{trial.began} → {trial.ended}"
    return (
        f"`{trial.name}`",
        f"{trial.alive:,.0f} of {trial.days:,.0f}",
        tiers,
        ", ".join(counts(trial.kills)) or "–",
        ", ".join(moves) or "–",
        f"{trial.entries:,}",
        shares(trial, trial.refused),
        shares(trial, trial.reduced),
        f"{trial.equity / trial.capital - 1:+.1%}, deepest {-abs(trial.deepest):.1%}".replace("-", "−"),
    )


def counts(found: Counter[str], head: str = "") -> Iterator[str]:
    """Yield each name with how often it occurred, the most frequent first."""
    return (f"{head}{name} {times}" for name, times in found.most_common())


def shares(trial: Trial, found: Counter[str]) -> str:
    """Return each name with its share of all entries."""
    return ", ".join(f"{name} {trial.share(times):.1%}" for name, times in found.most_common()) or "–"


def complaints(trials: Sequence[Trial]) -> Iterator[str]:
    """Yield what is against the numbers: a rule that refuses too much, a pipeline that cannot live."""
    for trial in trials:
        for name, times in trial.refused.items():
            if trial.share(times) > TOO_MANY:
                yield f"{trial.name}: {name} refuses {trial.share(times):.0%} of all entries"
        if trial.alive < trial.days / 2:
            yield f"{trial.name}: alive on {trial.alive:,.0f} of {trial.days:,.0f} days"
