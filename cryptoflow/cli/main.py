"""The command line: every command, and the one place where errors become messages and exit codes."""

import gc
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
    # What commands import is a million objects that live to the end: looking through them for garbage again and
    # again, and once more on leaving, takes a quarter of a backtest.
    gc.set_threshold(100_000)
    from cryptoflow.cli.app import run

    code = run()
    gc.freeze()
    sys.exit(code)
