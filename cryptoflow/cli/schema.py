"""`cryptoflow schema`."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson

Kind = Annotated[str, typer.Argument(metavar="[pipeline|strategy|tier]", help="The kind of file.", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.", show_default=False)]
Plugins = Annotated[
    list[Path] | None,
    typer.Option("--plugins", metavar="FILE", help="A file of plugins/ that specs list.", show_default=False),
]


def schema(kind: Kind = "pipeline", out: Out = None, plugins: Plugins = None, as_json: AsJson = False) -> None:
    """Print the JSON Schema of a kind of file, for editors that complete and check YAML.

    Put `# yaml-language-server: $schema=` and its path, relative to the spec, on the first line of a spec.

    Examples:

      cryptoflow schema --out .cryptoflow/schema.json

      cryptoflow schema strategy > strategy.schema.json
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.schema import schema, write

    made = schema(kind, plugins or ())
    if out is None:
        say.data(made)
        return
    write(made, out)
    if as_json:
        say.data({"schema": kind, "file": str(out)})
    else:
        say.remark(f"wrote {out}")
