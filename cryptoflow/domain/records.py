"""The state of a run as mutable records of plain numbers.

A record here is a slotted dataclass of ints and floats. The event driver keeps them as Python objects in lists;
the batch driver keeps the same fields as rows of numpy record arrays. `x.field` reads and writes alike in both,
so one text of the decision serves the two. A missing number is NaN, a missing index -1.
"""

from dataclasses import dataclass
from math import inf, nan
from typing import Any, NamedTuple, Protocol, TypeVar

from cryptoflow.domain.calendar import LONG_AGO
from cryptoflow.domain.discipline.records import Evidence, Halt, Standing, Streak, Tier
from cryptoflow.domain.tilt.records import Tilt, TiltLimits


@dataclass(slots=True)
class Bar:
    """One symbol's bar in this round; `here` is 0 when it has none.

    `length` is that of a bar met whole among finer ones, in milliseconds; 0 for a bar as long as all that fill orders.
    `fell` is 1 where it shows a flash drop.
    """

    open_at: int = 0
    here: int = 0
    open: float = nan
    high: float = nan
    low: float = nan
    close: float = nan
    volume: float = nan
    length: int = 0
    fell: int = 0


@dataclass(slots=True)
class Signal:
    """What one strategy says of one symbol at the close of its bar. Distances are in price units.

    `leave_share` is how much of the position an exit sells: NaN, or 1 and more, for all of it.
    """

    enter: int = 0
    leave: int = 0
    add: int = 0
    leave_share: float = nan
    score: float = nan
    size: float = nan
    stop_distance: float = nan
    stop_at: float = nan
    take_distance: float = nan
    take_at: float = nan
    trail_distance: float = nan


@dataclass(slots=True)
class Symbol:
    """What a venue allows and charges for a symbol, and the first close at which anything is decided about it.

    `whole` is 0 where quantities have no lots; lot is then 1.
    """

    lot: float = 1e-8
    whole: int = 1
    tick: float = 0.0
    min_notional: float = 0.0
    maker_fee: float = 0.001
    taker_fee: float = 0.001
    allowed: int = 1
    first_decision: int = 0


@dataclass(slots=True)
class Strategy:
    """A strategy's settings that the decision reads; times in milliseconds, `max_bars` 0 for no limit.

    `says_size` is 1 where the strategy gives the size itself, 2 where it may; `script` is the place of one in Python
    among those of the run, -1 for one declared in a file. `needs` are the features of the tier table that its orders
    make use of, a bit each.
    """

    allocation: float = 1.0
    sizer: int = 0
    spends: int = 0
    order_type: int = 1
    time_in_force: int = 0
    post_only: int = 0
    offset: float = 0.0
    expires: int = 0
    max_bars: int = 0
    cooldown: int = 0
    max_adds: int = 0
    stop_share: float = nan
    take_share: float = nan
    trail_share: float = nan
    missing_stop: float = nan
    says_size: int = 0
    script: int = -1
    needs: int = 0


@dataclass(slots=True)
class Account:
    """Settings of the run that hold for all its orders. Times are milliseconds, shares 0 to 1.

    `detail` is the length of the bars that fill orders: `timeframe`, or a part of it. `base_fees` is 1 where the fee
    of a purchase is taken out of what was bought; `after_kill` is how long the simulated operator takes, -1 for ever.
    After a flash drop of the share `drop` entries pause for `drop_pause`.
    """

    timeframe: int = 60_000
    detail: int = 60_000
    delay: int = 0
    fill_on_touch: int = 0
    volume_share: float = 0.1
    slippage: int = 0
    cost_factor: float = 1.0
    discipline: int = 1
    base_fees: int = 0
    after_kill: int = 86_400_000
    lowest_tier: int = 1
    highest_tier: int = 4
    drop: float = 0.1
    drop_pause: int = 300_000


@dataclass(slots=True)
class Position:
    """What is held of one symbol, for which strategy, and what protects it.

    `dust` is less than a lot: it is owned and cannot be sold, and joins the next purchase. `fees` are all the fees,
    `charged` those that were paid in the quote currency. `paused` is 1 where a flash drop keeps the symbol from being
    entered at this round's close.
    """

    lots: float = 0.0
    dust: float = 0.0
    price: float = 0.0
    strategy: int = -1
    level: float = nan
    stop: float = nan
    target: float = nan
    trail: float = nan
    best: float = nan
    stop_reason: int = 1
    target_from: int = 0
    taken_at: int = -1
    opened_at: int = 0
    bars: int = 0
    adds: int = 0
    bought: float = 0.0
    sold: float = 0.0
    cost: float = 0.0
    proceeds: float = 0.0
    charged: float = 0.0
    fees: float = 0.0
    slippage: float = 0.0
    last: float = nan
    open_orders: int = 0
    paused: int = 0


