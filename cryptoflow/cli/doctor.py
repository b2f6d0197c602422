"""`cryptoflow doctor`."""

import typer

from cryptoflow.cli.options import AsJson, Quiet


def doctor(as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Look at this machine: Python, packages, folders, compiled code, clock, journals; say what to do about faults.

    Exit code 4 when something would keep a run from starting. Of each journal the end is looked at; `audit verify`
    follows all of it. Nothing is asked of the network but whether the servers answer that CRYPTOFLOW_DATABASE_URL
    and CRYPTOFLOW_REDIS_URL name.

    Examples:

      cryptoflow doctor

      cryptoflow doctor --quiet
    """
    from cryptoflow.cli import say
    from cryptoflow.errors import ExitCode
    from cryptoflow.pipelines.doctor import examine
    from cryptoflow.report.checks_table import FAIL, OK, checks_table

    checks = examine()
    failed = any(check.state == FAIL for check in checks)
    if as_json:
        say.data({"ok": not failed, "checks": [check._asdict() for check in checks]})
    else:
        shown = [check for check in checks if check.state != OK or not quiet]
        if shown:
            say.show(checks_table(shown))
    if failed:
        raise typer.Exit(ExitCode.UNAVAILABLE)
