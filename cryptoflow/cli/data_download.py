"""`cryptoflow data download`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets

if TYPE_CHECKING:
    from cryptoflow.pipelines.data.wanted import Wanted
    from cryptoflow.pipelines.resolved import Resolved

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
    stopped, and with --json prints what came so far. Exit code 4 when a symbol could not be had, or a past period ends
    in the future of the venue's clock; the others are there then.

    A gap is what the venue was asked for and said it does not have. With --again it is asked for those too: what comes
    is added, what is there stays. Time before a symbol's first bar is no gap, and asked for again then too.

    Examples:

      cryptoflow data download configs/btc_trend.yaml

      cryptoflow data download BTC/USDT ETH/USDT --since 2024-01-01 --timeframe 1m --venue kraken

      cryptoflow data download configs/btc_trend.yaml --again
    """
    import asyncio

    from cryptoflow.cli import say
    from cryptoflow.cli.data_progress import watcher
    from cryptoflow.errors import ExitCode
    from cryptoflow.pipelines.data.download import Download

    wanted = _wanted(what, since, until, timeframe, venue, tuple(sets or ()), env)._replace(again=again)
    with watcher(quiet=quiet, as_json=as_json) as watching:
        download = Download(wanted, watching)
        try:
            asyncio.run(download.run())
        except KeyboardInterrupt:
            if as_json:
                say.data(download.found(interrupted=True).plain())
            raise
    found = download.found()
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
    resolved = resolve(Path(specs[0]), env=env, sets=sets)
    _refuse_what_it_says(resolved, venue, timeframe)
    return by_spec(resolved, days)


def _refuse_what_it_says(resolved: "Resolved", venue: str | None, timeframe: str | None) -> None:
    """Refuse options for what a spec says itself, naming what it says and how another is had."""
    from cryptoflow.errors import CryptoflowError, ExitCode, Problem
    from cryptoflow.market.times import timeframe_name
    from cryptoflow.pipelines.data.wanted import length_of

    market = resolved.pipeline.market
    frame = None if timeframe is None else timeframe_name(length_of(timeframe))
    said = {"venue": str(market.venue), "timeframe": timeframe_name(int(market.timeframe))}
    told = []
    for option, wish in (("venue", venue), ("timeframe", frame)):
        if wish is not None:
            other = f", or have another with --set market.{option}={wish}" if wish != said[option] else ""
            told.append(Problem(f"the spec says which {option}: {said[option]}", fix=f"leave --{option} out{other}"))
    if told:
        raise CryptoflowError(told, code=ExitCode.USAGE)
