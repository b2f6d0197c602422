"""The pages of the manual that are written by the code: `python -m cryptoflow.cli.pages FOLDER` writes them anew.

Other pages have drawings that are: between `<!-- drawn: NAME -->` and `<!-- /drawn -->` stands the machine NAME.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from cryptoflow.cli import exits
from cryptoflow.cli.app import app
from cryptoflow.pipelines import keys, machines
from cryptoflow.plugins import catalogue

WIDTH = 100
"""Columns of help texts in the manual."""

DRAWN = re.compile(r"<!-- drawn: (\w+) -->\n.*?<!-- /drawn -->", re.DOTALL)


def pages() -> dict[str, str]:
    """Return every page by its file name."""
    return {
        "commands.md": commands(),
        "exit-codes.md": exits.page(),
        "indicators.md": catalogue.page(),
        "spec.md": keys.page(),
    }


def commands() -> str:
    """Return the help text of every command, one below the other."""
    head = (
        "# Commands",
        "",
        "What `cryptoflow COMMAND --help` says. Data goes to standard output, talk to standard error; `--json` works",
        "everywhere, and no command ever asks a question. [Exit codes](exit-codes.md) have a page of their own.",
    )
    parts = [f"## {name}\n\n```text\n{text}\n```" for name, text in helps()]
    return "\n".join((*head, "", "\n\n".join(parts), ""))


def helps() -> Iterator[tuple[str, str]]:
    """Return the name and the help text of the program and of every command, in the order of the tree."""
    root: Any = typer.main.get_command(app)
    yield from _helps(root, "cryptoflow", None)


def leaves() -> tuple[str, ...]:
    """Return the names of all commands that do something themselves.

    >>> "runs list" in leaves(), "runs" in leaves()
    (True, False)
    """
    names = [name.partition(" ")[2] for name, _ in helps()]
    groups = {name.rpartition(" ")[0] for name in names}
    return tuple(name for name in names if name not in groups)


def _helps(command: Any, name: str, parent: Any) -> Iterator[tuple[str, str]]:
    context = command.context_class(command, info_name=name.rpartition(" ")[2], parent=parent, terminal_width=WIDTH)
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    yield name, "\n".join(lines).strip()
    for inside, subcommand in getattr(command, "commands", {}).items():
        yield from _helps(subcommand, f"{name} {inside}", context)


def redrawn(text: str) -> str:
    """Return a page with its machines as the code has them.

    >>> "closed --> open : tripped" in redrawn("<!-- drawn: breaker -->\\n<!-- /drawn -->")
    True
    """

    def anew(found: re.Match[str]) -> str:
        return f"<!-- drawn: {found[1]} -->\n{machines.drawn(found[1])}\n<!-- /drawn -->"

    return DRAWN.sub(anew, text)


def main() -> None:
    """Write every page into the folder named, and redraw the machines of the others."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    for page in sorted(folder.glob("*.md")):
        page.write_text(redrawn(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
