"""The batch driver: blocks of rounds through compiled features and the compiled decision."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from math import nan
from typing import Any

import numpy as np

from cryptoflow.domain.codes import SLOTS, Topic
from cryptoflow.domain.discipline.drops import FINE
from cryptoflow.domain.discipline.records import DAYS, STOPS, Evidence, Halt, Standing, Streak, Tier
from cryptoflow.domain.records import (
    Account,
    AccountView,
    Bar,
    Entry,
    Held,
    Line,
    Order,
    Pair,
    Past,
    Position,
    Signal,
    State,
    Steps,
    Strategy,
    Symbol,
    Tables,
    Verdict,
    Wallet,
)
from cryptoflow.domain.tilt.records import HABITS_SIZE, SIGNS_SIZE, Tilt, TiltLimits
from cryptoflow.engine import dailies
from cryptoflow.engine.batch.cache import source_file
from cryptoflow.engine.batch.compile import Plain, callable_from_compiled, compiled, prepare
from cryptoflow.engine.batch.features import Features
from cryptoflow.engine.batch.kernel import (
    ENTER,
    LEAVE,
    PAUSED,
    Block,
    asks,
    expect,
    first_at,
    glide,
    meet_whole,
    next_call,
    pass_over,
    read_signal,
    read_values,
    run_rounds,
    show_bar,
    show_bars,
    show_details,
    show_live,
    value_of,
)
from cryptoflow.engine.batch.linking import linked
from cryptoflow.engine.batch.refused import Uncompilable, compiling
from cryptoflow.engine.chains import namespace, parts, source
from cryptoflow.engine.drops import Blocks as Drops
from cryptoflow.engine.memory import blank, minds, record_of, rows, table
from cryptoflow.engine.openings import openings
from cryptoflow.engine.plan import Columns, Outcome, Plan, Series, Verbs

BLOCK = 16_384
"""Rounds per block: its arrays fit the cache, and a call per node and block costs nothing that can be seen."""

FEW = 4
"""Symbols of which a block fits the cache."""

TAPE = 65_536
"""Lines of tape there is room for at least."""

NOBODY = np.zeros(0, dtype=np.int64)
"""The calls of rounds that are not looked at for them."""

NONE_FELL = np.zeros((1, 1), dtype=np.uint8)
"""What there is to say of the bars of a block none of which shows a flash drop."""

SPARSE = 16
"""Bars for which there is room for one line, up to sixteen tapes; a run with more lines lays them aside in between."""

Rows = np.ndarray[Any, Any]
Progress = Callable[[int, int], None]


KERNEL = """

def kernel(memory, bars, details, signals, settings, block, equity, start, room):
    wallet, positions, orders, pairs, entry, account, verdict, held, pasts, minds, seen, live, wanting = memory[:13]
    halt, streak, standing, evidence, days, stops, dailies, alike, closes, tilt, signs, habits, tape = memory[13:]
    account_settings, symbols, strategies, scripts, sizers, rules, slippage, tiers, gates, phases = settings[:10]
    resume, tilt_limits = settings[10:]
    one = (entry[0], account[0], verdict[0], held[0])
    kept = (halt[0], streak[0], standing[0], evidence[0], days, stops, dailies, alike, closes, tilt[0], signs, habits)
    state = State(wallet[0], positions, orders, pairs, *one, pasts, minds, seen, live, wanting, *kept, tape)
    last = (tiers, gates, phases, resume, tilt_limits[0])
    tables = Tables(account_settings[0], symbols, strategies, scripts, sizers, rules, slippage, *last)
    steps = Steps(ask, size, review, slip, tell, promotes, demotes)
    return run_rounds(state, bars, details, signals, tables, steps, block, equity, start, room)
