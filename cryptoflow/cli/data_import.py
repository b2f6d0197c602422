"""`cryptoflow data import`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.options import AsJson, Quiet

if TYPE_CHECKING:
    from cryptoflow.pipelines.data.importing import Imported

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of bars.", show_default=False)]
Venue = Annotated[
    str, typer.Option("--venue", metavar="NAME", help="Whose market it is, like binance.", show_default=False)
]
SymbolName = Annotated[
    str, typer.Option("--symbol", metavar="SYMBOL", help="What is traded, like BTC/USDT.", show_default=False)
]
Frame = Annotated[
    str, typer.Option("--timeframe", metavar="LENGTH", help="How long a bar is, like 1h.", show_default=False)
]
Mapping = Annotated[
    str,
    typer.Option("--columns", metavar="NAMES", help="time=Date,close=Last, or all in their order.", show_default=False),
]
Zone = Annotated[
    str, typer.Option("--zone", metavar="UTC", help="The zone of times that name none.", show_default=False)
]
DropBad = Annotated[bool, typer.Option("--drop-bad", help="Leave rows out that cannot be bars, and declare each.")]
Replace = Annotated[bool, typer.Option("--replace", help="Let bars take the place of others that are there.")]
NewVenue = Annotated[
    bool, typer.Option("--new-venue", help="Take --venue as it is, though it is nearly the name of another.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Judge the files, and store nothing.")]

SHOWN = 10
"""Rows left out that are told one by one."""


def import_(
    files: Files,
    venue: Venue = "",
    symbol: SymbolName = "",
    timeframe: Frame = "",
    columns: Mapping = "",
    zone: Zone = "",
    drop_bad: DropBad = False,
    replace: Replace = False,
    new_venue: NewVenue = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put the bars of files into the store: CSV, Parquet, Feather or JSON, packed with gzip or zip or not.

    Symbol, timeframe and venue are taken from the name of a file where it has them. What was recognised is said.
    A row that cannot be a bar refuses everything, exit code 3; nothing is ever mended. A venue may have any name, but
    one that is nearly that of a known venue is refused as misspelt: --new-venue insists.

    Examples:

      cryptoflow data import BTCUSDT-1m-2024-*.zip --venue binance

      cryptoflow data import prices.csv --venue kraken --symbol BTC/EUR --timeframe 1h --columns time=Date,close=Last

      cryptoflow data import old.csv --venue bitstamp --symbol BTC/USD --timeframe 1d --drop-bad --dry-run
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.data.importing import Wish, import_files
    from cryptoflow.pipelines.data.whose import Whose

    wish = Wish(Whose(venue, symbol, timeframe), columns, zone or None, drop_bad, replace, dry_run, new_venue)
    imported = import_files(files, wish, draw=say.progress("judged", quiet=quiet or as_json))
    if as_json:
        say.data({"dry_run": dry_run, "files": [each.plain() for each in imported]})
        return
    for each in imported:
        for line in lines(each, dry_run=dry_run, quiet=quiet):
            say.text(line)


def lines(imported: "Imported", *, dry_run: bool, quiet: bool) -> Iterator[str]:
    """What came of a file, and unless it is to be short what was recognised on the way."""
    from cryptoflow.market.times import moment
    from cryptoflow.pipelines.data.importing import declared

    sifted, bars = imported.sifted, imported.sifted.bars
    first, last = bars.ends()
    yield f"{sifted.sheet.name}  {imported.key}"
    yield f"  {len(bars):,} bars open from {moment(first)} to {moment(last)}, {bars.gaps():,} missing between them"
    if not quiet:
        for note in bars.notes:
            yield f"  {note.removeprefix(f'{sifted.sheet.name}: ')}"
    if sifted.repeated:
        yield f"  {sifted.repeated:,} repeated row{'s' if sifted.repeated > 1 else ''} dropped"
    for flaw in sifted.flaws[:SHOWN]:
        yield f"  left out {sifted.sheet.word} {flaw.row}: {declared(flaw)}"
    if len(sifted.flaws) > SHOWN:
        yield f"  left out {len(sifted.flaws) - SHOWN:,} more, listed by --json"
    if dry_run:
        yield "  nothing stored: --dry-run"
    else:
        there = f", {imported.known:,} there already" if imported.known else ""
        yield f"  {imported.added:,} stored{there}{f', {imported.replaced:,} replaced' if imported.replaced else ''}"
