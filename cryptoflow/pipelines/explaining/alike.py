"""Which symbols of a spec share a position limit, as the days of its own history say."""

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.clock import MachineClock
from cryptoflow.domain.calendar import DAY, day_of
from cryptoflow.domain.discipline.likeness import likeness
from cryptoflow.domain.discipline.records import Tier
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.times import moment
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.history import readable, series_of, source_of
from cryptoflow.pipelines.listed import foreseen
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.registry import Plugin, find

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns

ON_THIS_MACHINE = ("csv", "parquet", "synthetic")
"""Sources that need no network, beside those whose bars are in the store once they were fetched."""


class Pair(NamedTuple):
    """Two symbols that move much alike, and whether that is enough for rule `correlation` to act."""

    one: str
    other: str
    correlation: float
    shares: bool


class Alike(NamedTuple):
    """What was found of a spec's symbols on the day `day`, of which the `days` before count; `why` nothing was.

    `symbols` are those that its tier trades, `unknown` the pairs that have too few days in common. At `at` two symbols
    share a limit, or the second `refuses`; pairs are told from `warn` on.
    """

    symbols: tuple[str, ...]
    day: str
    days: int
    warn: float
    at: float
    refuses: bool
    pairs: tuple[Pair, ...] = ()
    unknown: int = 0
    why: str = ""


def alike(resolved: Resolved, tier: Tier, rule: Plugin) -> Alike | None:
    """Return which symbols move alike at the end of the spec's period, or today; None where there are no two."""
    known = foreseen(resolved)
    symbols = known.symbols[: tier.symbols]
    plan = plan_of(known, [0] * len(known.symbols))
    if plan.account.discipline == 0 or len(symbols) < 2:
        return None
    end = resolved.pipeline.period.end if resolved.pipeline.period else MachineClock().now()
    told = Alike(
        symbols,
        moment(day_of(end) * DAY)[:10],
        tier.alike_days,
        float(rule.warn),  # type: ignore[attr-defined]  # a setting of rule `correlation`
        tier.alike,
        bool(rule.refuse),  # type: ignore[attr-defined]  # another
    )
    try:
        columns = closes(known, symbols, end - (tier.alike_days + 2) * DAY, end)
    except CryptoflowError as error:
        return told._replace(why=error.problems[0].what)
    from cryptoflow.engine.dailies import Blocks, empty

    here = [each.open_at for each in columns if len(each.open_at)]
    if not here:
        return told._replace(why=f"{source_of(known).plugin_name} has no bars of these days")
    today = day_of(max(int(opens[-1]) for opens in here) + plan.account.timeframe)
    table = empty(plan, max(here, key=lambda opens: int(opens[-1]) - int(opens[0])))
    Blocks(plan, table).add(columns)
    found = [
        (symbols[one], symbols[other], float(likeness(table, one, other, today, tier.alike_days, tier.alike_least)))
        for one, other in combinations(range(len(symbols)), 2)
    ]
    pairs = [Pair(one, other, much, much >= tier.alike) for one, other, much in found if much >= told.warn]
    return told._replace(
        day=moment(today * DAY)[:10],
        pairs=tuple(sorted(pairs, key=lambda pair: -pair.correlation)),
        unknown=sum(much != much for *_, much in found),
    )


def closes(resolved: Resolved, symbols: tuple[str, ...], start: int, end: int) -> "list[Columns]":
    """Return the bars of symbols as far as they can be read without a network."""
    source = source_of(resolved)
    if getattr(source, "reads_store", False):
        source = find("source", "store")()
    elif source.plugin_name not in ON_THIS_MACHINE:
        raise CryptoflowError(f"the source {source.plugin_name} may have to ask elsewhere for prices")
    read = (series_of(resolved, source, symbol, start, end)[0] for symbol in symbols)
    return [readable(bars).cut(0, len(bars)) for bars in read]
