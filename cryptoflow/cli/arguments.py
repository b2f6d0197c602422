"""Options that belong to every command may stand before or after its name."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

ROOT = {"--log-format": True}
"""Options of the whole command line, and whether a value follows."""

COMMAND = {"--json": False, "--quiet": False, "-q": False, "--set": True, "--env": True}
"""Options that each command reads by itself, and whether a value follows."""

COMPLETION = ("--show-completion", "--install-completion")
BY_NAME = "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"


def arranged(arguments: Sequence[str]) -> list[str]:
    """Return arguments with shared options where the parser looks for them; what follows `--` stays as it is.

    >>> arranged(["runs", "list", "--log-format", "json"])
    ['--log-format', 'json', 'runs', 'list']
    >>> arranged(["--json", "--set", "seed=7", "backtest", "a.yaml"])
    ['backtest', 'a.yaml', '--json', '--set', 'seed=7']
    """
    ahead: list[str] = []
    inside: list[str] = []
    behind: list[str] = []
    named = False
    waiting = list(arguments)
    while waiting and waiting[0] != "--":
        word = waiting.pop(0)
        option, equals, _ = word.partition("=")
        if option in ROOT:
            place, valued = ahead, ROOT[option]
        elif option in COMMAND:
            place, valued = inside if named else behind, COMMAND[option]
        else:
            place, valued = inside, False
            named = named or not word.startswith("-")
        place.append(word)
        if valued and not equals and waiting:
            place.append(waiting.pop(0))
    return [*ahead, *inside, *behind, *waiting]


@contextmanager
def shell_named(arguments: Sequence[str]) -> Iterator[None]:
    """Let completion be asked for by the name of a shell: `cryptoflow --show-completion zsh`.

    Typer takes the name only where it does not look for the shell that calls, which this variable of its own
    tests switches off; without a name it goes on looking.
    """
    named = len(arguments) == 2 and arguments[0] in COMPLETION
    if named:
        os.environ[BY_NAME] = "1"
    try:
        yield
    finally:
        if named:
            del os.environ[BY_NAME]
