"""`cryptoflow data watch`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets

if TYPE_CHECKING:
    from cryptoflow.pipelines.data.watching import Watching, Wish

What = Annotated[
    list[str],
    typer.Argument(metavar="SPEC|SYMBOL...", help="A YAML file, or symbols like BTC/USDT.", show_default=False),
]
Venue = Annotated[
    str | None, typer.Option(metavar="NAME", help="Venue as ccxt names it, with symbols; binance.", show_default=False)
]
Timeframe = Annotated[
    str | None, typer.Option(metavar="1m|1h|...", help="Length of a bar, with symbols; 1m.", show_default=False)
]
Channels = Annotated[
    str, typer.Option(metavar="A,B", help="Any of ticks, bars, top, book, built; or bars of their own: `bars 5m`.")
]
For = Annotated[
    str | None, typer.Option("--for", metavar="60s", help="How long; else until Ctrl-C.", show_default=False)
]
Record = Annotated[bool, typer.Option("--record", help="Keep closed bars and each day's listings in the store.")]


def watch(
    what: What,
    venue: Venue = None,
    timeframe: Timeframe = None,
    channels: Channels = "ticks,bars,top",
    seconds: For = None,
    record: Record = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Watch a live market: prices, how late they come, and all that goes wrong; then the figures of it.

    A terminal shows a table, anything else a line for each bar and each trouble. With --json every event is an object
    on a line of its own, and the last line holds the figures. Lags are told where the venue's clock runs at real speed
    and shows what time it is. Exit code 4 when the venue is not there within 30 s.

    Examples:

      cryptoflow data watch BTC/USDT ETH/USDT --venue bybit --for 60s

      cryptoflow data watch configs/btc_trend.yaml --channels bars --record
    """
    from cryptoflow.cli.watching import screen
    from cryptoflow.pipelines.data.watching import Watching
    from cryptoflow.pipelines.loops import run

    wish = _wish(what, venue, timeframe, channels, seconds, tuple(sets or ()), env, record=record)
    with screen(as_json=as_json, quiet=quiet) as watcher:
        watching = Watching(wish, watcher)
        try:
            run(watching.watch())
        except KeyboardInterrupt:
            watcher.end()
            _sum_up(watching, as_json=as_json, quiet=quiet)
            raise
    _sum_up(watching, as_json=as_json, quiet=quiet)


def _sum_up(watching: "Watching", *, as_json: bool, quiet: bool) -> None:
    from cryptoflow.cli import say
    from cryptoflow.report.watch_table import figures_line, watch_table

    told = watching.summary()
    if as_json:
        say.row({"event": "summary", **told})
    elif told["symbols"]:
        say.show(watch_table(told["symbols"]))
        say.text(figures_line(told))
    if told["remark"] and not quiet:
        say.remark(told["remark"])


def _wish(
    what: list[str],
    venue: str | None,
    timeframe: str | None,
    channels: str,
    seconds: str | None,
    sets: tuple[str, ...],
    env: str | None,
    *,
    record: bool,
) -> "Wish":
    """What the command line asks for; a spec says itself which venue, symbols and bars."""
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.data.watching import by_spec, by_symbols, seconds_of
    from cryptoflow.pipelines.documents import is_spec
    from cryptoflow.pipelines.resolve import resolve

    span = None if seconds is None else seconds_of(seconds)
    if not any(map(is_spec, what)):
        return by_symbols(what, venue or "binance", timeframe or "1m", channels, span, record=record)
    if len(what) > 1 or venue or timeframe:
        fix = "give one spec alone, and change it with --set market.venue=bybit, or give symbols only"
        raise CryptoflowError("a spec says which venue, symbols and bars", fix=fix, code=ExitCode.USAGE)
    return by_spec(resolve(Path(what[0]), env=env, sets=sets), channels, span, record=record)
