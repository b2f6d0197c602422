"""How commands about several databases end: with all that was found, and all that kept them from finding more."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from cryptoflow.cli import say
from cryptoflow.errors import CryptoflowError

INTERRUPTED = 130


def answer(found: Mapping[str, Any], errors: Sequence[CryptoflowError], *, under: str = "errors") -> None:
    """Print what was found and what went wrong as one JSON object, and leave with the worst code."""
    from cryptoflow.pipelines.databases.asking import together

    if not errors:
        say.data({**found, under: []})
        return
    worst = together(errors)
    say.data({**found, under: say.as_objects([worst])})
    raise typer.Exit(int(worst.code))


def conclude(errors: Sequence[CryptoflowError]) -> None:
    """Raise what went wrong, all of it with the worst code."""
    from cryptoflow.pipelines.databases.asking import together

    if errors:
        raise together(errors)


@contextmanager
def stoppable(state: str, *, as_json: bool) -> Iterator[None]:
    """Say on Ctrl-C how things are left, and that the same command may be run again."""
    try:
        yield
    except KeyboardInterrupt:
        if as_json:
            error = {"what": f"stopped: {state}", "fix": "run the same command again"}
            say.data({"interrupted": True, "errors": [error], "exit_code": INTERRUPTED})
        gap = "\n" if say.is_drawing() else ""
        say.remark(f"{gap}stopped: {state}; the same command can be run again", "stopped")
        raise
