"""Runs on a terminal: a list of them, one by itself, two side by side."""

from collections.abc import Mapping, Sequence
from math import nan
from typing import Any

from rich.table import Table
from rich.text import Text

from cryptoflow.domain.metrics import Metrics
from cryptoflow.report import words
from cryptoflow.report.comparison import Comparison, Difference, Outcome
from cryptoflow.report.summary import iso
from cryptoflow.report.tables import metrics_table
from cryptoflow.report.words import LABELS, Label, written

Manifest = Mapping[str, Any]

IN_LIST = ("total_return", "sharpe", "max_drawdown", "trades")
"""The metrics by which one recognises a run."""


def runs_table(manifests: Sequence[Manifest]) -> Table:
    """Return a row per run, in the order given."""
    shown = [label for name in IN_LIST for label in LABELS if label.metric == name]
    table = Table()
    for head in ("Run", "When", "Period", "Engine"):
        table.add_column(head, no_wrap=head == "Run")
    for label in shown:
        table.add_column(label.text, justify="right")
    for manifest in manifests:
        metrics = metrics_of(manifest)
        facts = (manifest["run_id"], moment(manifest["created_at"]), manifest["period"], manifest["engine"])
        numbers = (written(metrics, label, "") for label in shown)
        table.add_row(*(Text(str(cell)) for cell in (*facts, *numbers)))
    return table


def manifest_tables(manifest: Manifest) -> tuple[Table, ...]:
    """Return what one run noted: what went in, and what came out."""
    data = manifest["data"]
    facts = {
        "Run": manifest["run_id"],
        "When": moment(manifest["created_at"]),
        "Spec": f"{manifest['spec_file']}, {manifest['spec_hash'][:12]}",
        "Period": manifest["period"],
        "Engine": manifest["engine"],
        "Seed": manifest["seed"],
        "Data": f"{data['rows']:,} bars, {data['gaps']:,} missing, {data['fingerprint'][:12]}",
        "Listings": listings_of(manifest),
        "From, to": f"{moment(iso(data['start']))}, {moment(iso(data['end']))}",
        "Symbols": ", ".join(manifest["series"]),
        "Code": manifest["code"][:12],
        "Versions": ", ".join(f"{name} {version}" for name, version in manifest["versions"].items()),
        "Guards": ", ".join(f"{count:,} {what}" for what, count in manifest["guards"].items() if count)
        or "never spoke",
    }
    table = Table(show_header=False)
    table.add_column(style="dim")
    table.add_column()
    for name, value in facts.items():
        table.add_row(name, Text(str(value)))
    currency = str(manifest["spec"]["capital"]).rpartition(" ")[2]
    return table, metrics_table(metrics_of(manifest), currency)


def listings_of(manifest: Manifest) -> str:
    """Return whose filters and fees a run took, and by which day its universe was chosen.

    >>> listings_of({"listings": {"day": "2024-05-01", "digest": "ab" * 32}})
    '2024-05-01, abababababab'
    """
    noted = manifest.get("listings") or {}
    own = f"{noted['day']}, {noted['digest'][:12]}" if "day" in noted else "the package's table"
    universe = noted.get("universe")
    return f"{own}; universe of {universe['day']}, {universe['digest'][:12]}" if universe else own


def comparison_tables(found: Comparison) -> tuple[Table, ...]:
    """Return what went in differently, then what came out."""
    return inputs_table(found.inputs, found.one, found.other), outcomes_table(found)


def inputs_table(inputs: Sequence[Difference], one: str, other: str) -> Table:
    """Return a row for every input that differs."""
    title = "What went in differently" if inputs else "Nothing went in differently"
    table = Table(title=title, title_justify="left", show_header=bool(inputs))
    for head in ("Part", "Key", one, other) if inputs else ():
        table.add_column(Text(head))
    for difference in inputs:
        cells = (difference.what, difference.key, difference.one or words.NONE, difference.other or words.NONE)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def outcomes_table(found: Comparison) -> Table:
    """Return every metric of both runs with its difference, then what the guards did."""
    table = Table(title="What came out", title_justify="left")
    table.add_column("")
    for head in (found.one, found.other, "Difference"):
        table.add_column(Text(head), justify="right")
    by_name = {outcome.name: outcome for outcome in found.metrics}
    for label in LABELS:
        outcome = by_name[label.metric]
        unit = f" {found.currency}" if label.money else ""
        cells = (f"{label.text}{unit}", label.write(outcome.one), label.write(outcome.other), gap(outcome, label))
        table.add_row(*(Text(cell) for cell in cells))
    for guard in found.guards:
        counts = (words.whole(guard.one), words.whole(guard.other), words.signed(guard.difference, words.whole))
        table.add_row(Text(f"Entries {guard.name}" if guard.name in ENTRIES else guard.name.capitalize()), *counts)
    return table


ENTRIES = ("refused", "reduced")
"""The guards' words that are said of entries."""


def gap(outcome: Outcome, label: Label) -> str:
    """Return how much larger the second number is; between shares, in percentage points.

    >>> share, ratio = (next(each for each in LABELS if each.metric == name) for name in ("cagr", "sharpe"))
    >>> gap(Outcome("cagr", 0.02, 0.05), share), gap(Outcome("sharpe", 1.5, 1.25), ratio)
    ('+3.00 points', '−0.25')
    """
    if label.write in (words.share, words.change):
        return words.signed(outcome.difference, _points)
    return words.signed(outcome.difference, label.write)


def _points(value: float) -> str:
    text = words.share(value)
    return text if text == words.NONE else text.replace("%", " points")


def metrics_of(manifest: Manifest) -> Metrics:
    """Return the metrics of a manifest; what is null there is undefined."""
    noted = manifest["metrics"]
    return Metrics._make(nan if noted.get(name) is None else noted[name] for name in Metrics._fields)


def moment(text: str) -> str:
    """Return a moment for people, to the minute.

    >>> moment("2026-11-21T10:31:55Z")
    '2026-11-21 10:31'
    """
    return text[:16].replace("T", " ")
