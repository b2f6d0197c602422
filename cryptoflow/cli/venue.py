"""`cryptoflow venue`: a venue on this machine, to rehearse on."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Quiet, Sets

if TYPE_CHECKING:
    from cryptoflow.pipelines.venue import Play, Stock
    from cryptoflow.venue.faults.script import Script

app = typer.Typer(help="A venue on this machine, to rehearse on.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def venue() -> None:
    """Keep `serve` a word of its own while it is the only one."""


Spec = Annotated[
    Path | None,
    typer.Argument(metavar="[SPEC]", help="Whose market is played; none: a made-up one.", show_default=False),
]
Source = Annotated[str, typer.Option(metavar="NAME", help="Source of prices without a SPEC; it takes no settings.")]
Start = Annotated[
    str | None,
    typer.Option(
        metavar="now|MOMENT", help="Where market time begins: else the SPEC's period, or now.", show_default=False
    ),
]
Symbols = Annotated[
    str | None, typer.Option(metavar="A,B", help="Symbols, like BTC/USDT,ETH/USDT.", show_default=False)
]
Speed = Annotated[str, typer.Option(metavar="real|60x|max", help="How fast market time runs.")]
Dialect = Annotated[
    str | None,
    typer.Option(metavar="binance|bybit", help="Whose words it speaks: else the SPEC's venue.", show_default=False),
]
Faults = Annotated[str, typer.Option(metavar="calm|rough|storm|FILE", help="What goes wrong.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="Port of 127.0.0.1; 0: any that is free.")]
Ticks = Annotated[int, typer.Option(min=1, max=100_000, help="Ticks in a bar.")]
Flood = Annotated[int, typer.Option(min=0, max=200_000, help="Ticks per second over all symbols instead.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of ticks, books and faults.")]


@app.command()
def serve(
    spec: Spec = None,
    source: Source = "synthetic",
    start: Start = None,
    symbols: Symbols = None,
    speed: Speed = "real",
    dialect: Dialect = None,
    faults: Faults = "calm",
    port: Port = 0,
    ticks: Ticks = 60,
    flood: Flood = 0,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Serve a market as a venue's REST and WebSocket interface, until Ctrl-C.

    Unmodified clients of that venue see bars, ticks and books that add up, and the trouble that --faults brings.
    The second line printed is the setting that sends this program's own market data there.

    Examples:

      cryptoflow venue serve

      cryptoflow venue serve configs/btc_trend.yaml --start 2024-06-01 --speed 60x --faults rough
    """
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.faults import faults_of
    from cryptoflow.pipelines.resolve import resolve
    from cryptoflow.pipelines.venue import DIALECTS, Play, made_up, moment_of, speed_of, stock_of

    clock = MachineClock()
    script, rate = faults_of(faults, seed), speed_of(speed)
    names = tuple(name.strip() for name in (symbols or "").split(",") if name.strip())
    begin = moment_of(start, clock) if start else None
    if spec is None:
        around = clock.now() if begin is None else begin
        stock = made_up(source, around, names, seed, dialect or "binance")._replace(start=begin)
    else:
        stock = stock_of(resolve(spec, env=env, sets=tuple(sets or ())), begin, names)
    words = dialect or (stock.venue if stock.venue in DIALECTS else "binance")
    play = Play(rate, ticks, flood, words, port, seed)
    _run(stock, play, script, as_json=as_json, quiet=quiet)


def _run(stock: "Stock", play: "Play", script: "Script", *, as_json: bool, quiet: bool) -> None:
    """Serve until somebody ends it."""
    import asyncio
    import signal

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.market.times import moment
    from cryptoflow.pipelines.venue import address_line, opened

    async def run() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)  # before it says where it is: who reads that may end it
        async with opened(stock, MachineClock(), play, script) as venue:
            symbols = [bars.symbol for bars in stock.bars]
            line = address_line(play.dialect, venue.url)
            if as_json:
                told = {"url": venue.url, "setting": line, "dialect": play.dialect, "symbols": symbols}
                say.data({**told, "start": venue.market.start, "end": venue.market.end(), "speed": play.speed})
            else:
                speed = "as fast as it is taken" if play.speed is None else f"at {play.speed:g} x"
                say.text(
                    f"{play.dialect} at {venue.url}: {', '.join(symbols)} from {moment(venue.market.start)} {speed}"
                )
                say.text(line)
            sys.stdout.flush()
            await ended(venue.failed, stop)
            if not quiet and not as_json:
                say.remark(f"closed; {venue.faults.log.count:,} faults were put in")

    async def ended(failed: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
        """Return when the process is told to end, or raise what ended the venue."""
        tasks = [asyncio.ensure_future(failed()), asyncio.ensure_future(stop.wait())]
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for task in done:
            task.result()

    asyncio.run(run())
