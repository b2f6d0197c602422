"""`cryptoflow plugins`: what one may `use:`, and how to write more."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Quiet

Kind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help="Only this kind: indicator, rule, sizer, ...", show_default=False),
]
OfSpec = Annotated[
    Path | None,
    typer.Option("--spec", metavar="SPEC", help="Also the plugin files that this spec lists.", show_default=False),
]
Into = Annotated[
    Path | None,
    typer.Option(
        "--folder", metavar="FOLDER", help="Where plugins/ goes: beside the specs; else configs/.", show_default=False
    ),
]

app = typer.Typer(help="List and explain plugins, and start new ones.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(kind: Kind = None, spec: OfSpec = None, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """List everything one may `use:` in a spec or call in a strategy; with --quiet, names only.

    Examples:

      cryptoflow plugins list

      cryptoflow plugins list --kind indicator
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.plugins import listed

    found = listed(kind, spec)
    if as_json:
        say.data([plugin._asdict() for plugin in found])
    elif quiet:
        for plugin in found:
            say.text(plugin.name)
    else:
        from cryptoflow.report.plugin_tables import plugins_table

        say.show(plugins_table(found))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The plugin's name.", show_default=False)],
    kind: Kind = None,
    spec: OfSpec = None,
    as_json: AsJson = False,
) -> None:
    """Show the manual page of a plugin: what it does, every setting with its unit and range, an example.

    Examples:

      cryptoflow plugins show risk_fraction

      cryptoflow plugins show my_rule --spec configs/btc_trend.yaml
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.plugins import plain, shown

    page = shown(name, kind, spec)
    if as_json:
        say.data(plain(page))
        return
    from cryptoflow.report.plugin_tables import settings_table

    say.text(f"{page.kind} {page.name}\n\n{page.text}\n")
    if page.settings:
        say.show(settings_table(page.settings))
    if page.reads:
        say.text("\nReads at every close:\n")
    for name, text in page.reads:
        say.text(f"  {name}: {text}")
    say.text("\nExample:\n")
    for line in page.example.splitlines():
        say.text(f"  {line}")


@app.command()
def new(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Like indicator, rule, sizer.", show_default=False)],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower case, like my_rule.", show_default=False)],
    folder: Into = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a small working plugin and its test, to be changed into your own.

    Examples:

      cryptoflow plugins new indicator my_average

      cryptoflow plugins new rule my_rule --folder configs
    """
    from cryptoflow.cli import say
    from cryptoflow.plugins import skeleton

    beside = Path("configs") if folder is None and Path("configs").is_dir() else folder or Path()
    plugin, test = skeleton.write(kind, name, beside)
    if as_json:
        say.data({"kind": kind, "name": name, "plugin": str(plugin), "test": str(test)})
        return
    say.text(f"wrote {plugin}\nwrote {test}")
    if not quiet:
        say.remark(f"next: pytest {test} (pip install pytest), then list it in a spec: `plugins: [{plugin.name}]`")
