"""What came out of a run: metrics, guards, closed trades, and what costs did."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cryptoflow.domain.metrics import Metrics, measure
from cryptoflow.domain.records import Reason, Topic
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tapes import Names
from cryptoflow.report.view import CostRow, Guard, TradeRow

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Outcome


def metrics_of(resolved: Resolved, outcome: "Outcome") -> Metrics:
    """Return the metrics of a run."""
    wallet = outcome.wallet
    return measure(
        capital=float(resolved.pipeline.capital),
        times=outcome.times.tolist(),
        equity=outcome.equity.tolist(),
        profits=outcome.tape["profit"][outcome.tape["topic"] == Topic.TRADE].tolist(),
        fees=wallet["fees"],
        slippage=wallet["slippage"],
        notional=wallet["turnover"],
        exposure=wallet["rounds_invested"] / max(1, len(outcome.times)),
        drawdown=wallet["drawdown"],
        days=getattr(resolved.history, "days", 365),
    )


def cost_row(factor: float, found: Metrics) -> CostRow:
    """Return one row of the cost table."""
    return CostRow(factor, found.final_equity, found.total_return, found.sharpe, found.max_drawdown, found.trades)


def guard_rows(outcome: "Outcome", names: Names) -> tuple[Guard, ...]:
    """Return how often each reason refused an entry, and each rule reduced one, the most frequent first."""
    tape = outcome.tape
    refused = tape[tape["topic"] == Topic.REFUSED]
    reduced = tape[(tape["topic"] == Topic.ORDER) & (tape["reason"] == Reason.REDUCED)]
    counted = Counter(
        ("refused", named(Reason(reason), names.rules[rule]))
        for reason, rule in zip(refused["reason"].tolist(), refused["rule"].tolist(), strict=True)
    )
    counted.update(("reduced", names.rules[rule]) for rule in reduced["rule"].tolist())
    return tuple(Guard(what, reason, count) for (what, reason), count in counted.most_common())


def named(reason: Reason, rule: str) -> str:
    """Name what kept an entry out.

    >>> named(Reason.RULE, "count"), named(Reason.BELOW_MINIMUM, "cash"), named(Reason.COOLDOWN, "")
    ('count', 'below_minimum after cash', 'cooldown')
    """
    if reason is Reason.RULE:
        return rule
    return f"{reason.name.lower()} after {rule}" if rule else reason.name.lower()


def trade_rows(outcome: "Outcome", names: Names, lots: Sequence[float]) -> list[TradeRow]:
    """Return closed trades as the report shows them."""
    return [
        TradeRow(
            symbol=names.symbols[line["symbol"]],
            strategy=names.strategies[line["strategy"]],
            side=line["side"],
            opened_at=line["opened_at"],
            closed_at=line["at"],
            quantity=line["lots"] * lots[line["symbol"]],
            entry_price=line["entry_price"],
            exit_price=line["price"],
            profit=line["profit"],
            share=line["share"],
            fees=line["fee"],
            bars=line["bars"],
            reason=Reason(line["reason"]).name.lower(),
        )
        for line in plain_lines(outcome)
    ]


def plain_lines(outcome: "Outcome") -> Iterable[dict[str, Any]]:
    """Return the lines of closed trades as dicts of plain numbers."""
    lines = outcome.tape[outcome.tape["topic"] == Topic.TRADE]
    fields = lines.dtype.names or ()
    return (dict(zip(fields, line, strict=True)) for line in lines.tolist())
