"""The command tree, and the one place where errors become messages and exit codes."""

import errno
import os
import sys
from typing import Annotated

import typer

from cryptoflow.cli import (
    audit,
    backtest,
    backup,
    data,
    db,
    diff,
    doctor,
    explain,
    init,
    journal,
    kill,
    live,
    plugins,
    probe,
    reflect,
    rehearse,
    report,
    resume,
    runs,
    schema,
    status,
    tier,
    tilt,
    validate,
    venue,
    warmup,
    watchdog,
)
from cryptoflow.cli.arguments import arranged, shell_named
from cryptoflow.cli.options import LogFormat
from cryptoflow.cli.say import adopt, tell_error
from cryptoflow.errors import CryptoflowError, ExitCode

INTERRUPTED, NOBODY_READS = 130, 141
"""What shells expect of a program stopped by Ctrl-C, and of one whose reader went away."""

MACHINE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.ENOTDIR}
"""What a machine refuses and its owner can mend; any other fault of the system is our bug."""

app = typer.Typer(
    name="cryptoflow",
    help="Trade crypto from one YAML file: the same code decides in backtest, paper and live.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    log_format: LogFormat = None,
) -> None:
    """Trade crypto from one YAML file: the same code decides in backtest, paper and live."""
    adopt(log_format)
    if version:
        from cryptoflow import __version__

        typer.echo(f"cryptoflow {__version__}")
        raise typer.Exit


app.command("init")(init.init)
app.command("validate")(validate.validate)
app.command("explain")(explain.explain)
app.command("schema")(schema.schema)
app.command("diff")(diff.diff)
app.command("backtest")(backtest.backtest)
app.command("status")(status.status)
app.command("kill")(kill.kill)
app.command("resume")(resume.resume)
app.command("watchdog")(watchdog.watchdog)
app.command("journal")(journal.journal)
app.command("live")(live.live)
app.add_typer(audit.app, name="audit")
app.add_typer(db.app, name="db")
app.add_typer(backup.app, name="backup")
app.add_typer(data.app, name="data")
app.add_typer(probe.app, name="probe")
app.add_typer(runs.app, name="runs")
app.command("report")(report.report)
app.add_typer(plugins.app, name="plugins")
app.add_typer(tier.app, name="tier")
app.add_typer(tilt.app, name="tilt")
app.command("reflect")(reflect.reflect)
app.command("rehearse")(rehearse.rehearse)
app.add_typer(venue.app, name="venue")
app.command("doctor")(doctor.doctor)
app.command("warmup")(warmup.warmup)


def run(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    given = arranged(sys.argv[1:] if arguments is None else arguments)
    try:
        with shell_named(given):
            return _left(given)
    except CryptoflowError as error:
        return _refused(error, given)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    except OSError as error:
        if error.errno not in MACHINE:
            raise
        return _refused(_unwritable(error), given)
    except KeyboardInterrupt:
        return INTERRUPTED


def _refused(error: CryptoflowError, arguments: list[str]) -> int:
    tell_error(error, as_json="--json" in arguments)
    return int(error.code)


def _unwritable(error: OSError) -> CryptoflowError:
    """Say in our words what the machine refuses: a right, or room on a disk."""
    return CryptoflowError(
        f"{error.filename or 'the disk'}: {error.strerror}",
        fix="mend that, or set CRYPTOFLOW_HOME to a folder that can be written; `cryptoflow doctor` looks closer",
        code=ExitCode.UNAVAILABLE,
    )


def _left(arguments: list[str]) -> int:
    """Run the command and return the code it left with, everything it said being out."""
    try:
        app(args=arguments, prog_name="cryptoflow")
    except SystemExit as leaving:
        if isinstance(leaving.__context__, BrokenPipeError):
            raise leaving.__context__ from None
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    finally:
        sys.stdout.flush()
    return int(ExitCode.OK)
