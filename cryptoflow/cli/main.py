"""The command line: every command, and the one place where errors become messages and exit codes."""

import sys
from io import TextIOWrapper
from typing import NoReturn

from cryptoflow import __version__


def spell_out() -> None:
    """Let a terminal or pipe that lacks a character show a stand-in, not end the program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:2] == ["--version"]:
        sys.stdout.write(f"cryptoflow {__version__}\n")
        sys.exit(0)
    spell_out()
    from cryptoflow.cli.app import run

    sys.exit(run())
