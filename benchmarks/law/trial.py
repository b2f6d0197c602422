"""One pipeline under the whole discipline: how long it lived, what stopped it, and what became of its entries."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cryptoflow.domain.codes import Cause, Guard, Leg, Reason, Topic
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, decide
from cryptoflow.pipelines.history import Window, load_history
from cryptoflow.pipelines.measure import closes_of_days, reasons
from cryptoflow.pipelines.reasons import named
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tapes import Names

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Plan

DAY = 86_400_000
BARS = "ohlcv/binance_spot/{symbol}_{timeframe}_{years}.parquet"
YEARS = {"5m": "2024", "1h": "2022-2025H1", "1d": "2017-2025H1"}
"""How the names of the recorded files end, by timeframe."""

WANTED = "recorded bars go into ohlcv/binance_spot/ below --data, like BTCUSDT_1h_2022-2025H1.parquet"
"""What is said where there are none."""

OWN = (Reason.SYMBOL_TAKEN, Reason.COOLDOWN)
"""Refusals that a strategy brings upon itself: no rule was asked."""

CLOSED = {Guard.TRIPPED: Guard.RELEASED, Guard.DEMOTED: Guard.ACKNOWLEDGED}
"""What ends entries, and what lets them be made again."""


class NotHere(Exception):
    """The recorded bars of a pipeline are not on this machine."""


@dataclass
class Trial:
    """What a pipeline went through. Shares of entries are of those that rules were asked about, or that were barred."""

    name: str
    period: str
    days: float
    alive: float
    began: int
    ended: int
    capital: float
    equity: float
    deepest: float
    entries: int
    daily: list[float]
    kills: Counter[str] = field(default_factory=Counter)
    demotions: Counter[str] = field(default_factory=Counter)
    promotions: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    reduced: Counter[str] = field(default_factory=Counter)

    def share(self, times: int) -> float:
        """Return a number of entries as a share of all."""
        return times / self.entries if self.entries else 0.0


def recorded(file: Path, data: Path) -> Resolved:
    """Return a pipeline that reads recorded bars instead of made-up ones; the rest of it is as it ships."""
    market = resolve(file).pipeline.market
    timeframe = str(market.timeframe)
    path = data / BARS.format(symbol="{symbol}", timeframe=timeframe, years=YEARS[timeframe])
    for symbol in market.symbols:
        wanted = Path(str(path).format(symbol=str(symbol).replace("/", "")))
        if not wanted.is_file():
            raise NotHere(f"{file.stem}: {wanted} is not here")
    return resolve(file, sets=[f"sources.history={{use: parquet, path: '{path}'}}"])


def tried(resolved: Resolved, window: Window = WHOLE, engine: str = "batch") -> Trial:
    """Run a pipeline over its own period, or another, and count."""
    history = load_history(resolved, window)
    plan = plan_of(resolved, history.first_decisions)
    outcome = decide(plan, history, engine)
    names = Names(plan.symbols, [each.id for each in resolved.strategies], [rule.name for rule in plan.verbs.rules])
    tape = outcome.tape
    begin = max(int(outcome.times[0]), min(history.first_decisions))
    end = int(outcome.times[-1]) + plan.account.timeframe
    asked = (tape["topic"] == Topic.ORDER) & (tape["leg"] != Leg.EXIT)
    refused = (tape["topic"] == Topic.REFUSED) & ~np.isin(tape["reason"], OWN)
    closes = closes_of_days(outcome.times)
    worth = np.concatenate(([plan.capital], outcome.equity[closes[outcome.times[closes] >= begin - DAY]]))
    trial = Trial(
        name=resolved.pipeline.name,
        period=str(history.period),
        days=(end - begin) / DAY,
        alive=(end - begin - sum(last - first for first, last in halts(tape, end))) / DAY,
        began=plan.tier,
        ended=plan.tier,
        capital=plan.capital,
        equity=float(outcome.equity[-1]),
        deepest=float(outcome.wallet["drawdown"]),
        entries=int(asked.sum() + refused.sum()),
        daily=(np.diff(worth) / worth[:-1]).tolist(),
    )
    for said in reasons(tape, refused):
        trial.refused[named(said.reason, names.rules[said.rule])] += said.times
    for said in reasons(tape, asked & (tape["reason"] == Reason.REDUCED)):
        trial.reduced[names.rules[said.rule]] += said.times
    judge(trial, tape, plan)
    return trial


def judge(trial: Trial, tape: Any, plan: "Plan") -> None:
    """Count what the account's discipline did."""
    for line in tape[tape["topic"] == Topic.GUARD]:
        match Guard(int(line["reason"])):
            case Guard.TRIPPED:
                trial.kills[Cause(int(line["rule"])).name.lower()] += 1
            case Guard.DEMOTED:
                trial.demotions[plan.verbs.gates[int(line["rule"])].name] += 1
                trial.ended = int(line["number"])
            case Guard.PROMOTED:
                trial.promotions += 1
                trial.ended = int(line["number"])


def halts(tape: Any, end: int) -> Iterator[tuple[int, int]]:
    """Yield every stretch of time in which nothing could be entered; two at once are one."""
    closed: set[Guard] = set()
    since = end
    for line in tape[tape["topic"] == Topic.GUARD]:
        what, at = Guard(int(line["reason"])), int(line["at"])
        if what in CLOSED:
            since = since if closed else at
            closed.add(what)
        elif what in CLOSED.values():
            closed -= {begun for begun, over in CLOSED.items() if over is what}
            if not closed:
                yield since, at
    if closed:
        yield since, end
