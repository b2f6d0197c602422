"""`cryptoflow diff`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cryptoflow.cli.options import AsJson

if TYPE_CHECKING:
    from cryptoflow.pipelines.review.diff import Entry

Sides = Annotated[
    list[str],
    typer.Argument(metavar="A B", help="Two files or two folders, of now or of a REV:path.", show_default=False),
]
Markdown = Annotated[bool, typer.Option("--markdown", help="Print tables fit for a pull request comment.")]
Detailed = Annotated[bool, typer.Option("--detailed-exitcode", help="Leave with 10 when something has changed.")]

ONE_FILE, RENAMED, UNMERGED = 7, 9, 1
"""How many arguments git gives an external diff: for one file, for a renamed one, for one not merged yet."""

GIT_CALLS = "GIT_DIFF_PATH_COUNTER"
"""What git sets in the environment of an external diff."""


def diff(
    sides: Sides, as_json: AsJson = False, markdown: Markdown = False, detailed_exitcode: Detailed = False
) -> None:
    """Say what has changed from A to B in trading terms, and whether more or less can be lost.

    Also an external diff for git, which calls it with seven arguments; docs/reviewing.md says how.

    Examples:

      cryptoflow diff HEAD:configs configs

      cryptoflow diff old.yaml new.yaml --json

      cryptoflow diff origin/main:configs configs --markdown --detailed-exitcode
    """
    from cryptoflow.cli import say
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.review.diff import diff

    if len(sides) in (ONE_FILE, RENAMED) or (len(sides) == UNMERGED and GIT_CALLS in os.environ):
        for_git(sides)
        return
    if len(sides) != 2:
        raise CryptoflowError(
            f"{len(sides)} path{'s' if len(sides) > 1 else ''}, but two are compared",
            fix="like `cryptoflow diff HEAD:configs configs`",
            code=ExitCode.USAGE,
        )
    entries = diff(*sides)
    tell(entries, as_json=as_json, markdown=markdown)
    if not entries and not as_json:
        say.remark("nothing has changed in trading terms")
    if entries and detailed_exitcode:
        raise typer.Exit(ExitCode.CHANGED)


def tell(entries: "Sequence[Entry]", *, as_json: bool, markdown: bool) -> None:
    """Print what has changed in the form that was asked for."""
    import sys

    from cryptoflow.cli import changes, say

    if as_json:
        say.data(changes.plain(entries))
        return
    told = changes.markdown(entries) if markdown else changes.text(entries, colour=sys.stdout.isatty())
    for line in told:
        say.text(line)


def for_git(arguments: Sequence[str]) -> None:
    """Print what git asks for about one file; what is no spec, or has mistakes, is shown line by line instead."""
    from cryptoflow.cli import changes, say
    from cryptoflow.errors import CryptoflowError
    from cryptoflow.pipelines.review.diff import diff_of_file

    if len(arguments) == UNMERGED:
        say.text(f"{arguments[0]} is not merged")
        return
    path, before, after = arguments[0], arguments[1], arguments[4]
    try:
        entries = diff_of_file(path, before, after)
    except CryptoflowError as error:
        for line in changes.by_line(path, Path(before), Path(after)):
            say.text(line)
        say.remark(f"{path} cannot be read as a spec:\n{error}")
        return
    name = f"{path} → {arguments[ONE_FILE]}" if len(arguments) == RENAMED else path
    say.text(f"{name}:" if entries else f"{name}: nothing has changed in trading terms")
    tell(entries, as_json=False, markdown=False)
