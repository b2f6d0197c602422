"""The rehearsal venue meets a source: bars of a spec, or made-up ones, served as a venue that one can connect to."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.times import DAY, MINUTE, moment
from cryptoflow.market.venues import fees_of, filters_of
from cryptoflow.pipelines.assemble import warmup_of
from cryptoflow.pipelines.history import Window, bars_of, source_of
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.listed import symbols_at
from cryptoflow.pipelines.pairs import is_unpaired, paired
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.registry import find
from cryptoflow.settings import variable_of_url

if TYPE_CHECKING:
    from cryptoflow.market.bars import Bars
    from cryptoflow.venue.dialects.dialect import Dialect
    from cryptoflow.venue.faults.script import Script
    from cryptoflow.venue.limits import Limits
    from cryptoflow.venue.server import RehearsalVenue
    from cryptoflow.venue.trading.house import House

DIALECTS = ("binance", "bybit")
DEFAULT_SYMBOLS = ("BTC/USDT", "ETH/USDT")
PAST, FUTURE = 30 * DAY, 30 * DAY
"""How much a venue without a spec has behind it and before it."""


class Play(NamedTuple):
    """How a market is played: how fast, with how many ticks in a bar or a second, in which words, on which port.

    `speed` None is as fast as listeners take it; `flood` are ticks per second over all symbols, 0 for no flood; `beat`
    are milliseconds between two sayings of a bar that goes on, where its venue says more.
    """

    speed: float | None = 1.0
    ticks: int = 60
    flood: int = 0
    dialect: str = "binance"
    port: int = 0
    seed: int = 0
    beat: int = 0


class Stock(NamedTuple):
    """What there is to play: bars of every symbol, where the market stands when it opens, and whose terms hold.

    Without a `start` the market opens at what the clock shows then.
    """

    bars: tuple["Bars", ...]
    start: int | None
    venue: str


def stock_of(resolved: Resolved, start: int | None = None, symbols: Sequence[str] = ()) -> Stock:
    """Return the market of a spec: its symbols over its period, with what indicators warm up on and a day before it.

    The market opens at `start`, else where the period begins. Bars are of the spec's `detail`, else minutes where
    its source has any timeframe, else of its timeframe.
    """
    source, market = source_of(resolved), resolved.pipeline.market
    period = Window().period(resolved.pipeline.period)
    start = period.start if start is None else start
    if not start <= period.end:
        fix = f"start earlier: the latest is {moment(period.end)}, when all its bars have closed"
        raise CryptoflowError(f"the market cannot open at {moment(start)}, after its last bar", fix=fix)
    frame = int(market.detail or (market.timeframe if hasattr(source, "path") else MINUTE))
    first = min(start, period.start) - max(DAY, warmup_of(resolved) * int(market.timeframe))
    names = pairs_of(symbols, str(market.venue)) or symbols_at(resolved, period.start)
    bars = tuple(bars_of(resolved, source, name, frame, first, period.end) for name in names)
    return Stock(bars, start, str(market.venue))


def pairs_of(symbols: Sequence[str], venue: str) -> tuple[str, ...]:
    """Return the symbols of a command line; one that names no two currencies is refused where a venue trades them."""
    for symbol in symbols:
        if is_unpaired(venue, symbol):
            what = f"--symbols: {symbol} names nothing it is paid with, but {venue} trades pairs of currencies"
            raise CryptoflowError(what, fix=f"write {paired(symbol)}", code=ExitCode.USAGE)
    return tuple(symbols)


def made_up(source: str, around: int, symbols: Sequence[str], seed: int, venue: str) -> Stock:
    """Return a market without a spec: minutes from a source that needs no settings, a month back and a month on."""
    from cryptoflow.market.checks import check

    plugin = find("source", source)
    needed = [name for name, field in plugin.model_fields.items() if field.is_required()]
    if needed:
        raise CryptoflowError(
            f"source {source} needs {', '.join(needed)}, which only a spec can say",
            fix="name a SPEC with that source, or `--source synthetic`",
            code=ExitCode.USAGE,
        )
    begin = around // MINUTE * MINUTE
    home, loaded = home_of(), []
    for symbol in pairs_of(symbols, venue) or DEFAULT_SYMBOLS:
        asked = Asked(symbol, MINUTE, begin - PAST, begin + FUTURE, seed, Path.cwd(), venue, home)
        bars: Bars = plugin().load(asked)  # type: ignore[attr-defined]  # the verb of every source
        check(bars)
        loaded.append(bars)
    return Stock(tuple(loaded), None, venue)


def opened(
    stock: Stock,
    clock: Clock,
    play: Play = Play(),  # noqa: B008  # frozen
    script: "Script | None" = None,
    limits: "Limits | None" = None,
    house: "House | None" = None,
) -> "RehearsalVenue":
    """Return a venue that plays a stock from the moment it is entered on; its clock starts now.

    With a `house` its customers trade there.
    """
    from cryptoflow.venue.market import Market
    from cryptoflow.venue.pace import Pace
    from cryptoflow.venue.series import Terms
    from cryptoflow.venue.server import RehearsalVenue
    from cryptoflow.venue.tape import Tape

    fees, tapes = fees_of(stock.venue), []
    for bars in stock.bars:
        filters = filters_of(bars.symbol)
        terms = Terms(filters.tick, filters.lot, filters.min_notional, fees.maker, fees.taker)
        ticks = flooded(play, bars.timeframe, len(stock.bars)) if play.flood else play.ticks
        tapes.append(Tape(bars, terms, seed=play.seed, ticks=ticks, insist=bool(play.flood)))
    pace = Pace(clock, clock.now() if stock.start is None else stock.start, play.speed)
    market = Market(tapes, pace, play.beat)
    return RehearsalVenue(market, dialect_of(play.dialect, limits), clock, script=script, port=play.port, house=house)


def flooded(play: Play, timeframe: int, symbols: int) -> int:
    """Return how many ticks a bar needs for so many of them per second.

    >>> flooded(Play(flood=12_000), MINUTE, symbols=10)
    72000
    """
    return max(1, round(play.flood * timeframe / 1_000 / (play.speed or 1.0) / symbols))


def dialect_of(name: str, limits: "Limits | None" = None) -> "Dialect":
    """Return a dialect by its name."""
    from cryptoflow.venue.dialects.binance import Binance
    from cryptoflow.venue.dialects.bybit import Bybit

    if name not in DIALECTS:
        fix = f"choose one of {', '.join(DIALECTS)}"
        raise CryptoflowError(f"the rehearsal venue does not speak {name!r}", fix=fix, code=ExitCode.USAGE)
    return Binance(limits) if name == "binance" else Bybit(limits)


def speed_of(text: str) -> float | None:
    """Return how fast a market is played: `real`, `60x`, or `max`, which is None.

    >>> speed_of("60x"), speed_of("max")
    (60.0, None)
    """
    if text in ("real", "max"):
        return 1.0 if text == "real" else None
    number = text.removesuffix("x")
    if text.endswith("x") and number.replace(".", "", 1).isdecimal() and 0 < float(number) <= 100_000:
        return float(number)
    raise CryptoflowError(f"{text!r} is no speed", fix="write real, 60x or max", code=ExitCode.USAGE)


def moment_of(text: str, clock: Clock) -> int:
    """Return a moment as it is written on the command line: `now`, a day, or a time that names its zone."""
    if text == "now":
        return clock.now()
    fix = "write now, 2024-06-01, or 2024-06-01T12:00Z"
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise CryptoflowError(f"{text!r} is no moment", fix=fix, code=ExitCode.USAGE) from error
    if parsed.tzinfo is None:
        if len(text) > len("2024-06-01"):
            raise CryptoflowError(f"{text!r} names no zone", fix=fix, code=ExitCode.USAGE)
        parsed = parsed.replace(tzinfo=UTC)
    return round(parsed.timestamp() * 1_000)


def address_line(dialect: str, url: str) -> str:
    """Return the setting that sends a venue's market data here.

    >>> address_line("binance", "http://127.0.0.1:8000")
    'CRYPTOFLOW_VENUES__BINANCE__URL=http://127.0.0.1:8000'
    """
    return f"{variable_of_url(dialect)}={url}"
