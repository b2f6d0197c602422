"""`cryptoflow live`."""

from pathlib import Path
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson, Overlay, Sets, account_named

Spec = Annotated[
    Path | None,
    typer.Argument(metavar="SPEC", help="The YAML file to run; without one, that of --tier.", show_default=False),
]
Lower = Annotated[
    int | None,
    typer.Option(
        "--tier", metavar="N", min=1, max=4, help="No more than this tier allows; it only lowers.", show_default=False
    ),
]
OfAccount = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="NAME",
        help="Not the account of the spec.",
        show_default=False,
        callback=account_named,
    ),
]


def live(
    spec: Spec = None,
    tier: Lower = None,
    account: OfAccount = None,
    as_json: AsJson = False,  # noqa: ARG001  # read where errors become objects
    sets: Sets = None,
    env: Overlay = None,
) -> None:
    """Trade real money, as far as the account has shown that it may.

    What speaks against it is said in this order: the spec, the account's tier, its lease, its keys. A new account is
    refused with the gates to tier 1 and what feeds them, before any key is read. One whose kill switch has tripped, or
    that went down a tier, starts for exits only, with its recovery plan first; with something open so does one whose
    journal is not believed throughout, or is ahead of the clock. This version goes no further.

    Examples:

      cryptoflow live configs/btc_trend.yaml

      cryptoflow live --tier 1
    """
    from cryptoflow.cli import say
    from cryptoflow.pipelines.loops import run
    from cryptoflow.pipelines.tiers.live import live

    run(live(spec, tier=tier, account=account, env=env, sets=tuple(sets or ()), tell=say.remark))
