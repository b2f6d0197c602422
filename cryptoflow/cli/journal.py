"""`cryptoflow journal`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import account_named

Account = Annotated[
    str | None,
    typer.Argument(
        metavar="ACCOUNT", help="Whose journal; one need not say it of one.", show_default=False, callback=account_named
    ),
]
Names = Annotated[
    list[str] | None,
    typer.Option(
        "--event", metavar="NAME", help="Only events of this name, like order.filled or order.*", show_default=False
    ),
]
Stream = Annotated[
    str | None, typer.Option(metavar="STREAM", help="Only events about this, like order/ID.", show_default=False)
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="DAY", help="Only from this day on, UTC.", show_default=False)
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DAY", help="Only to this day, which counts whole.", show_default=False)
]
Count = Annotated[
    int | None,
    typer.Option("--last", metavar="N", min=1, help="Only the last so many, 50 without a wish.", show_default=False),
]
Every = Annotated[bool, typer.Option("--all", help="All that there are, as they are read; not with `--last`.")]
AsLines = Annotated[bool, typer.Option("--json", help="Print a JSON object for each event, on a line of its own.")]

LAST = 50
"""How many events are listed where nobody says how many."""


def journal(
    account: Account = None,
    names: Names = None,
    stream: Stream = None,
    since: Since = None,
    until: Until = None,
    last: Count = None,
    every: Every = False,
    as_json: AsLines = False,
) -> None:
    """List what an account's journal says happened, oldest first.

    Amounts of more than 15 digits are rounded; with --json all are as they were written. An event that was altered so
    that it cannot be read is listed as it is, and the exit code is 6.

    Examples:

      cryptoflow journal main --event 'order.*'

      cryptoflow journal backtest-trend-1a2b3c4d5e --since 2024-03-01 --all --json
    """
    from asyncio import run
    from contextlib import aclosing

    from cryptoflow.cli import say
    from cryptoflow.domain.journal.recorded import Recorded
    from cryptoflow.errors import CryptoflowError, ExitCode
    from cryptoflow.pipelines.data.days import Days
    from cryptoflow.pipelines.journals.lines import as_object, is_readable, line_of
    from cryptoflow.pipelines.journals.listing import Asked, listed
    from cryptoflow.pipelines.journals.missing import nothing, unreadable

    if every and last is not None:
        raise CryptoflowError("--all and --last contradict each other", fix="leave one out", code=ExitCode.USAGE)
    asked = Asked(account, tuple(names or ()), stream or "", Days(since, until), None if every else last or LAST)

    async def shown() -> tuple[int, list[Recorded]]:
        count, odd = 0, []
        async with aclosing(listed(asked)) as events:  # whoever stops reading leaves no connection behind
            async for event, order in events:
                if as_json:
                    say.row(as_object(event))
                else:
                    say.text(line_of(event, order))
                count += 1
                if not is_readable(event):
                    odd.append(event)
        return count, odd

    count, odd = run(shown())
    if not count:
        say.remark(str(nothing(asked)))
    if odd:
        error = unreadable(odd)
        say.tell_error(error, as_json=False)  # on standard output each line is an event
        raise typer.Exit(int(error.code))
