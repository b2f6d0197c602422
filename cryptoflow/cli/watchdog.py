"""`cryptoflow watchdog`."""

from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, account_named
from cryptoflow.cli.stopping import stoppable

Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Whom to look after.", callback=account_named)]
Once = Annotated[bool, typer.Option("--once", help="Look once and end, as for cron.")]


def watchdog(account: Account = "main", once: Once = False, as_json: AsJson = False) -> None:
    """Look after the process that trades ACCOUNT: where it lets its lease run out, trip the kill switch in its place.

    Nothing happens while the lease is renewed, or once it was given back in order. Where it has run out the watchdog
    takes it first, so that the process it takes for dead can write no more. Then it trips the switch, with the reason,
    in the account's journal on this machine, and carries the recovery plan out where a broker can act from here.

    Examples:

      cryptoflow watchdog main

      cryptoflow watchdog main --once --json
    """
    import sys
    from asyncio import run

    from cryptoflow.cli import say
    from cryptoflow.clock import MachineClock
    from cryptoflow.pipelines.halting.desks import nobody
    from cryptoflow.pipelines.halting.watchdog import Report, look, watch

    def tell(report: Report) -> None:
        if as_json and once:
            say.data(report._asdict())
        elif as_json:
            say.row(report._asdict())
        else:
            say.text(report.line)
        sys.stdout.flush()  # whoever reads a pipe reads it now

    with stoppable("nobody watches the account from here on", as_json=False):
        if once:
            tell(run(look(account, MachineClock(), nobody)))
        else:
            run(watch(account, MachineClock(), nobody, tell))
