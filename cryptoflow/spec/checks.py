"""What no single value of a spec can tell: whether its parts fit together."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cryptoflow.errors import Problem
from cryptoflow.spec.execution import Execution
from cryptoflow.spec.market import Market
from cryptoflow.spec.mistakes import Locate
from cryptoflow.spec.money import Money
from cryptoflow.spec.strategy import Strategy
from cryptoflow.spec.tree import Path


def misfits(parts: Mapping[str, Any], locate: Locate) -> Iterator[Problem]:
    """Every mistake between the well-formed parts of a spec; parts that are None were refused already."""
    market, capital = parts["market"], parts["capital"]
    if capital is not None and capital.amount <= 0:
        yield Problem(
            "capital is nothing, and nothing can be bought with it", locate(("capital",), False), "capital: 1000 USDT"
        )
    if market is not None:
        yield from _timeframes(market, locate)
        yield from _repeated(market.listed, ("market", "symbols"), (), locate)
        if capital is not None:
            yield from _currencies(market, capital, locate)
    strategies: Sequence[Strategy | None] = parts["strategies"]
    yield from _repeated([each.id if each else None for each in strategies], ("strategies",), ("id",), locate)
    yield from _allocations(strategies, locate)
    if parts["execution"] is not None:
        yield from _orders(parts["execution"], locate)


def _repeated(names: Sequence[str | None], path: Path, tail: Path, locate: Locate) -> Iterator[Problem]:
    for position, name in enumerate(names):
        if name is not None and name in names[:position]:
            what = f"{name} is listed twice"
            fix = "give each strategy an id of its own" if tail else "keep one of them"
            yield Problem(what, locate((*path, position, *tail), False), fix)


def _currencies(market: Market, capital: Money, locate: Locate) -> Iterator[Problem]:
    quote = None if isinstance(market.symbols, tuple) else market.symbols.quote
    if quote is not None and quote != capital.currency:
        what = f"the universe is paid in {quote}, but the capital is {capital}"
        fix = f"write capital: {capital.amount} {quote}, or leave `quote` out"
        yield Problem(what, locate(("market", "symbols", "quote"), False), fix)
    for position, symbol in enumerate(market.listed):
        if symbol.quote not in ("", capital.currency):
            what = f"{symbol} is paid in {symbol.quote}, but the capital is {capital}"
            fix = f"write capital: {capital.amount} {symbol.quote}, or {symbol.base}/{capital.currency}"
            yield Problem(what, locate(("market", "symbols", position), False), fix)


def _timeframes(market: Market, locate: Locate) -> Iterator[Problem]:
    detail = market.detail
    if detail is not None and (detail >= market.timeframe or market.timeframe % detail):
        what = f"detail is {detail}, but bars of {market.timeframe} cannot be made of such bars"
        yield Problem(what, locate(("market", "detail"), False), "choose a shorter one that divides it, like 1m")


def _allocations(strategies: Sequence[Strategy | None], locate: Locate) -> Iterator[Problem]:
    total = Decimal(0)
    for position, strategy in enumerate(strategies):
        if strategy is None or strategy.allocation is None:
            continue
        total += Decimal(str(strategy.allocation).rstrip(" %"))
        if total > 100:
            what = f"with this one, allocations come to {total.normalize():f}%"
            fix = "together they are at most 100%"
            yield Problem(what, locate(("strategies", position, "allocation"), False), fix)
    if total == 100 and None not in strategies:
        for position, strategy in enumerate(strategies):
            if strategy is not None and strategy.allocation is None:
                what = f"nothing is left for {strategy.id}: the others have 100%"
                yield Problem(
                    what, locate(("strategies", position), False), "give it an allocation, and the others less"
                )


def _orders(execution: Execution, locate: Locate) -> Iterator[Problem]:
    entry, at = execution.entry, ("execution", "entry")
    if entry.order == "market" and entry.offset > 0:
        what = "a market order has no price that an offset could shift"
        yield Problem(what, locate((*at, "offset"), False), "leave `offset` out, or use order: limit")
    if entry.order == "market" and entry.time_in_force != "gtc":
        what = f"a market order is filled at once, so {entry.time_in_force} says nothing"
        yield Problem(what, locate((*at, "time_in_force"), False), "leave it out, or use order: limit")
    if entry.post_only and (entry.order != "limit" or entry.time_in_force != "gtc"):
        kind = entry.order if entry.order != "limit" else entry.time_in_force
        what = f"post_only waits in the book, which a {kind} order never does"
        yield Problem(what, locate((*at, "post_only"), False), "leave it out, or use order: limit with gtc")
