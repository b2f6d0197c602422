"""`cryptoflow data`: the bars of this project."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cryptoflow.cli import data_download, data_export, data_import, data_listings, data_watch
from cryptoflow.cli.options import AsJson, Datasets, OfTimeframe, OfVenue, Quiet
from cryptoflow.errors import CryptoflowError, ExitCode, Problem

Rows = Annotated[int, typer.Option("--rows", metavar="N", min=0, help="How many of the last bars.")]
Columns = Annotated[bool, typer.Option("--columns", help="Remove all column files too; runs make them anew.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Remove nothing, say what would go.")]

app = typer.Typer(
    help="Bars of this project: what there is, what is missing, whether it is sound.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.command("download")(data_download.download)
app.command("watch")(data_watch.watch)
app.command("import")(data_import.import_)
app.command("export")(data_export.export)
app.command("listings")(data_listings.listings)


@app.command("list")
def list_(
    names: Datasets = None, timeframe: OfTimeframe = None, venue: OfVenue = None, as_json: AsJson = False
) -> None:
    """List datasets, of all symbols or of those named: from when to when, how many bars, how many missing.

    Below stands what they take on the disk, and on how many of them a run starts at once.

    Examples:

      cryptoflow data list

      cryptoflow data list configs/btc_trend.yaml --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.data import facts
    from cryptoflow.pipelines.data.named import named, none_yet, store_of

    manifests, problems = facts.listed(named(names or (), venue, timeframe))
    mapped = facts.mapped(store_of().room, manifests)
    if as_json:
        datasets = [facts.summary(known) for known in manifests]
        say.data({"datasets": datasets, "columns": mapped, "problems": facts.told(problems)})
    elif manifests:
        from cryptoflow.report.data_tables import datasets_table, ready_line

        say.show(datasets_table(manifests))
        say.remark(ready_line(len(manifests), sum(known.size for known in manifests), mapped["ready"]))
    elif not problems:
        say.remark(none_yet())
    _end(problems, ExitCode.INVALID, as_json=as_json)


@app.command()
def show(
    names: Datasets, timeframe: OfTimeframe = None, venue: OfVenue = None, rows: Rows = 5, as_json: AsJson = False
) -> None:
    """Show what is known of datasets: where they came from, what is missing, what was left out, and their last bars.

    Examples:

      cryptoflow data show BTC/USDT --timeframe 1h --venue binance

      cryptoflow data show configs/btc_trend.yaml --rows 0 --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.data import facts
    from cryptoflow.pipelines.data.named import named

    shown = [dataset.last(rows) for dataset in named(names or (), venue, timeframe)]
    if as_json:
        say.data({"datasets": [facts.everything(known, last) for known, last in shown]})
        return
    from cryptoflow.report.data_tables import bars_table, manifest_table

    for known, last in shown:
        say.show(manifest_table(known))
        if len(last):
            say.show(bars_table(last))


@app.command()
def verify(
    names: Datasets = None,
    timeframe: OfTimeframe = None,
    venue: OfVenue = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Read every byte of datasets and hold them against their manifests; exit code 6 when something is not as it was.

    Files that are damaged or gone are named, with the bars that are lost with them.

    Examples:

      cryptoflow data verify

      cryptoflow data verify BTC/USDT --timeframe 1m
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.data import facts
    from cryptoflow.pipelines.data.named import named, none_yet
    from cryptoflow.pipelines.data.verify import verify

    found = verify(named(names or (), venue, timeframe), say.progress("datasets", quiet=quiet or as_json))
    problems = [problem for each in found for problem in each.problems]
    if as_json:
        say.data({"ok": not problems, "datasets": [facts.verified(each) for each in found]})
    else:
        for each in found:
            say.text(str(each))
        if not found:
            say.remark(none_yet())
    _end(problems, ExitCode.PROOF_FAILED, as_json=as_json)


@app.command()
def gaps(names: Datasets = None, timeframe: OfTimeframe = None, venue: OfVenue = None, as_json: AsJson = False) -> None:
    """List the spans without bars, where the venue was asked and had none, or a file had none in between.

    Spans that nobody asked for are no gaps: `cryptoflow data show NAME` says what was asked for.

    Examples:

      cryptoflow data gaps

      cryptoflow data gaps BTC/USDT --timeframe 1h --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.data import facts
    from cryptoflow.pipelines.data.named import named, none_yet

    manifests, problems = facts.listed(named(names or (), venue, timeframe))
    if as_json:
        found = [{**facts.summary(known), "gaps": facts.spans(known.gaps, known.timeframe)} for known in manifests]
        say.data({"datasets": found, "problems": facts.told(problems)})
    else:
        from cryptoflow.report.data_tables import gaps_table

        holed = [known for known in manifests if known.gaps]
        if holed:
            say.show(gaps_table(holed))
        elif not problems:
            say.remark("no gaps" if manifests else none_yet())
    _end(problems, ExitCode.INVALID, as_json=as_json)


@app.command()
def prune(
    names: Datasets = None,
    timeframe: OfTimeframe = None,
    venue: OfVenue = None,
    columns: Columns = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Remove the datasets named, without a question; without names, only files that nobody needs.

    Those are what a crash left behind, and column files of bars as they were before more came.

    Examples:

      cryptoflow data prune --dry-run

      cryptoflow data prune BTC/USDT --timeframe 1m --venue binance
    """
    from cryptoflow.cli import say
    from cryptoflow.cli.backtest import shown
    from cryptoflow.pipelines.data.prune import prune
    from cryptoflow.report.data_tables import size

    gone = prune(names or (), venue, timeframe, columns=columns, dry=dry_run)
    if as_json:
        say.data(
            {"dry_run": dry_run, "files": [str(each.file) for each in gone], "bytes": sum(each.size for each in gone)}
        )
        return
    for each in gone:
        say.text(shown(each.file))
    if not gone:
        say.remark("nothing to remove")
        return
    count = f"{len(gone):,} file{'s' * (len(gone) != 1)}"
    say.remark(f"{count}, {size(sum(each.size for each in gone))} {'would go' if dry_run else 'removed'}")


def _end(problems: Sequence[Problem], code: ExitCode, *, as_json: bool) -> None:
    """End with what is wrong, which programs were told with the rest."""
    if problems and as_json:
        raise typer.Exit(code)
    if problems:
        raise CryptoflowError(problems, code=code)
