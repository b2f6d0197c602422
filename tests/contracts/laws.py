"""What each rule is there for, as a law over an entry that it let through, and draws that come near its limits."""

from collections.abc import Callable
from math import isnan, nan

from hypothesis import strategies as st

from cryptoflow.domain.records import AccountView, Entry, Verdict
from cryptoflow.domain.review import bound

MONEY = st.floats(0, 1e7)
PRICES = st.floats(1e-6, 1e6)
COUNTS = st.integers(0, 200)
SLACK = 1 + 1e-9

TIGHT = {
    "order": {"limit": "10% or 100 USDT"},
    "position": {"limit": "5% or 200 USDT", "risk": "0.5%"},
    "count": {"positions": 3},
    "exposure": {"limit": "50%"},
    "daily_loss": {"limit": "5% or 25 USDT", "week": 1.5, "month": 3.0, "caution": "40%", "size": "25%"},
    "drawdown": {"limit": "10% or 500 USDT"},
    "rate": {"per_second": 1, "per_day": 10},
    "stop": {"max_distance": "3%"},
    "collar": {"limit": "1%"},
    "stale": {"bars": 0.5},
    "filters": {"minimum": "50 USDT"},
    "streak": {"losses": 2, "pause": "4h", "stop": 4},
    "correlation": {"limit": "8% or 300 USDT", "at": "50%", "refuse": True},
}
"""Settings beside the defaults."""


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw an entry whose prices lie near each other."""
    price = draw(PRICES)
    near = st.floats(0.8, 1.1).map(lambda share: price * share)
    at = draw(st.integers(0, 10**12))
    return Entry(
        price=price,
        stop=draw(st.one_of(st.just(nan), near)),
        notional=draw(st.floats(1e-3, 1e7)),
        lot=draw(st.sampled_from([1e-8, 0.001, 1.0])),
        min_notional=draw(st.sampled_from([0.0, 5.0])),
        fee=draw(st.floats(0, 0.01)),
        symbol_allowed=draw(st.integers(0, 1)),
        adds=draw(st.integers(0, 1)),
        limit=draw(st.one_of(st.just(nan), near)),
        last=draw(near),
        at=at,
        bar_at=at - draw(st.integers(0, 10**6)),
        timeframe=draw(st.sampled_from([60_000, 3_600_000])),
    )


@st.composite
def accounts(draw: st.DrawFn) -> AccountView:
    """Draw an account that has lost and gained a little."""
    equity = draw(st.floats(1, 1e7))
    worth = st.floats(0.8, 1.3).map(lambda share: equity * share)
    part = st.floats(0, 1.2).map(lambda share: equity * share)
    few = st.integers(0, 12)
    return AccountView(
        equity=equity,
        cash=draw(part),
        exposure=draw(part),
        symbol_exposure=draw(part),
        positions=draw(few),
        pending=draw(few),
        symbol_positions=draw(st.integers(0, 2)),
        day_open_equity=draw(worth),
        week_open_equity=draw(worth),
        month_open_equity=draw(worth),
        peak_equity=draw(worth),
        orders_today=draw(COUNTS),
        last_second_orders=draw(few),
        losses=draw(few),
        last_loss_at=draw(st.integers(0, 10**12)),
        lost_today=draw(st.integers(0, 1)),
        spent=draw(st.sampled_from((0, 0, 0, 1, 2, 3))),
        correlation=draw(st.one_of(st.just(nan), st.floats(-1, 1), st.floats(0.5, 1))),
        correlated_exposure=draw(part),
    )


def granted(rule, order: Entry, account: AccountView) -> float:
    """How large a rule alone lets an entry be."""
    verdict = Verdict(order.notional)
    bound(verdict, rule.headroom(order, account, *rule.numbers()), 0)
    if hasattr(rule, "size_factor"):
        bound(verdict, verdict.notional * rule.size_factor(order, account, *rule.numbers()), 0)
    return verdict.notional


def most(limit, whole: float) -> float:
    """The stricter of a limit's share and its amount."""
    return min(whole * limit.share if limit.share < 1e9 else limit.amount, limit.amount)


def at_risk(order: Entry) -> float:
    """The share of a position that its stop lets go."""
    return 1.0 if isnan(order.stop) else abs(order.price - order.stop) / order.price


def lost_less(rule, opened: float, equity: float, times: float) -> bool:
    return opened - equity < times * most(rule.limit, opened) * SLACK


LAWS: dict[str, Callable[..., bool]] = {
    "symbols": lambda _rule, order, _account, _size: order.symbol_allowed == 1,
    "stop": lambda rule, order, _account, _size: (
        order.price - order.stop > 0 and at_risk(order) <= rule.max_distance * SLACK
    ),
    "filters": lambda rule, order, _account, size: (
        size * SLACK >= max(float(rule.minimum), order.min_notional)
        and size * (order.price if isnan(order.stop) else min(order.stop, order.price)) / order.price * SLACK
        >= max(float(rule.minimum), order.min_notional)
        and size >= order.lot * order.price
    ),
    "order": lambda rule, _order, account, size: size <= most(rule.limit, account.equity),
    "position": lambda rule, order, account, size: (
        account.symbol_exposure + size <= most(rule.limit, account.equity) * SLACK
        and (account.symbol_exposure + size) * at_risk(order) <= account.equity * rule.risk * SLACK
    ),
    "count": lambda rule, order, account, _size: (
        order.adds == 1
        or (
            account.positions + account.pending + 1 <= rule.positions
            and account.symbol_positions + 1 <= rule.per_symbol
        )
    ),
    "exposure": lambda rule, _order, account, size: account.exposure + size <= most(rule.limit, account.equity) * SLACK,
    "cash": lambda _rule, order, account, size: (
        size * (1 if isnan(order.limit) else max(1, order.limit / order.price)) * (1 + order.fee)
        <= account.cash * SLACK
    ),
    "daily_loss": lambda rule, order, account, size: (
        account.spent == 0
        and lost_less(rule, account.day_open_equity, account.equity, 1)
        and lost_less(rule, account.week_open_equity, account.equity, rule.week)
        and lost_less(rule, account.month_open_equity, account.equity, rule.month)
        and (
            size <= order.notional * rule.size
            or lost_less(rule, account.day_open_equity, account.equity, float(rule.caution))
        )
    ),
    "streak": lambda rule, order, account, _size: (
        account.losses < min(rule.losses, rule.stop)
        or (
            (account.losses < rule.losses or order.at - account.last_loss_at >= rule.pause)
            and (account.losses < rule.stop or account.lost_today == 0)
        )
    ),
    "drawdown": lambda rule, _order, account, _size: lost_less(rule, account.peak_equity, account.equity, 1),
    "correlation": lambda rule, _order, account, size: (
        not account.correlation >= rule.at
        or (
            not rule.refuse
            and account.symbol_exposure + account.correlated_exposure + size <= most(rule.limit, account.equity) * SLACK
        )
    ),
    "rate": lambda rule, _order, account, _size: (
        account.orders_today + 1 <= rule.per_day and account.last_second_orders + 1 <= rule.per_second
    ),
    "collar": lambda rule, order, _account, _size: (
        isnan(order.limit) or abs(order.limit / order.last - 1) <= rule.limit * SLACK + 1e-12
    ),
    "stale": lambda rule, order, _account, _size: order.at - order.bar_at <= rule.bars * order.timeframe,
}
"""Of a rule, an entry, the account, and what the rule left of the entry (more than nothing)."""

AT_LEAST = {"symbols", "filters"}
"""Rules whose reading has to reach the limit; all others must not."""
