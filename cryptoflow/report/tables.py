"""A run on a terminal: tables for a wide one, plain lines for a pipe."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from cryptoflow.domain.metrics import Metrics
from cryptoflow.market.times import moment
from cryptoflow.report import words
from cryptoflow.report.view import Act, CostRow, Guard, GuardedDay
from cryptoflow.report.words import LABELS, written

COSTS = ("Costs", "Final equity", "Return", "Sharpe", "Max drawdown", "Trades")
"""The head of the cost table, wherever it is shown."""

DAYS = ("Day", "What happened", "Entries refused by", "Entries reduced by", "Equity", "Tier")
"""The head of the table of days, wherever it is shown."""


def metrics_table(metrics: Metrics, currency: str, title: str = "") -> Table:
    """Return every metric in two columns of pairs, read downwards."""
    table = Table(title=Text(title) if title else None, show_header=False, title_justify="left")
    for _ in range(2):
        table.add_column(style="dim")
        table.add_column(justify="right")
    half = -(-len(LABELS) // 2)
    for left, right in zip(LABELS[:half], (*LABELS[half:], None), strict=False):
        cells = [each and (each.text, written(metrics, each, currency)) for each in (left, right)]
        table.add_row(*(Text(text) for pair in cells for text in pair or ("", "")))
    return table


def costs_table(rows: Sequence[CostRow]) -> Table:
    """Return what the same run brings at each multiple of its costs."""
    table = Table(title="What costs do", title_justify="left")
    for head in COSTS:
        table.add_column(head, justify="left" if head == COSTS[0] else "right")
    for row in rows:
        table.add_row(*map(Text, cost_cells(row)))
    return table


def guards_table(rows: Sequence[Guard]) -> Table:
    """Return what the guards did, and why."""
    table = Table(title="Guards", title_justify="left")
    table.add_column("What")
    table.add_column("Reason")
    table.add_column("The last time")
    table.add_column("Times", justify="right")
    for row in rows:
        table.add_row(Text(row.what), Text(row.reason), Text(row.last), words.whole(row.times))
    return table


def acts_table(rows: Sequence[Act]) -> Table:
    """Return what the account's discipline did, the newest last."""
    table = Table(title="Discipline", title_justify="left")
    for head in ("When", "What", "Why"):
        table.add_column(head)
    table.add_column("Equity", justify="right")
    table.add_column("Tier", justify="right")
    for row in rows:
        table.add_row(moment(row.at), Text(row.what), Text(row.why), words.amount(row.equity), str(row.tier))
    return table


def days_table(rows: Sequence[GuardedDay]) -> Table:
    """Return what guarded the account day by day, the newest last."""
    table = Table(title="Guards, day by day", title_justify="left")
    for head in DAYS:
        table.add_column(head, justify="right" if head in DAYS[4:] else "left", no_wrap=head == DAYS[0])
    for row in rows:
        table.add_row(*map(Text, day_cells(row)))
    return table


def day_cells(row: GuardedDay) -> tuple[str, ...]:
    """Return a row of the table of days as it is read.

    >>> day_cells(GuardedDay(86_400_000, "kill switch trips", "killed 3", "", 950.5, 1))
    ('1970-01-02', 'kill switch trips', 'killed 3', '', '950.50', '1')
    """
    return (moment(row.at)[:10], row.acts, row.refused, row.reduced, words.amount(row.equity), str(row.tier))


def cost_cells(row: CostRow) -> tuple[str, ...]:
    """Return a row of the cost table as it is read.

    >>> cost_cells(CostRow(2.0, 990.0, -0.01, -0.2, -0.05, 12))
    ('2×', '990.00', '−1.00%', '−0.20', '−5.00%', '12')
    """
    return (
        f"{row.factor:g}×",
        words.amount(row.final_equity),
        words.change(row.total_return),
        words.ratio(row.sharpe),
        words.change(row.max_drawdown),
        words.whole(row.trades),
    )
