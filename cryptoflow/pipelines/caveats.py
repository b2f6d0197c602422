"""What a reader of a report must not miss: sentences on the data, the costs and the silence of a run."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cryptoflow.domain.calendar import DAY
from cryptoflow.domain.codes import BUY, Leg, Topic
from cryptoflow.domain.metrics import EVERY_DAY
from cryptoflow.domain.review import RESUME
from cryptoflow.market.times import moment
from cryptoflow.market.venues import FEES, UNKNOWN_FEES
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.history import History
from cryptoflow.pipelines.listed_caveats import of_the_listings
from cryptoflow.pipelines.locks import of_the_locks
from cryptoflow.pipelines.measure import reasons
from cryptoflow.pipelines.reasons import named
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tapes import Names
from cryptoflow.pipelines.unsimulated import unsimulated
from cryptoflow.report.view import DataFacts
from cryptoflow.spec.execution import Costs

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Outcome, Plan

LONG_WEEKEND = 4 * DAY
"""What may lie between the end of a period and the next day on which an exchange is open."""

SILENT = 10
"""Refusals in a row at the end of a run from which on they are worth a sentence."""


def caveats(
    resolved: Resolved, plan: "Plan", history: History, outcome: "Outcome", names: Names, facts: DataFacts
) -> tuple[str, ...]:
    """Return every sentence that stands above the results, the gravest first."""
    return (
        *of_the_spec(resolved),
        *of_the_data(history, facts),
        *of_the_listings(resolved, history.period),
        *of_the_locks(resolved),
        *of_the_start(resolved, history),
        *of_silence(outcome, names),
        *of_the_size(plan, outcome, resolved.pipeline.capital.currency),
        *unsimulated(resolved),
    )


def of_the_spec(resolved: Resolved) -> Iterator[str]:
    """Say what kind of run it was."""
    pipeline = resolved.pipeline
    if pipeline.discipline == "off":
        yield "Research: discipline is off, so no tier, rule or limit held. This run is evidence for nothing."
    if pipeline.execution.costs == "none":
        yield "Zero cost: fees and slippage were switched off."
    if pipeline.sources.history.use == "synthetic":
        yield "Invented prices: the source is synthetic, which shows how the tool works, not what a market did."
    costs = pipeline.execution.costs
    if isinstance(costs, Costs) and costs.fees == "venue" and pipeline.market.venue not in FEES:
        yield (
            f"The fees of {pipeline.market.venue} are not known here, so {UNKNOWN_FEES.taker:.1%} was taken; "
            "is the venue's name right?"
        )


def of_the_year(resolved: Resolved) -> Iterator[str]:
    """Say how many days the metrics count a year as, where prices are not made on all of them."""
    if resolved.days != EVERY_DAY:
        source = resolved.pipeline.sources.history.use
        yield f"A year has {resolved.days} days on which prices of {source} are made; metrics per year count those."


def of_the_data(history: History, facts: DataFacts) -> Iterator[str]:
    """Say where data is missing: at the ends of the period, in between, and inside the bars."""
    from cryptoflow.market.detail import BARE

    yield from (note for note in history.notes() if BARE in note)
    period = history.period
    for bars in history.series:
        inside = bars.between(period.start, period.end)
        first, last = inside.ends()
        last += bars.timeframe
        slack = max(DAY, 2 * bars.timeframe, LONG_WEEKEND if bars.calendar else 0)
        if first - period.start > slack or period.end - last > slack:
            covered = f"{moment(first)[:10]} to {moment(last - 1)[:10]}"
            yield f"The data of {bars.symbol} covers {covered} only, not all of {period}."
    if facts.gaps:
        missing = "1 bar is" if facts.gaps == 1 else f"{facts.gaps:,} bars are"
        yield f"{missing} missing in the data; a symbol without a bar decides nothing."


def of_the_start(resolved: Resolved, history: History) -> Iterator[str]:
    """Say when decisions begin, where that is not the period's start."""
    begins = min(history.first_decisions)
    if begins > history.period.start + history.series[0].timeframe:
        needed = warmup_of(resolved)
        yield f"Nothing is decided before {moment(begins)}: the strategies need {needed:,} bars to warm up."


def of_silence(outcome: "Outcome", names: Names) -> Iterator[str]:
    """Say when entries ended and what refused them from then on."""
    tape = outcome.tape
    entries = tape[(tape["topic"] == Topic.ORDER) & (tape["side"] == BUY)]
    since = int(entries["at"][-1]) if len(entries) else 0
    refused = (tape["topic"] == Topic.REFUSED) & (tape["at"] > since)
    counted: Counter[str] = Counter()
    for said in reasons(tape, refused):
        counted[named(said.reason, names.rules[said.rule])] += said.times
    if counted.total() < (SILENT if len(entries) else 1):
        return
    ((most, count),) = counted.most_common(1)
    when = f"No entry was made after {moment(since)}" if len(entries) else "No entry was ever made"
    yield f"{when}: of {counted.total():,} that were wanted, {count:,} were refused by {most}."


def of_the_size(plan: "Plan", outcome: "Outcome", currency: str) -> Iterator[str]:
    """Say when the usual entry is so small that nothing can be entered on the first day after the kill switch."""
    import numpy as np

    tape = outcome.tape
    entries = tape[(tape["topic"] == Topic.ORDER) & (tape["leg"] != Leg.EXIT) & (tape["rule"] < RESUME)]
    if plan.account.discipline == 0 or not len(entries):
        return
    usual = entries[np.argsort(entries["notional"])[len(entries) // 2]]
    left = plan.resume[1] * float(usual["notional"])
    at_stop = left * float(usual["stop"] / usual["price"]) if usual["stop"] < usual["price"] else left
    least = plan.markets[int(usual["symbol"])].min_notional
    if at_stop < least:
        yield (
            f"The usual entry of {usual['notional']:,.2f} {currency} is small: on the day after the kill switch "
            f"{plan.resume[1]:.0%} of it are {left:,.2f}, worth {at_stop:,.2f} at the stop, "
            f"and the least is {least:,.2f}, so nothing is entered then."
        )
