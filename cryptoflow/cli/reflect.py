"""`cryptoflow reflect`."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson
from cryptoflow.cli.tilt import Account

File = Annotated[
    Path | None,
    typer.Option(
        "--file", metavar="FILE", help="Read the answers from a file, parted by empty lines.", show_default=False
    ),
]
Operator = Annotated[
    str | None, typer.Option("--operator", metavar="NAME", help="Who reflects; you, without it.", show_default=False)
]


def reflect(account: Account = "main", file: File = None, operator: Operator = None, as_json: AsJson = False) -> None:
    """Look back at what led to a lock-out, in your own words: five questions, 100 words, no hurry.

    A lock-out ends when its time is over and a reflection was given, whichever comes last; entries then come back to
    their full size in steps. Nobody judges the answers. They are kept in the account's journal.

    Examples:

      cryptoflow reflect

      cryptoflow reflect --file answers.txt --operator ana
    """
    import sys
    from asyncio import run
    from getpass import getuser

    from cryptoflow.cli import say
    from cryptoflow.cli.texts import text_of
    from cryptoflow.clock import MachineClock
    from cryptoflow.domain.tilt.reflection import PROMPTS
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.journals.writing import journal_of
    from cryptoflow.pipelines.operators import person
    from cryptoflow.pipelines.tilting.reflecting import answers_in
    from cryptoflow.pipelines.tilting.reflecting import reflect as reflected
    from cryptoflow.report.tilt_tables import moment

    name = person(operator or os.environ.get("USER") or getuser())
    if file is not None:
        answers = answers_in(text_of(file))
    elif sys.stdin.isatty():
        journal_of(account)  # before anybody takes the time
        answers = [asked(prompt) for prompt in PROMPTS]
    else:
        raise CryptoflowError(
            "nobody is here to ask", fix="write the answers into a file and give it with --file", code=ExitCode.USAGE
        )
    found = run(reflected(account, answers, name, MachineClock().now()))
    if as_json:
        say.data(found._asdict())
    elif found.over:
        say.text(
            f"thank you; the lock-out of {account} is over, and entries keep {found.size:.0%} of their size for now"
        )
    else:
        say.text(f"thank you; the lock-out of {account} ends at {moment(found.until)}")


def asked(prompt: str) -> str:
    """Return the answer to a prompt: lines up to an empty one."""
    import sys

    sys.stderr.write(f"\n{prompt}\n(an empty line ends the answer)\n")
    sys.stderr.flush()
    lines = []
    while line := sys.stdin.readline().rstrip("\n"):
        lines.append(line)
    return "\n".join(lines)
