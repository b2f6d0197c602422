"""What the page of all keys says in words: its head, a spec that holds every key, and remarks on blocks."""

from collections.abc import Mapping

HEAD = """\
# Every key of a spec

Written by the code: the tables are the models that check a spec, so a key that is not here is refused with its line.
Only `cryptoflow`, `name`, `market` and `strategies` have to be written, and for a backtest a `period`; its bars come
from [the store](data.md) unless a source is named. `cryptoflow explain SPEC` shows what holds for yours, `cryptoflow
schema` tells your editor. Strategies have [a page of their own](strategies.md), and so have [bars](data.md).

- Every unit is written: `2%`, `5 bps`, `1000 USDT`, `24h`. A number without one is refused where it could be misread.
- `${env:NAME}` and `${env:NAME:default}` stand for values of the environment; a secret is only ever `${secret:NAME}`.
- Later wins: files of `extends`, the spec itself, `--env NAME`, `--set key=value`. Maps merge, lists replace.
- Keys marked `not simulated` are checked and kept; a backtest says in its report that it leaves them out.

This spec holds every key there is, blocks open. It is an example of shape, not of good values:
"""

SPECIMEN = """\
cryptoflow: 1                                # the version of this language
name: every-key
extends: []                                  # like [base.yaml], relative to this file
seed: 7                                      # same seed, same run
period: 2023-01-01..2024-12-31               # both days included
capital: 60000 USDT
tier: 4                                      # never use what needs more than this
account: main
warmup: 500                                  # bars; left out: as many as the indicators need
round_wait: 2s
discipline: "on"                             # off is for research only
plugins: []                                  # like [my_rules.py], a file of plugins/ beside this one

market:
  venue: binance
  symbols:                                   # or one by one: [BTC/USDT, ETH/USDT]
    use: universe                            # the most traded on the day before the run
    top: 10
    quote: USDT                              # left out: the currency of the capital
    by: volume
    exclude: [USDC/USDT]
  timeframe: 1h                              # decisions fall at the close of these bars
  detail: 1m                                 # orders are filled on these; left out: on those above
  filters: venue                             # lots, ticks and the least order size hold

sources:
  history: {use: synthetic, volatility: 50%}
  live: {use: stream, ticks_silence: 120s}   # only a source that listens to a venue may feed real decisions

strategies:
  - id: trend
    file: strategies/ema_cross.yaml          # relative to this file
    with: {fast: 24, slow: 72}               # its parameters
    allocation: 60%
    rest_in: [panic]
  - id: dips
    use: rsi_trend                           # one that ships with the package
    allocation: 40%

sizing: {use: risk_fraction, risk: 0.2%, max_share: 20%}

risk:
  preset: tier                               # start from the limits of the account's tier
  stop_loss:
    missing: attach 2%                       # an entry without a stop gets one; or: reject
    max_distance: 15%
  rules:                                     # on top of the tier's; the strictest binds
    - {use: daily_loss, limit: 1% or 80 USDT}
    - {use: drawdown, limit: 10%}
  after_kill: 24h                            # or: stop
  resume: {steps: [25%, 50%, 75%], each: 24h}  # how size returns after the kill switch
  flash_drop: {share: 10%, pause: 5m}        # entries are taken back, and pause
  warn_at: 80%                               # of a limit that leads to the kill switch
  tilt:
    caution: {at: 2, lasts: 5m}
    restricted: {at: 4, lasts: 30m, size: 50%}
    locked: {at: 6, lasts: 24h}
    sensitivity: {near: 1.5, nearer: 2, nearest: 3}
    repeated: 1.5                            # times as long with each repeat in a week
    longest: 7d
  emergency: standard

execution:
  entry:
    order: limit
    offset: 5 bps                            # below the close that decided
    time_in_force: gtc
    post_only: true
    expires: 2h                              # not shorter than the bar that fills it
  algo: {use: iceberg}
  route: {use: primary_only}
  costs:                                     # or: none
    fees: {maker: 0.1%, taker: 0.1%}         # or: venue
    fee_in: quote                            # base: out of the coins bought
    slippage: {use: spread_impact, half_spread: 1 bps, impact: 10 bps}
  fills:
    touch: false                             # a limit fills once the price goes through it
    volume: 10%                              # of the bar's, at most
  latency: 1m                                # whole bars count (here of 1m), the rest does not
  naked_limit: 10s

notify:
  - {use: telegram, events: [order.filled, "risk.*"]}

sweep:
  params: {trend.fast: 12..36 step 12, trend.slow: 48..96 step 24}
  objective: sharpe
  budget: {trials: 100, memory: 1 GiB}
  folds: {kind: rolling, train: 180d, test: 30d}
"""

REMARKS: Mapping[str, str] = {
    "market": """\
`detail` needs a source that has the finer bars: [bars of your own](data.md#detail) says which files are read,
[how a bar fills orders](semantics.md) what they change.""",
    "market.symbols": """\
A universe is fixed when a run begins, by what `cryptoflow data download` recorded of its venue on the day before;
a day that is not recorded is refused. [Listings](data.md#listings) says what is recorded. Symbols named one by one are
a list, `[BTC/USDT, ETH/USDT]`. A stock or an index has no quote, like `[AAPL, ^GSPC]`: it trades in the currency of
the capital.""",
    "strategies": """\
Each has a `file` or a `use`, not both. [Strategies](strategies.md) has the keys of a strategy file, and how one is
written in Python. `rest_in` is not simulated: a backtest enters in every state of the market.""",
    "risk": "`cryptoflow explain risk SPEC` shows each limit that holds, who asked for it, and what it beat.",
    "risk.rules": """\
Every rule below holds, named or not. Naming one tightens its settings and cannot loosen them; looser limits come
from `preset`. `discipline: "off"`, for research, leaves free cash and `allocation` as the only bounds.""",
    "execution": """\
`latency` delays fills by whole bars, of `market.detail` where there is one; less than a bar is not simulated.""",
    "execution.entry": """\
Only entries that rest (`limit`, `stop`, `stop_limit`) expire. One that `expires` sooner than a bar is long (a bar of
`market.detail`, where there is one) meets one open only: what happened first within a bar, nobody can know. The
default of 300s is such a one on hour bars, and a backtest says so.""",
}
"""What a reader of a block's table should know besides, by path."""