"""


@lru_cache(maxsize=8)
def kernel(verbs: Verbs) -> Plain:
    """Return the compiled loop for a set of verbs; the built-in set compiles once per installation."""
    names = namespace(verbs, prepare)
    reading = (value_of, read_signal, read_values, show_bar, show_live, show_bars, show_details)
    for part in (*reading, asks, expect, next_call, first_at, pass_over, glide, meet_whole, run_rounds):
        callable_from_compiled(part)
    names |= {"run_rounds": run_rounds, "State": State, "Tables": Tables, "Steps": Steps}
    return compiled("kernel", source(verbs) + KERNEL, names, functions_of(verbs))


def functions_of(verbs: Verbs) -> list[Plain]:
    """Return the functions of all verbs."""
    steps = (*verbs.sizers, *verbs.rules, *verbs.slippages, *verbs.gates)
    functions = [function for step in steps for function in step.functions()]
    return [*functions, *(script.decide for script in verbs.scripts)]


def is_cold(plan: Plan) -> bool:
    """Say whether the kernel for a plan has yet to be compiled on this machine."""
    path = source_file("kernel", functions_of(plan.verbs), source(plan.verbs) + KERNEL)
    return not any((path.parent / "__pycache__").glob("kernel.*.nbi"))


def fresh_memory(plan: Plan, bars: int, dailies: Rows) -> tuple[Rows, ...]:
    """Return the state a run of so many bars starts in, all cash and nothing held, as rows in the order of `State`."""
    symbols, strategies = len(plan.symbols), len(plan.strategies)
    alike, closes = plan.pair_sizes()
    wallet = Wallet(cash=plan.capital, equity=plan.capital, peak=plan.capital, day_open=plan.capital)
    return (
        rows(Wallet, [wallet]),
        rows(Position, [Position()] * symbols),
        rows(Order, [Order()] * (symbols * SLOTS)),
        rows(Pair, [Pair()] * (symbols * strategies)),
        rows(Entry, [Entry()]),
        rows(AccountView, [AccountView()]),
        rows(Verdict, [Verdict()]),
        rows(Held, [Held()]),
        rows(Past, [Past()] * strategies),
        table(minds(plan), widest(minds(plan))),
        table([()] * (symbols * (strategies + 1)), max(plan.reads())),
        np.zeros(symbols, dtype=np.int64),
        np.zeros(symbols * strategies, dtype=np.int64),
        rows(Halt, [Halt(high=plan.capital)]),
        rows(Streak, [Streak()]),
        rows(Standing, [Standing(tier=plan.tier, day_base=plan.capital, month_high=plan.capital)]),
        rows(Evidence, [Evidence()]),
        np.zeros(DAYS),
        np.zeros(2 * STOPS),
        dailies,
        np.full(alike, nan),
        np.append(np.full(closes - 1, nan), 0.0),
        rows(Tilt, [Tilt()]),
        np.zeros(SIGNS_SIZE),
        np.zeros(HABITS_SIZE),
        blank(Line, max(TAPE, 2 * plan.lines_per_round(), min(bars // SPARSE, TAPE * 16))),
    )


def settings_of(plan: Plan) -> tuple[Rows, ...]:
    """Lay the plan's settings out as rows in the order of `Tables`."""
    return (
        rows(Account, [plan.account]),
        rows(Symbol, plan.markets),
        rows(Strategy, plan.strategies),
        table(plan.script_settings, widest(plan.script_settings)),
        table(plan.sizer_settings, widest(plan.sizer_settings)),
        tables(plan.rule_settings),
        table([plan.slippage_settings], len(plan.slippage_settings))[0],
        rows(Tier, plan.tiers),
        tables(plan.gate_settings),
        np.array(plan.phases),
        np.array(plan.resume),
        rows(TiltLimits, [plan.tilt]),
    )


def tables(settings: Sequence[Sequence[Sequence[float]]]) -> Rows:
    """Lay a table of settings for each tier out, all of one width."""
    width = max(map(widest, settings))
    return np.array([table(each, width) for each in settings])


def widest(settings: Sequence[Sequence[float]]) -> int:
    """Return the length of the longest row."""
    return max(map(len, settings), default=0)


def rounds_per_block(symbols: int) -> int:
    """Return how long a block is: what a lone symbol needs of it fits the cache twice over, of many not half."""
    return 2 * BLOCK if symbols == 1 else BLOCK if symbols <= FEW else BLOCK // 2


def blocks(
    market: Sequence[Series], times: np.ndarray[Any, np.dtype[np.int64]], size: int
) -> Iterator[tuple[int, int, list[Columns]]]:
    """Cut rounds into blocks, each with its bars by symbol; bars are asked for once, in order."""
    begun = [0] * len(market)
    for start in range(0, len(times), size):
        end = min(start + size, len(times))
        cut = []
        for symbol, series in enumerate(market):
            ahead = series.cut(begun[symbol], begun[symbol] + end - start)
            count = int(np.searchsorted(ahead.open_at, times[end - 1], side="right"))
            begun[symbol] += count
            cut.append(ahead.cut(0, count))
        yield start, end, cut


def stacked(parts: Sequence[np.ndarray[Any, Any]], size: int) -> np.ndarray[Any, Any]:
    """Lay columns of different lengths into one array of rows; a single one is only seen differently."""
    if len(parts) == 1:
        return np.ascontiguousarray(parts[0]).reshape(1, -1)
    out = np.zeros((len(parts), size), dtype=parts[0].dtype)
    for row, part in enumerate(parts):
        out[row, : len(part)] = part
    return out


def run(
    plan: Plan,
    market: Sequence[Series],
    finer: Sequence[Series] = (),
    progress: Progress | None = None,
    block_rounds: int | None = None,
    topic: Topic | None = None,
) -> Outcome:
    """Run a plan over its bars, a block of rounds at a time, and return what happened, or only what is of a topic.

    Where the plan asks for details, orders meet the `finer` bars of each symbol. Raises `Uncompilable` when the
    compiler refuses a guest.
    """
    for script in plan.verbs.scripts:
        if script.plain:
            raise Uncompilable(f"strategy {script.name} cannot be compiled ({script.plain})")
    with compiling(parts(plan)), linked():
        return run_compiled(plan, market, finer, progress, block_rounds or rounds_per_block(len(market)), topic)


