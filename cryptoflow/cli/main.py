"""The command line: every command, and the one place where errors become messages and exit codes."""

import sys
from typing import NoReturn

from cryptoflow import __version__


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    if sys.argv[1:2] == ["--version"]:
        sys.stdout.write(f"cryptoflow {__version__}\n")
        sys.exit(0)
    from cryptoflow.cli.app import run

    sys.exit(run())
