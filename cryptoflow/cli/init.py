"""`cryptoflow init`."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Quiet

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the project goes; made if it is not there.")]
ProjectName = Annotated[
    str | None,
    typer.Option(
        "--name", metavar="NAME", help="What the first spec is called; else like the folder.", show_default=False
    ),
]


def init(folder: Folder = Path(), name: ProjectName = None, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Write a new project into FOLDER: a first spec that explains itself, its strategy, a tier, .gitignore.

    Nothing of one's own is overwritten: exit code 2 names what is in the way.

    Examples:

      cryptoflow init

      cryptoflow init my-project --name btc-trend
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.init import init

    project = init(folder, name)
    if as_json:
        lists = {what: [str(path) for path in getattr(project, what)] for what in ("written", "extended", "kept")}
        say.data({"folder": str(project.folder), "spec": str(project.spec), **lists})
        return
    for what, paths in (("wrote", project.written), ("added to", project.extended), ("kept", project.kept)):
        for path in paths:
            say.text(f"{what:<9}{project.folder / path}")
    if not quiet:
        steps = f"cryptoflow backtest {project.spec.relative_to(project.folder)}"
        say.remark(f"next: {steps if folder == Path() else f'cd {folder} && {steps}'}")