def run_compiled(
    plan: Plan,
    market: Sequence[Series],
    finer: Sequence[Series],
    progress: Progress | None,
    block_rounds: int,
    topic: Topic | None,
) -> Outcome:
    """Run a plan as `run` does; functions are compiled when they are first called."""
    step = kernel(plan.verbs)
    times = openings(market)
    days, drops = dailies.Blocks(plan, dailies.empty(plan, times)), Drops(plan, PAUSED)
    memory = fresh_memory(plan, sum(len(series.open_at) for series in market), days.table)
    settings = settings_of(plan)
    bars = rows(Bar, [Bar()] * len(plan.symbols))
    moments = plan.account.timeframe // plan.account.detail
    details = rows(Bar, [Bar()] * (moments * len(bars))) if finer else bars
    details = details.reshape(-1, len(bars))
    reads = np.array(plan.reads(), dtype=np.int64)
    signals = rows(Signal, [Signal()] * (len(plan.symbols) * len(plan.strategies)))
    features = Features(plan, block_rounds)
    equity = np.empty(len(times))
    room = plan.lines_per_round()
    tape = blank(Line, 0)
    met = times[0] - 2 * FINE if len(times) else 0
    for start, end, cut in blocks(market, times, block_rounds):
        counts = np.array([len(columns.open_at) for columns in cut], dtype=np.int64)
        days.add(cut)
        flags, values, slots = features.over(cut)
        size = int(counts.max())
        within = inside(finer, met, times[end - 1] + plan.account.timeframe)
        met = times[end - 1] + plan.account.timeframe
        paused, fell = drops.mark(flags, cut, within)
        block = Block(
            times=times[start:end],
            cursor=np.zeros(len(cut), dtype=np.int64),
            counts=counts,
            open_at=stacked([columns.open_at for columns in cut], size),
            open=stacked([columns.open for columns in cut], size),
            high=stacked([columns.high for columns in cut], size),
            low=stacked([columns.low for columns in cut], size),
            close=stacked([columns.close for columns in cut], size),
            volume=stacked([columns.volume for columns in cut], size),
            flags=flags,
            values=values,
            slots=slots,
            reads=reads,
            aligned=int(counts.min() == end - start),
            wanted=np.bitwise_or.reduce(flags, axis=0),
            calls=calls(flags[: len(plan.strategies)]) if len(cut) == 1 else NOBODY,
            call=np.zeros(1, dtype=np.int64),
            drops=int(paused),
            fallen=int(bool(fell)),
            fell=stacked(fell, max(map(len, fell))) if fell else NONE_FELL,
            **in_arrays(within),
        )
        at = 0
        while at < end - start:
            at = int(step(memory, bars, details, signals, settings, block, equity[start:end], at, room))
            if at < end - start:
                extend(tape, take_lines(memory[0], memory[-1], topic))
        if progress is not None:
            progress(end, len(times))
    last = take_lines(memory[0], memory[-1], topic)
    if len(tape):
        extend(tape, last)
    else:
        tape = last
    wallet = record_of(Wallet, memory[0][0])
    return Outcome(tape, times, equity, {name: getattr(wallet, name) for name in Wallet.__slots__})


def calls(flags: np.ndarray[Any, Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the rounds in which any strategy wants in and not out."""
    entries = (flags & (ENTER | LEAVE)) == ENTER
    return np.flatnonzero(entries[0] if len(entries) == 1 else entries.any(axis=0))


def inside(finer: Sequence[Series], start: int, end: int) -> list[Columns]:
    """Return the finer bars from `start` up to `end`."""
    return [columns.cut(*(int(row) for row in np.searchsorted(columns.open_at, [start, end]))) for columns in finer]


def in_arrays(cut: Sequence[Columns]) -> dict[str, Any]:
    """Return the fields of a block for the finer bars inside it."""
    counts = np.array([len(columns.open_at) for columns in cut], dtype=np.int64)
    size = int(counts.max(initial=0))
    prices = np.zeros((5, len(cut), size))
    opens = np.zeros((len(cut), size), dtype=np.int64)
    for row, columns in enumerate(cut):
        opens[row, : counts[row]] = columns.open_at
        for column, values in enumerate(columns[1:]):
            prices[column, row, : counts[row]] = values
    return {
        "inside": int(bool(cut)),
        "finer_cursor": np.zeros(len(cut), dtype=np.int64),
        "finer_counts": counts,
        "finer_open_at": opens,
        "finer": prices,
    }


def take_lines(wallet: Rows, tape: Rows, topic: Topic | None) -> Rows:
    """Return what is on the tape, or what of it is of a topic, and start it anew."""
    lines = tape[: int(wallet[0]["lines"])]
    wallet[0]["lines"] = 0
    return lines if topic is None else lines[lines["topic"] == topic]


def extend(whole: Rows, lines: Rows) -> None:
    """Lay lines at the end of an array, which grows where it lies: millions of them never stand in memory twice."""
    count = len(whole)
    whole.resize(count + len(lines), refcheck=False)
    whole[count:] = lines
