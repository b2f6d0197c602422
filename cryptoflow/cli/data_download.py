"""`cryptoflow data download`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets

if TYPE_CHECKING:
    from cryptoflow.pipelines.data.wanted import Wanted

What = Annotated[
    list[str],
    typer.Argument(metavar="SPEC|SYMBOL...", help="A YAML file, or symbols like BTC/USDT.", show_default=False),
]
Since = Annotated[
    str | None, typer.Option(metavar="DATE", help="First day; a spec has one in its period.", show_default=False)
]
Until = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Last day, which counts whole; the last bar that closed.", show_default=False),
]
Timeframe = Annotated[
    str | None, typer.Option(metavar="1m|1h|...", help="Length of a bar, with symbols; 1h.", show_default=False)
]
Venue = Annotated[
    str | None, typer.Option(metavar="NAME", help="Venue as ccxt names it, with symbols; binance.", show_default=False)
]


Again = Annotated[bool, typer.Option("--again", help="Ask anew for the gaps of the span too.")]


def download(
    what: What,
    since: Since = None,
    until: Until = None,
    timeframe: Timeframe = None,
    venue: Venue = None,
    again: Again = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Fetch bars from a venue into the store: what is there already is not fetched again.

    Of a SPEC it fetches all that a backtest would read: every symbol, its detail, and the bars before the period that
    indicators warm up on. Pages are stored as they come: after Ctrl-C or a crash the same command goes on where it
    stopped. Exit code 4 when a symbol could not be had; the others are there then.

    A gap is what the venue was asked for and said it does not have. With --again it is asked for those too: what comes
    is added, what is there stays.

    Examples:

      cryptoflow data download configs/btc_trend.yaml

      cryptoflow data download BTC/USDT ETH/USDT --since 2024-01-01 --timeframe 1m --venue kraken

      cryptoflow data download configs/btc_trend.yaml --again
    """
    from cryptoflow.cli import say
    from cryptoflow.cli.data_progress import watcher
    from cryptoflow.errors import ExitCode
    from cryptoflow.pipelines.data.download import download

    wanted = _wanted(what, since, until, timeframe, venue, tuple(sets or ()), env)._replace(again=again)
    with watcher(quiet=quiet, as_json=as_json) as watching:
        found = download(wanted, watching)
    if as_json:
        say.data(found.plain())
        if found.failed:
            raise typer.Exit(ExitCode.UNAVAILABLE)
    found.raise_failures()


def _wanted(
    what: list[str],
    since: str | None,
    until: str | None,
    timeframe: str | None,
    venue: str | None,
    sets: tuple[str, ...],
    env: str | None,
) -> "Wanted":
    """What the command line asks for; a spec says itself which venue and which bars."""
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.data.days import Days
    from cryptoflow.pipelines.data.wanted import by_spec, by_symbols
    from cryptoflow.pipelines.documents import is_spec
    from cryptoflow.pipelines.resolve import resolve

    days = Days(since, until)
    specs = [name for name in what if is_spec(name)]
    if not specs:
        return by_symbols(what, venue or "binance", timeframe or "1h", days)
    if len(what) > 1:
        fix = "give one spec, or symbols only"
        raise CryptoflowError(f"{' '.join(what)}: too much at once", fix=fix, code=ExitCode.USAGE)
    if venue or timeframe:
        fix = "leave --venue and --timeframe out, or change it with --set market.venue=kraken"
        raise CryptoflowError("the spec says which venue and which bars", fix=fix, code=ExitCode.USAGE)
    return by_spec(resolve(Path(specs[0]), env=env, sets=sets), days)