@dataclass(slots=True)
class Held:
    """What a strategy in Python is told of its own position in a symbol, at the close of the bar.

    `price` is the average paid, `share` what the position has won or lost of it, `pending` 1 while an order is open.
    """

    lots: float = 0.0
    price: float = nan
    share: float = 0.0
    bars: int = 0
    adds: int = 0
    stop: float = nan
    target: float = nan
    pending: int = 0


@dataclass(slots=True)
class Past:
    """What a strategy's closed trades came to, in shares of what each cost; `lost` is counted above 0."""

    trades: int = 0
    wins: int = 0
    gained: float = 0.0
    lost: float = 0.0


@dataclass(slots=True)
class Pair:
    """What a strategy remembers of a symbol between positions; it has `earned` so much of it in the present tier.

    Of entries it remembers the last `size`, what was lost of it at the stop (`risk`), and what is usual of both. `lost`
    is 1 where the last trade was a loss, at `lost_at`; `raised` is by how much the entry after one was larger, if any.
    """

    exited_at: int = LONG_AGO
    trades: int = 0
    earned: float = 0.0
    size: float = 0.0
    risk: float = 0.0
    usual: float = 0.0
    usual_risk: float = 0.0
    lost: int = 0
    lost_at: int = LONG_AGO
    raised: float = 0.0
    entries: int = 0


@dataclass(slots=True)
class Order:
    """An open order: one slot of its symbol."""

    type: int = 0
    side: int = 1
    leg: int = 0
    number: int = 0
    strategy: int = 0
    lots: float = 0.0
    spend: float = nan
    limit: float = nan
    trigger: float = nan
    triggered: int = 0
    seen: int = 0
    filled: int = 0
    time_in_force: int = 0
    post_only: int = 0
    ready_at: int = 0
    expires_at: int = 0
    reserved: float = 0.0
    stop: float = nan
    stop_share: float = nan
    target: float = nan
    trail: float = nan
    reason: int = 0


@dataclass(slots=True)
class Wallet:
    """The money, and what is counted while it moves."""

    cash: float = 0.0
    reserved: float = 0.0
    equity: float = 0.0
    invested: float = 0.0
    peak: float = 0.0
    drawdown: float = 0.0
    day: int = -1
    day_open: float = 0.0
    week: int = -1
    week_open: float = 0.0
    month: int = -1
    month_open: float = 0.0
    orders_today: int = 0
    orders_now: int = 0
    positions: int = 0
    pending: int = 0
    open_orders: int = 0
    live: int = 0
    number: int = 0
    rounds: int = 0
    rounds_invested: int = 0
    fees: float = 0.0
    slippage: float = 0.0
    turnover: float = 0.0
    refused: int = 0
    reduced: int = 0
    lines: int = 0


@dataclass(slots=True)
class Entry:
    """An entry up for review, as rules see it. `notional` is what it would like to be.

    `price` is what it counts on, `limit` the most it may pay for a coin (NaN at market), `last` the newest close,
    which was known at `bar_at`; `at` is the moment of the review. Times are milliseconds.
    """

    symbol: int = 0
    strategy: int = 0
    side: int = 1
    price: float = 0.0
    stop: float = nan
    notional: float = 0.0
    lot: float = 1e-8
    min_notional: float = 0.0
    fee: float = 0.0
    symbol_allowed: int = 1
    adds: int = 0
    limit: float = nan
    last: float = nan
    at: int = 0
    bar_at: int = 0
    timeframe: int = 60_000


