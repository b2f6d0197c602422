"""Arguments and options that commands share, defined once."""

from pathlib import Path
from typing import Annotated

import typer


def stored(start: str) -> list[str]:
    """Return the symbols of the store that begin so, for the shell to complete."""
    from cryptoflow.pipelines.data.named import store_of

    return sorted({each.key.symbol for each in store_of().datasets() if each.key.symbol.startswith(start)})


def account_named(account: str | None) -> str | None:
    """Return the account that a command is about; refused where no spec could name it so."""
    if account is None:
        return None
    from cryptoflow.pipelines.journals.place import named

    return named(account)


def accounts_named(accounts: list[str] | None) -> list[str] | None:
    """Return the accounts that a command is about; refused where no spec could name one of them so."""
    for account in accounts or ():
        account_named(account)
    return accounts


SpecFile = Annotated[Path, typer.Argument(metavar="SPEC", help="The YAML file to run.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only, no progress and no remarks.")]
Sets = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Set one value of the spec, like sizing.risk=1%.", show_default=False
    ),
]
Overlay = Annotated[
    str | None,
    typer.Option("--env", metavar="NAME", help="Lay the file SPEC.NAME.yaml over the spec.", show_default=False),
]
Datasets = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="NAME...",
        help="Symbols like BTC/USDT, or a SPEC for all that it trades.",
        show_default=False,
        autocompletion=stored,
    ),
]
OfTimeframe = Annotated[
    str | None, typer.Option("--timeframe", metavar="1h", help="Only bars of this length.", show_default=False)
]
OfVenue = Annotated[
    str | None, typer.Option("--venue", metavar="VENUE", help="Only bars of this venue.", show_default=False)
]
OfAccount = Annotated[str, typer.Option("--account", metavar="ACCOUNT", help="Whose.", callback=account_named)]
Patience = Annotated[
    float,
    typer.Option(
        "--wait", metavar="SECONDS", min=0, help="How long to wait for the answer of the process that trades."
    ),
]
LogFormat = Annotated[
    str | None,
    typer.Option("--log-format", metavar="text|json", help="Form of messages on standard error.", show_default=False),
]
