"""How commands speak: data on standard output, talk on standard error, as text or as lines of JSON."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptoflow.errors import CryptoflowError, ExitCode, Problem

FORMS = ("text", "json")


WIDEST = 160
"""Columns of a table that goes into a file or a pipe, where nobody says how many there are."""


class _Manner:
    """The form of talk, None until it is known."""

    form: str | None = None


def adopt(form: str | None) -> None:
    """Speak as the command line asks, or without a wish as the machine's settings say."""
    if form not in (None, *FORMS):
        raise CryptoflowError(f"there is no log format {form!r}", fix="choose text or json", code=ExitCode.USAGE)
    _Manner.form = form


def data(value: Any) -> None:
    """Print one JSON value to standard output."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def row(value: Any) -> None:
    """Print one JSON value as a line of many to standard output."""
    sys.stdout.write(json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False) + "\n")


def text(line: str = "") -> None:
    """Print a line of results to standard output."""
    sys.stdout.write(line + "\n")


def remark(line: str, event: str = "remark") -> None:
    """Print a line of talk to standard error."""
    _talk(event, line, {"text": line.strip()})


def as_object(problem: Problem) -> dict[str, Any]:
    """Return a mistake as programs read it."""
    place: Mapping[str, Any] = {}
    if problem.where:
        place = {"file": problem.where.file, "line": problem.where.line, "column": problem.where.column}
    return {"what": problem.what, **place, "fix": problem.fix}


def as_objects(errors: Iterable[CryptoflowError]) -> list[dict[str, Any]]:
    """Return the mistakes of several errors as programs read them."""
    return [as_object(problem) for error in errors for problem in error.problems]


def tell_error(error: CryptoflowError, *, as_json: bool) -> None:
    """Print every mistake: for people to standard error, for programs as one object to standard output."""
    if as_json:
        data({"errors": [as_object(problem) for problem in error.problems], "exit_code": int(error.code)})
        return
    for number, problem in enumerate(dict.fromkeys((*error.problems, *_unreadable_settings()))):
        gap = "\n" if number else ""
        _talk("error", f"{gap}{problem}", {**as_object(problem), "exit_code": int(error.code)})


def is_drawing() -> bool:
    """Say whether talk goes to a terminal, where progress can be drawn."""
    return sys.stderr.isatty() and _form() != "json"


def progress(what: str, *, quiet: bool = False) -> Callable[[int, int], None] | None:
    """Return a callback that draws progress with the time left, from the second second on, on a terminal only."""
    if quiet or not is_drawing():
        return None
    from time import monotonic

    began = monotonic()

    def draw(done: int, total: int) -> None:
        spent = monotonic() - began
        if spent < 2 and done < total:
            return
        left = spent / done * (total - done) if done else 0.0
        end = "\n" if done >= total and spent >= 2 else ""
        if spent >= 2:
            sys.stderr.write(f"\r{what}: {done:,} of {total:,}, {left:.0f} s left \x1b[K{end}")
            sys.stderr.flush()

    return draw


def show(table: Any, *, talk: bool = False) -> None:
    """Print a table, as wide as the terminal, or where there is none as COLUMNS says or its lines need.

    Talk goes to standard error.
    """
    from rich.console import Console

    stream = sys.stderr if talk else sys.stdout
    width = None if stream.isatty() or os.environ.get("COLUMNS", "").isdigit() else WIDEST
    Console(file=stream, width=width, soft_wrap=False, highlight=False).print(table)


def _talk(event: str, line: str, fields: Mapping[str, Any]) -> None:
    if _form() == "json":
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"at": at, "event": event, **fields}, ensure_ascii=False)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _unreadable_settings() -> tuple[Problem, ...]:
    """Return what keeps the settings, and with them the form of talk, from being read."""
    try:
        _form()
    except CryptoflowError as error:
        return error.problems
    return ()


def _form() -> str:
    """Return the form of talk, from the machine's settings only where there are any: reading them takes a while."""
    if _Manner.form is None:
        _Manner.form = "text"  # in which a mistake in the settings themselves is told
        if "CRYPTOFLOW_LOG_FORMAT" in os.environ or Path(".env").is_file():
            from cryptoflow.settings import settings

            _Manner.form = settings().log_format
    return _Manner.form
