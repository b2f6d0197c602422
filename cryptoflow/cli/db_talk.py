"""How commands about several databases end: with all that was found, and all that kept them from finding more."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from cryptoflow.cli import say
from cryptoflow.errors import CryptoflowError


def answer(found: Mapping[str, Any], errors: Sequence[CryptoflowError]) -> None:
    """Print what was found and what went wrong as one JSON object, and leave with the worst code."""
    from cryptoflow.pipelines.databases.asking import together

    if not errors:
        say.data({**found, "errors": []})
        return
    worst = together(errors)
    say.data({**found, "errors": say.as_objects([worst])})
    raise typer.Exit(int(worst.code))


def conclude(errors: Sequence[CryptoflowError]) -> None:
    """Raise what went wrong, all of it with the worst code."""
    from cryptoflow.pipelines.databases.asking import together

    if errors:
        raise together(errors)
