"""What came out of a run: metrics, guards, closed trades, and what costs did."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import Cause, Reason, Span, Topic
from cryptoflow.domain.codes import Guard as GuardCode
from cryptoflow.domain.metrics import Metrics, measure
from cryptoflow.domain.tilt.levels import Level
from cryptoflow.domain.tilt.table import named as indicators
from cryptoflow.pipelines.reasons import detail, named
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tapes import Names
from cryptoflow.report.view import Act, CostRow, Guard, TradeRow

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Outcome, Plan

WORDS = {
    GuardCode.TRIPPED: "kill switch trips",
    GuardCode.RELEASED: "trading resumes",
    GuardCode.PROMOTED: "one tier up",
    GuardCode.DEMOTED: "one tier down",
    GuardCode.ACKNOWLEDGED: "demotion acknowledged",
    GuardCode.TILTED: "tilt",
    GuardCode.CALMED: "tilt is over",
    GuardCode.REFLECTED: "reflection given",
    GuardCode.RESIZED: "size after a lock-out",
    GuardCode.WARNED: "limit is near",
    GuardCode.LIMIT_REACHED: "entries are shut",
    GuardCode.COUPLED: "positions came together",
}
REACHED = "limit is reached"
"""What a warning is called where the loss has come past the limit at once."""

PLACES = 1 << 20
"""More than there are rules: a reason and a rule become one number, which counts at once."""


def metrics_of(resolved: Resolved, outcome: "Outcome") -> Metrics:
    """Return the metrics of a run."""
    wallet = outcome.wallet
    closes = closes_of_days(outcome.times)
    return measure(
        capital=float(resolved.pipeline.capital),
        times=outcome.times[closes].tolist(),
        equity=outcome.equity[closes].tolist(),
        profits=outcome.tape["profit"][outcome.tape["topic"] == Topic.TRADE].tolist(),
        fees=wallet["fees"],
        slippage=wallet["slippage"],
        notional=wallet["turnover"],
        exposure=wallet["rounds_invested"] / max(1, len(outcome.times)),
        drawdown=wallet["drawdown"],
        days=resolved.days,
    )


def closes_of_days(times: Any) -> Any:
    """Return the last row of each UTC day: the only ones that metrics look at."""
    import numpy as np

    days = times // DAY
    return np.flatnonzero(np.append(days[1:] != days[:-1], True)) if len(days) else np.zeros(0, np.int64)


def cost_row(factor: float, found: Metrics) -> CostRow:
    """Return one row of the cost table."""
    return CostRow(factor, found.final_equity, found.total_return, found.sharpe, found.max_drawdown, found.trades)


def guard_rows(outcome: "Outcome", names: Names) -> tuple[Guard, ...]:
    """Return how often each reason refused an entry, and each rule reduced one, the most frequent first.

    Each says what it looked at the last time, and what it allows.
    """
    tape = outcome.tape
    asked = (tape["topic"] == Topic.REFUSED, (tape["topic"] == Topic.ORDER) & (tape["reason"] == Reason.REDUCED))
    found = [each for chosen in asked for each in reasons(tape, chosen)]
    found.sort(key=lambda each: -each.times)
    return tuple(guard_of(each, names.rules[each.rule], tape[each.last]) for each in found)


class Said(NamedTuple):
    """A reason and a rule on a tape: how many lines have them, and which was the last."""

    reason: Reason
    rule: int
    times: int
    last: int


def reasons(tape: Any, chosen: Any) -> Iterator[Said]:
    """Yield each reason and rule on the chosen lines of a tape, the earliest first."""
    import numpy as np

    rows = np.flatnonzero(chosen)
    pairs = tape["reason"][rows] * PLACES + tape["rule"][rows]
    found, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    _, backwards = np.unique(pairs[::-1], return_index=True)
    for place in np.argsort(first).tolist():
        reason, rule = divmod(int(found[place]) + PLACES // 2, PLACES)
        last = int(rows[len(rows) - 1 - backwards[place]])
        yield Said(Reason(reason), rule - PLACES // 2, int(counts[place]), last)


def guard_of(said: Said, rule: str, line: Any) -> Guard:
    """Return one reason as the report shows it, with what its last line says."""
    what, who = ("reduced", rule) if said.reason is Reason.REDUCED else ("refused", named(said.reason, rule))
    last = (float(line["value"]), float(line["limit"]), int(line["measure"]))
    return Guard(what, who, said.times, detail(said.reason, rule, *last))


def acts_of(outcome: "Outcome", plan: "Plan") -> tuple[Act, ...]:
    """Return what the account's discipline did, as it happened."""
    tape, tier, found = outcome.tape, plan.tier, []
    for line in plain_lines(tape[tape["topic"] == Topic.GUARD]):
        what = GuardCode(line["reason"])
        if what in (GuardCode.PROMOTED, GuardCode.DEMOTED):
            tier = line["number"]
        found.append(Act(line["at"], words_of(what, line), why_of(what, line, plan), line["price"], tier))
    return tuple(found)


def words_of(what: GuardCode, line: Mapping[str, Any]) -> str:
    """Return what discipline did; a limit that is passed already is no longer near.

    >>> [words_of(GuardCode.WARNED, {"value": lost, "limit": 0.05}) for lost in (0.049, 0.05)]
    ['limit is near', 'limit is reached']
    """
    return REACHED if what is GuardCode.WARNED and line["value"] >= line["limit"] else WORDS[what]


def why_of(what: GuardCode, line: Mapping[str, Any], plan: "Plan") -> str:
    """Return what made discipline act, with what it looked at and what is allowed of it."""
    if what in (GuardCode.TRIPPED, GuardCode.WARNED):
        return f"{Cause(line['rule']).name.lower()}: {line['value']:.2%}, limit {line['limit']:.2%}"
    if what is GuardCode.LIMIT_REACHED:
        return f"{Span(line['rule']).name.lower()}: {line['value']:.2%} lost, limit {line['limit']:.2%}"
    if what is GuardCode.DEMOTED:
        return f"{plan.verbs.gates[line['rule']].name}: {line['value']:g}, limit {line['limit']:g}"
    if what is GuardCode.TILTED:
        seen = ", ".join(each.name for each in indicators(line["measure"]))
        return f"{Level(line['rule']).name.lower()}, score {line['value']:g}: {seen}"
    if what is GuardCode.COUPLED:
        one, other = (plan.symbols[line[name]] for name in ("symbol", "measure"))
        return f"{one} and {other}: correlation {line['value']:.2f}, {line['limit']:.2f} as they were opened"
    if what is GuardCode.CALMED:
        return Level(line["rule"]).name.lower()
    return f"{line['value']:.0%}" if what is GuardCode.RESIZED else ""


def fills(trades: Any, symbol: int) -> tuple[Any, Any]:
    """Return when closed trades of a symbol bought, and when they sold."""
    import numpy as np

    own = trades[["opened_at", "at", "side"]][trades["symbol"] == symbol]
    long = own["side"] > 0
    return np.where(long, own["opened_at"], own["at"]), np.where(long, own["at"], own["opened_at"])


def trade_rows(trades: Any, names: Names, lots: Sequence[float]) -> list[TradeRow]:
    """Return closed trades as the report lists them."""
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
        for line in plain_lines(trades)
    ]


def plain_lines(lines: Any) -> Iterator[dict[str, Any]]:
    """Return lines of a tape as dicts of plain numbers."""
    return (dict(zip(lines.dtype.names, line, strict=True)) for line in lines.tolist())
