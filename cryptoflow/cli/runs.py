"""`cryptoflow runs`: what earlier runs left behind."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Quiet


def known(start: str) -> list[str]:
    """Return the ids of runs that begin so, for the shell to complete."""
    from cryptoflow.pipelines.past import runs

    return [run_id for run_id in runs.ids() if run_id.startswith(start)]


RunId = Annotated[
    str,
    typer.Argument(metavar="RUN", help="A run's id, or how it begins.", show_default=False, autocompletion=known),
]

app = typer.Typer(help="List, show, compare and reproduce runs.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """List the runs of this project, the newest first; with --quiet, their ids only.

    Examples:

      cryptoflow runs list

      cryptoflow runs list --json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.past import runs

    manifests, problems = runs.listed()
    for problem in problems:
        say.remark(str(problem))
    if as_json:
        keys = ("run_id", "mode", "created_at", "name", "period", "engine", "spec_hash", "metrics", "guards")
        say.data([{key: manifest[key] for key in keys} for manifest in manifests])
    elif quiet:
        for manifest in manifests:
            say.text(manifest["run_id"])
    elif manifests:
        from cryptoflow.report.run_tables import runs_table

        say.show(runs_table(manifests))
    else:
        say.remark(f"no runs in {runs.runs_folder()}; `cryptoflow backtest SPEC` makes one")


@app.command()
def show(run: RunId, as_json: AsJson = False) -> None:
    """Show what one run noted about itself: what went in, and what came out.

    Examples:

      cryptoflow runs show btc-trend-5117f70252
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.past import runs
    from cryptoflow.report.run_tables import manifest_tables

    folder = runs.find(run)
    manifest = runs.read_manifest(folder)
    if as_json:
        say.data({**manifest, "folder": str(folder)})
        return
    for table in manifest_tables(manifest):
        say.show(table)
    say.text(f"report  {folder / 'report.html'}")


@app.command()
def compare(one: RunId, other: RunId, as_json: AsJson = False) -> None:
    """Set two runs side by side: what went in differently, and what came out.

    Examples:

      cryptoflow runs compare btc-trend-5117f70252 btc-trend-a70c193528
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.past.compare import compare
    from cryptoflow.report.run_tables import comparison_tables

    found = compare(one, other)
    if as_json:
        say.data(found.plain())
        return
    for table in comparison_tables(found):
        say.show(table)


@app.command()
def reproduce(run: RunId, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Do RUN again from what it noted, and say whether the same comes out; exit code 6 when it does not.

    The spec and its strategies are taken as they were; data, plugin files and this program as they are now. The
    verdict is `identical` (every byte), `equal` (to 1e-9, which another processor may make), or `different`,
    with the first row that differs and everything that went in differently.

    Examples:

      cryptoflow runs reproduce btc-trend-5117f70252
    """
    from cryptoflow.cli import say
    from cryptoflow.errors import ExitCode
    from cryptoflow.pipelines.past.reproduce import reproduce

    found = reproduce(run, tell=None if quiet or as_json else say.remark)
    if as_json:
        say.data(found.plain())
    else:
        say.text(str(found))
    if not found.same:
        raise typer.Exit(ExitCode.PROOF_FAILED)
