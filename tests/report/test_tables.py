import json
from io import StringIO

from rich.console import Console

from cryptoflow.domain.metrics import Metrics
from cryptoflow.report.summary import Artifacts, Guards, Timing, summary
from cryptoflow.report.tables import costs_table, guards_table, metrics_table
from cryptoflow.report.view import Guard
from cryptoflow.report.words import LABELS
from tests.report.views import START, view


def printed(table: object, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    console.print(table)
    return console.file.getvalue()


def test_every_metric_has_a_label() -> None:
    assert sorted(label.metric for label in LABELS) == sorted(Metrics._fields)


def test_the_table_of_metrics_fits_a_narrow_terminal() -> None:
    shown = printed(metrics_table(view().metrics, "USDT", "btc-trend"), width=80)
    assert all(label.text in shown for label in LABELS)
    assert "USDT" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_names_are_not_read_as_styles() -> None:
    shown = printed(guards_table([Guard("[red]refused[/red]", "[bold]", 3)]))
    assert "[red]refused[/red]" in shown
    assert "[bold]" in shown


def test_the_cost_table_has_a_row_per_multiple() -> None:
    shown = printed(costs_table(view().costs))
    assert next(line for line in shown.splitlines() if "0×" in line).split()[1:4] == ["0×", "│", "1,200.00"]
    assert "2×" in shown


def test_the_json_object_has_the_promised_keys() -> None:
    run = view()
    told = summary(
        run_id=run.run_id,
        spec_hash=run.spec_hash,
        data=run.data,
        engine=run.engine,
        metrics=run.metrics._replace(sharpe=float("nan")),
        guards=Guards(refused=2),
        timing=Timing(0.1234567, 0.2, 0.3, 0.7),
        artifacts=Artifacts(report="runs/x/report.html"),
    )
    again = json.loads(json.dumps(told, allow_nan=False))
    assert list(again) == [
        "run_id",
        "spec_hash",
        "data",
        "engine",
        "metrics",
        "guards",
        "timing",
        "artifacts",
        "remarks",
    ]
    assert list(again["data"]) == ["fingerprint", "rows", "start", "end", "gaps"]
    assert again["data"]["start"] == "2023-01-01T00:00:00Z"
    assert START == 1_672_531_200_000
    assert again["metrics"]["sharpe"] is None
    assert list(again["guards"]) == ["refused", "reduced", "kills", "demotions", "tilts", "lockouts"]
    assert again["timing"]["load_s"] == 0.123
    assert list(again["artifacts"]) == ["manifest", "trades", "orders", "equity", "report"]
