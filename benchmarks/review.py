"""What the review of one order by all rules takes: compiled as in a backtest, and plain as in live trading."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf
from time import perf_counter_ns
from typing import Any

import numpy as np
from numba import njit

from benchmarks.figures import Aim, Times, Work, side_by_side
from cryptoflow.domain.records import AccountView, Entry, Verdict
from cryptoflow.engine.batch.cache import OPTIONS
from cryptoflow.engine.batch.compile import callable_from_compiled, prepare, prepare_domain
from cryptoflow.engine.chains import namespace, source
from cryptoflow.engine.memory import rows, table
from cryptoflow.engine.plan import Verbs
from cryptoflow.engine.runtime.owner import plain_steps
from cryptoflow.pipelines.assemble import library
from cryptoflow.plugins.registry import find

ORDERS, SAMPLES = 1_000_000, 100_000
ENTRY = Entry(price=100.0, stop=98.0, notional=200.0, fee=0.001, limit=99.9, last=100.0, at=1, bar_at=1)
ACCOUNT = AccountView(
    equity=1000.0,
    cash=900.0,
    exposure=100.0,
    positions=1,
    day_open_equity=1010.0,
    week_open_equity=1020.0,
    month_open_equity=990.0,
    peak_equity=1050.0,
    orders_today=12,
)
LOOP = """

def loop(entries, accounts, verdicts, discipline, settings):
    granted = 0.0
    for place in range(len(entries)):
        verdict = verdicts[place]
        verdict.notional = entries[place].notional
        verdict.rule = -1
        review(entries[place], accounts[place], verdict, 1.0, discipline, settings)
        granted += verdict.notional
    return granted
"""
"""Reviews orders one after the other; what they granted is added up so that nothing can be left out."""


def reviews() -> Iterator[Work]:
    """Time the review of a million orders, compiled, against that by the two bounds that hold without discipline,
    and the slowest in a hundred of plain ones against the median.
    """
    verbs = Verbs((), library("rule", []), ())
    settings = [(1.0, *find("rule", step.name)().numbers()) for step in verbs.rules]
    yield compiled(verbs, settings)
    yield Work(
        "review of an order, plain, p99", lambda: plain(verbs, settings), "the median", 1, "order", Aim(50e-6, "unit")
    )


def compiled(verbs: Verbs, settings: list[tuple[float, ...]]) -> Work:
    """Time the compiled chain over orders of many sizes."""
    loop = compiled_loop(verbs)
    sizes = np.random.default_rng(0).uniform(20.0, 2000.0, 1000)
    entries = np.tile(rows(Entry, [replace(ENTRY, notional=float(size)) for size in sizes]), ORDERS // 1000)
    accounts = np.tile(rows(AccountView, [ACCOUNT]), ORDERS)
    verdicts = np.tile(rows(Verdict, [Verdict()]), ORDERS)
    known = table(settings, max(map(len, settings)))
    assert 0.0 < loop(entries, accounts, verdicts, 1, known) < loop(entries, accounts, verdicts, 0, known) < inf
    return side_by_side(
        f"review, {ORDERS:,} orders compiled",
        lambda: loop(entries, accounts, verdicts, 1, known),
        lambda: loop(entries, accounts, verdicts, 0, known),
        "cash and allocation alone",
        ORDERS,
        "order",
        Aim(0.2e-6, "unit"),
    )


def compiled_loop(verbs: Verbs) -> Callable[..., float]:
    """Return the loop around the chain that a backtest compiles."""
    prepare_domain()
    scope: dict[str, Any] = namespace(verbs, prepare)
    exec(source(verbs) + LOOP, scope)
    callable_from_compiled(scope["review"])
    return njit(**OPTIONS)(scope["loop"])


def plain(verbs: Verbs, settings: list[tuple[float, ...]]) -> Times:
    """Time single reviews as the event driver makes them; ratio and times are those of the 99th of a hundred."""
    review = plain_steps(verbs).review
    verdict, taken = Verdict(), np.empty(SAMPLES)
    for sample in range(SAMPLES):
        verdict.notional = ENTRY.notional
        verdict.rule = -1
        began = perf_counter_ns()
        review(ENTRY, ACCOUNT, verdict, 1.0, 1, settings)
        taken[sample] = perf_counter_ns() - began
    median, slow = (float(one) for one in np.percentile(taken, (50, 99)) / 1e9)
    return Times(slow / median, slow, slow, median)
