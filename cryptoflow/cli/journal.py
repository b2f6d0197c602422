"""`cryptoflow journal`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson

Account = Annotated[
    str | None, typer.Argument(metavar="ACCOUNT", help="Whose journal; one need not say it of one.", show_default=False)
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
Count = Annotated[int, typer.Option("--last", metavar="N", min=1, help="Only the last so many; `--all` for all.")]
Every = Annotated[bool, typer.Option("--all", help="All that there are, as they are read.")]


def journal(
    account: Account = None,
    names: Names = None,
    stream: Stream = None,
    since: Since = None,
    until: Until = None,
    last: Count = 50,
    every: Every = False,
    as_json: AsJson = False,
) -> None:
    """List what an account's journal says happened, oldest first.

    With --json each event is a line of its own.

    Examples:

      cryptoflow journal main --event order.*

      cryptoflow journal backtest-trend-1a2b3c4d5e --since 2024-03-01 --all --json
    """
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.pipelines.data.days import Days
    from cryptoflow.pipelines.journals.listing import Asked, as_object, line_of, listed

    asked = Asked(account, tuple(names or ()), stream or "", Days(since, until), None if every else last)

    async def show() -> None:
        async for event in listed(asked):
            if as_json:
                say.row(as_object(event))
            else:
                say.text(line_of(event))

    run(show())