@dataclass(slots=True)
class AccountView:
    """The account at the moment of a review: `cash` is free of reservations, `exposure` counts pending entries.

    `losses` in a row came before it, which cost `losses_cost`; `lost_today` is 1 where the last was on the same day.
    `spent` is 1 where the day has reached its limit, 2 the week, 3 the month: nothing is entered to the end of it.
    `size` is the share of its size that the account's discipline leaves an entry, `size_by` which part says so.
    `correlation` is that with the held or ordered symbol that moves most like the entry's, NaN where none is known;
    `correlated_exposure` what is held and ordered of all that move too much like it.
    """

    equity: float = 0.0
    cash: float = 0.0
    exposure: float = 0.0
    symbol_exposure: float = 0.0
    strategy_exposure: float = 0.0
    positions: int = 0
    pending: int = 0
    symbol_positions: int = 0
    day_open_equity: float = 0.0
    week_open_equity: float = 0.0
    month_open_equity: float = 0.0
    peak_equity: float = 0.0
    orders_today: int = 0
    last_second_orders: int = 0
    losses: int = 0
    losses_cost: float = 0.0
    last_loss_at: int = LONG_AGO
    lost_today: int = 0
    spent: int = 0
    size: float = 1.0
    size_by: int = -1
    correlation: float = nan
    correlated_exposure: float = 0.0


@dataclass(slots=True)
class Verdict:
    """What the rules allow: `notional` granted, and the number of the rule that bound it (-1: none).

    `barred` is the reason for which no entry was up for review at all, -1 for none.
    """

    notional: float = inf
    rule: int = -1
    barred: int = -1


@dataclass(slots=True)
class Line:
    """One line of the tape: an order, a refusal, a fill, a cancel, or a closed trade (fields unused stay 0).

    `stop` is what an entry would be protected by as it was reviewed, `correlation` how much it was like what is held.
    Of what was cut or refused, `value` is what was looked at and `limit` what is allowed of it; `measure` says which
    of its limits a rule means, -1 none of a rule.
    """

    topic: int = 0
    at: int = 0
    symbol: int = 0
    strategy: int = 0
    number: int = 0
    side: int = 0
    type: int = 0
    leg: int = 0
    reason: int = 0
    rule: int = -1
    lots: float = 0.0
    price: float = 0.0
    notional: float = 0.0
    fee: float = 0.0
    slippage: float = 0.0
    wanted: float = 0.0
    profit: float = 0.0
    share: float = 0.0
    opened_at: int = 0
    bars: int = 0
    entry_price: float = 0.0
    value: float = nan
    limit: float = nan
    measure: int = -1
    stop: float = nan
    correlation: float = nan


R = TypeVar("R", covariant=True)


class Rows(Protocol[R]):
    """A fixed number of records: a list, or a numpy record array."""

    def __getitem__(self, index: int, /) -> R: ...
    def __len__(self) -> int: ...


class State(NamedTuple):
    """Everything that changes while a run goes on.

    `pasts` are by strategy. `minds` are what strategies in Python keep between bars, `seen` what they and the sizer
    read of indicators: a row per strategy × symbol, then, of `seen`, one per symbol for the sizer. `live` are the
    symbols of which anything is held or ordered, `wallet.live` of them; `wanting` the signals that want an entry.
    `dailies` are the returns of days by symbol, each day's at its number modulo the length of the row; `alike` is how
    symbols that are held go together, a square. `closes` are the last minutes' of what is held, `together.ROOM` places
    by symbol, and last which minute is the newest. Of the two there is one number where nobody looks at them.
    """

    wallet: Wallet
    positions: Rows[Position]
    orders: Rows[Order]
    pairs: Rows[Pair]
    entry: Entry
    account: AccountView
    verdict: Verdict
    held: Held
    pasts: Rows[Past]
    minds: Rows[Any]
    seen: Rows[Any]
    live: Any
    wanting: Any
    halt: Halt
    streak: Streak
    standing: Standing
    evidence: Evidence
    days: Any
    stops: Any
    dailies: Any
    alike: Any
    closes: Any
    tilt: Tilt
    signs: Any
    habits: Any
    tape: Rows[Line]


class Tables(NamedTuple):
    """Everything that stays as it is: settings by symbol, by strategy, for the account, and numbers of the plugins.

    `rules` has a table of their numbers for each tier, as `tiers` has the tier's own. `phases` are the paces after a
    promotion to each, `resume` is the one after a release. `tilt` are the limits of calm.
    """

    account: Account
    symbols: Rows[Symbol]
    strategies: Rows[Strategy]
    scripts: Rows[Any]
    sizers: Rows[Any]
    rules: Rows[Any]
    slippage: Rows[Any]
    tiers: Rows[Tier]
    gates: Rows[Any]
    phases: Rows[Any]
    resume: Any
    tilt: TiltLimits


class Steps(NamedTuple):
    """The plugins' verbs that the decision calls, each choosing among its kind by a number."""

    ask: Any
    size: Any
    review: Any
    slip: Any
    tell: Any
    promotes: Any
    demotes: Any
