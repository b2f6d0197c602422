"""`cryptoflow report`."""

import sys
from typing import Annotated

import typer

from cryptoflow.cli.options import AsJson
from cryptoflow.cli.runs import RunId

Open = Annotated[bool, typer.Option("--open", help="Open it in a browser; on a terminal only.")]


def report(run: RunId, show: Open = False, as_json: AsJson = False) -> None:
    """Print where the report of RUN lies: one page that needs no network.

    Examples:

      cryptoflow report btc-trend-5117f70252

      cryptoflow report btc-trend --open
    """
    from cryptoflow.cli import say
    from cryptoflow.errors import CryptoflowError
    from cryptoflow.pipelines.past import runs

    page = (runs.find(run) / "report.html").resolve()
    if not page.is_file():
        raise CryptoflowError(f"{page} is gone", fix="run the backtest again")
    if as_json:
        say.data({"run_id": page.parent.name, "report": str(page)})
    else:
        say.text(str(page))
    if show and sys.stdout.isatty():
        import webbrowser

        webbrowser.open(page.as_uri())
