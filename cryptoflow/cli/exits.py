"""Which exit codes each command can end with, and what they mean there: an API, so the page and the code agree."""

from collections.abc import Iterator, Mapping

from cryptoflow.errors import ExitCode

OK, USAGE, INVALID, UNAVAILABLE = ExitCode.OK, ExitCode.USAGE, ExitCode.INVALID, ExitCode.UNAVAILABLE
REFUSED, PROOF_FAILED, CHANGED = ExitCode.REFUSED, ExitCode.PROOF_FAILED, ExitCode.CHANGED

MEANINGS: Mapping[ExitCode, tuple[str, str]] = {
    OK: ("it did what was asked", "`cryptoflow validate configs/btc_trend.yaml`"),
    ExitCode.BUG: ("our bug: the traceback belongs into a report", "none that we know of"),
    USAGE: ("the command line is wrong: an option, a missing argument, a file in the way", "`cryptoflow backtest`"),
    INVALID: (
        "a spec, a plugin, data or a run is not as it must be",
        "`cryptoflow backtest configs/btc_trend.yaml --set sizing.risk=140%`",
    ),
    UNAVAILABLE: (
        "a venue, a folder, a package or another dependency is not there",
        "`CRYPTOFLOW_HOME=/dev/null/state cryptoflow backtest configs/btc_trend.yaml`",
    ),
    REFUSED: (
        "refused by risk, tier, tilt, kill switch, a drifted plan, or for what it would overwrite",
        "`cryptoflow backtest configs/btc_trend.yaml --record --set discipline=off`",
    ),
    PROOF_FAILED: ("what was to be proved does not hold", "`cryptoflow runs reproduce RUN` after its data changed"),
    ExitCode.LEASE_HELD: (
        "another process holds this account",
        "`cryptoflow db lease main -- true` while another one runs",
    ),
    CHANGED: ("changes were found, and asked for", "`cryptoflow diff A B --detailed-exitcode`"),
}
"""What each code means everywhere, and a command line that ends with it."""

WRONG_LINE = "an option or argument is wrong"
NO_BARS = "the store has no such bars, or the spec has mistakes"
NO_MANIFEST = f"{NO_BARS}, or a manifest is damaged; the others are listed"
NO_RUN = "no such run, or it cannot be read"

OLD_FILE = "its file is of another revision, or cannot be read now"
NO_JOURNAL = "there is no such account, or its journal is none"
NO_DATABASE = "a file is no database, or a database is none of ours"
NO_SERVER = "a database does not answer, or somebody holds it"

EXITS: Mapping[str, Mapping[ExitCode, str]] = {
    "init": {
        OK: "the project is written",
        USAGE: "a file is in the way, or the name cannot be one",
        UNAVAILABLE: "the folder cannot be written",
    },
    "validate": {
        OK: "every file is valid, warnings aside",
        USAGE: "no file to check",
        INVALID: "a file has mistakes",
    },
    "explain": {OK: "explained", USAGE: "no such key", INVALID: "the spec has mistakes"},
    "schema": {
        OK: "printed or written",
        USAGE: "no such kind, or it cannot be written",
        INVALID: "a plugin file is broken",
    },
    "diff": {
        OK: "compared, whatever was found",
        USAGE: WRONG_LINE,
        INVALID: "a side has mistakes or is not there",
        UNAVAILABLE: "git is not installed, and a side names a revision",
        CHANGED: "compared and found changes, with `--detailed-exitcode`",
    },
    "backtest": {
        OK: "the run is done and kept",
        USAGE: WRONG_LINE,
        INVALID: "the spec or its data cannot be run",
        UNAVAILABLE: "the state folder cannot be written",
        REFUSED: "its first tier unlocks none of it; with `--record`: discipline is off, or a journal is in the way",
    },
    "status": {
        OK: "told",
        USAGE: WRONG_LINE,
        INVALID: "there is no such account, or its journal is none",
        UNAVAILABLE: f"the database is away, or {OLD_FILE}",
    },
    "kill": {
        OK: "the kill switch has tripped, also when it had before",
        USAGE: WRONG_LINE,
        INVALID: "there is no such account, or its journal is none",
        UNAVAILABLE: "its journal is of another revision, or cannot be read or written now",
        REFUSED: "the account is a recorded backtest",
        ExitCode.LEASE_HELD: "the process that trades the account has not answered",
    },
    "resume": {
        OK: "released, also when nothing had tripped",
        USAGE: WRONG_LINE,
        INVALID: "there is no such account, or its journal is none",
        UNAVAILABLE: f"the database is away, or {OLD_FILE}",
        REFUSED: "the plan has not finished, operator, root cause or phrase is missing or wrong, or it is a recording",
        ExitCode.LEASE_HELD: "the process that trades the account has not answered",
    },
    "watchdog": {
        OK: "with --once: looked, also when it had to act",
        USAGE: WRONG_LINE,
        INVALID: "there is no such account, or its journal is none",
        UNAVAILABLE: f"the database is away at the start, or {OLD_FILE}",
        REFUSED: "the account is a recorded backtest",
    },
    "journal": {
        OK: "listed, also when nothing is found",
        USAGE: f"{WRONG_LINE}, or of several journals none is named",
        INVALID: "there is no such journal, or its file is none",
        UNAVAILABLE: OLD_FILE,
        PROOF_FAILED: "listed, but an event was altered so that it cannot be read",
    },
    "live": {
        OK: "not yet: this version ends before its first order",
        USAGE: f"{WRONG_LINE}, or nothing says what to run",
        INVALID: "the spec or a tier file has mistakes",
        UNAVAILABLE: "there are no keys, or a database is away; with all that is asked for: it does not trade yet",
        REFUSED: "the account has not shown that it may, or what the spec asks for is locked in its tier",
        ExitCode.LEASE_HELD: "another process holds the account",
    },
    "audit verify": {
        OK: "each event is as it was written, also when there is none",
        USAGE: WRONG_LINE,
        INVALID: "there is no such journal, or a file is none; the others are proved",
        UNAVAILABLE: f"the database is away, or {OLD_FILE}; the others are proved",
        PROOF_FAILED: "an event was altered, is missing or stands in another's place; the first is named",
    },
    "db status": {
        OK: "shown, whatever the revisions",
        USAGE: WRONG_LINE,
        INVALID: NO_DATABASE,
        UNAVAILABLE: NO_SERVER,
    },
    "db upgrade": {
        OK: "every database is what this version needs",
        USAGE: WRONG_LINE,
        INVALID: NO_DATABASE,
        UNAVAILABLE: f"{NO_SERVER}, a newer version wrote it, or a step failed and nothing came of it",
    },
    "db check": {
        OK: "every table, law and index is as this version makes it",
        USAGE: WRONG_LINE,
        INVALID: f"something differs and is named, or {NO_DATABASE}",
        UNAVAILABLE: NO_SERVER,
    },
    "db rebuild": {
        OK: "made again, also when something changed",
        USAGE: WRONG_LINE,
        INVALID: f"there is no such journal, or {NO_DATABASE}",
        UNAVAILABLE: f"{NO_SERVER}, or is of another revision",
        REFUSED: "the first events of an account were retired; its rows stay as they are",
        PROOF_FAILED: "a journal is not as it was written; its rows stay as they are",
        ExitCode.LEASE_HELD: "a process holds the account",
    },
    "db ship": {
        OK: "shipped, also when there was nothing to ship",
        USAGE: f"{WRONG_LINE}, or the settings name no database that can be used",
        INVALID: f"no such journal, or its file is none, the others are shipped; or {NO_DATABASE}",
        UNAVAILABLE: "the database is away, or of another revision",
        PROOF_FAILED: "a journal was altered, or the database holds another one; the first event is named",
        ExitCode.LEASE_HELD: "the database has seen a later holder of the account",
    },
    "db leases": {
        OK: "listed, also when there are none",
        USAGE: f"{WRONG_LINE}, or the settings name no database that can be used",
        INVALID: NO_DATABASE,
        UNAVAILABLE: "the database is away",
    },
    "db lease": {
        OK: "the command ran and ended well; otherwise the code is the command's own",
        USAGE: f"{WRONG_LINE}, or there is no such program",
        INVALID: NO_DATABASE,
        UNAVAILABLE: "the database is away",
        ExitCode.LEASE_HELD: "another process holds the account, or took it because this one could not renew",
    },
    "db retire": {
        OK: "taken away, also when there was nothing to take",
        USAGE: WRONG_LINE,
        INVALID: f"{NO_DATABASE}, or it has no such account",
        UNAVAILABLE: f"{NO_SERVER}, is of another revision, or somebody holds a table",
        REFUSED: "something is still needed, or the database is a file, whose events stay",
    },
    "db copy": {
        OK: "all of it is in the target as it was",
        USAGE: f"{WRONG_LINE}, or the target is the database to copy from",
        INVALID: f"there is no database to copy, or {NO_DATABASE}",
        UNAVAILABLE: "a database cannot be reached, or has to be upgraded first",
        REFUSED: "the target holds other events or rows under the same names, or is written to meanwhile",
        PROOF_FAILED: "a journal was altered, two contradict each other, or something is not the same in the target",
    },
    "backup create": {
        OK: "the backup is there and was restored once",
        USAGE: WRONG_LINE,
        INVALID: "there is no database yet",
        UNAVAILABLE: "a database cannot be used, a newer version wrote it, there is no room, or the folder refuses",
        REFUSED: "a restore was begun and not ended, and what is there now would have to go aside",
        PROOF_FAILED: "what was backed up is damaged itself and is named; the backup is made and keeps it as it is",
        ExitCode.LEASE_HELD: "a restore was begun and not ended, and a process has a lease of what would go aside",
    },
    "backup list": {OK: "listed, also when there are none", USAGE: WRONG_LINE},
    "backup verify": {
        OK: "every byte and event is as it was written",
        USAGE: f"{WRONG_LINE}, or both a backup and `--all` are named",
        INVALID: "no such backup",
        UNAVAILABLE: "there is no room, another look is going on, a newer version made it, or it lacks a part",
        PROOF_FAILED: "a backup is damaged, or holds what was damaged when it was taken; what of it is named",
    },
    "backup restore": {
        OK: "the backup is in use again",
        USAGE: f"{WRONG_LINE}, or the backup has no such part",
        INVALID: "no such backup",
        UNAVAILABLE: "a database cannot be reached, there is no room, a newer version made it, or it lacks a part",
        REFUSED: "something is there already, or is in use; nothing was touched",
        PROOF_FAILED: "the backup is damaged and nothing was touched, or it holds a damaged part, which is named",
        ExitCode.LEASE_HELD: "a process on some machine still has the lease of an account",
    },
    "backup drill": {
        OK: "a recovery was rehearsed and timed",
        USAGE: WRONG_LINE,
        INVALID: "no such backup",
        UNAVAILABLE: "a database cannot be reached, there is no room, a newer version made it, or it lacks a part",
        PROOF_FAILED: "the backup is damaged, or holds what was damaged when it was taken; what of it is named",
    },
    "data listings": {
        OK: "shown, also when nothing is recorded",
        USAGE: "an option is wrong, or no such venue is recorded",
        INVALID: "no such day or symbol, or a day was changed since it was recorded",
    },
    "rehearse": {
        OK: "nothing was violated",
        USAGE: WRONG_LINE,
        INVALID: "the spec is invalid, or there are no bars to play",
        UNAVAILABLE: "the state folder cannot be written",
        REFUSED: "the spec leaves discipline out, or the first tier would refuse all of its entries",
        PROOF_FAILED: "something does not hold, which is named, or too few entries were filled",
    },
    "probe lookahead": {
        OK: "nothing moved",
        USAGE: WRONG_LINE,
        INVALID: "the spec or its data cannot be run, or nothing is decided in the period",
        UNAVAILABLE: "the state folder cannot be written",
        PROOF_FAILED: "something moved, or a plugin file reads more than its bars",
        ExitCode.LEASE_HELD: "nothing moved, but a process holds the account: its journal does not know it",
    },
    "probe warmup": {
        OK: "nothing moved",
        USAGE: WRONG_LINE,
        INVALID: "the spec or its data cannot be run, or there are too few bars",
        UNAVAILABLE: "the state folder cannot be written",
        PROOF_FAILED: "something moved",
        ExitCode.LEASE_HELD: "nothing moved, but a process holds the account: its journal does not know it",
    },
    "data list": {OK: "listed, also when there are none", USAGE: WRONG_LINE, INVALID: NO_MANIFEST},
    "data show": {OK: "shown", USAGE: WRONG_LINE, INVALID: f"{NO_BARS}, or a file of theirs is damaged"},
    "data verify": {
        OK: "every byte is as it was written",
        USAGE: WRONG_LINE,
        INVALID: NO_BARS,
        PROOF_FAILED: "a file is damaged or gone",
    },
    "data gaps": {OK: "listed, also when there are none", USAGE: WRONG_LINE, INVALID: NO_MANIFEST},
    "data prune": {
        OK: "removed, also when there was nothing to remove",
        USAGE: f"{WRONG_LINE}, means nothing here, or several datasets have the name",
        INVALID: NO_BARS,
        UNAVAILABLE: "somebody adds bars to it, or a file cannot be removed",
    },
    "data export": {
        OK: "written",
        USAGE: f"{WRONG_LINE}, or a file is in the way",
        INVALID: f"{NO_BARS}, or a file of theirs is damaged",
        UNAVAILABLE: "the file cannot be written",
    },
    "runs list": {OK: "listed, also when there are none", USAGE: WRONG_LINE, INVALID: "a run cannot be read"},
    "runs show": {OK: "shown", USAGE: WRONG_LINE, INVALID: NO_RUN},
    "runs compare": {OK: "compared, whatever was found", USAGE: WRONG_LINE, INVALID: NO_RUN},
    "runs reproduce": {
        OK: "the same came out",
        USAGE: WRONG_LINE,
        INVALID: f"{NO_RUN}, or its spec or data cannot be run any more",
        PROOF_FAILED: "something else came out",
    },
    "report": {OK: "its path is printed", USAGE: WRONG_LINE, INVALID: "no such run, or its report is gone"},
    "data import": {
        OK: "the bars are in the store, or could be with `--dry-run`",
        USAGE: "an option is wrong, or a file's name does not say whose bars it holds",
        INVALID: "a file cannot be read, has rows that cannot be bars, or contradicts the store",
        UNAVAILABLE: "the state folder cannot be written",
    },
    "data download": {
        OK: "every series is there as far as the venue has it, without `--until` or a past period up to its now",
        USAGE: WRONG_LINE,
        INVALID: "the spec has mistakes, or the venue has no such bars",
        UNAVAILABLE: "a symbol could not be had, or not all of a past period because the venue's clock stands before "
        "its end, and is named, the others are there; or the venue is not there",
    },
    "data watch": {
        OK: "it watched for as long as `--for` says",
        USAGE: f"{WRONG_LINE}, or no stream of that venue can be read",
        INVALID: "the spec has mistakes, its live source listens to no market, or the venue lacks a symbol",
        UNAVAILABLE: "the venue is not there within 30 s",
    },
    "plugins list": {OK: "listed", USAGE: "no such kind", INVALID: "a plugin or the spec is broken"},
    "plugins show": {OK: "shown", USAGE: "no such kind, or several have the name", INVALID: "no such plugin"},
    "plugins new": {
        OK: "plugin and test are written",
        USAGE: "no such kind",
        INVALID: "the name cannot be one, or is taken",
        UNAVAILABLE: "the folder cannot be written",
    },
    "tier show": {
        OK: "shown",
        USAGE: WRONG_LINE,
        INVALID: f"others have journals and the account has none, or {NO_DATABASE}",
        UNAVAILABLE: OLD_FILE,
        REFUSED: "the journal is not as it was written, or a tier file of the project is looser than what ships",
    },
    "tier gates": {
        OK: "shown, whatever is met",
        USAGE: WRONG_LINE,
        INVALID: f"the spec has mistakes, others have journals and the account has none, or {NO_DATABASE}",
        UNAVAILABLE: OLD_FILE,
        REFUSED: "the journal is not as it was written, or a tier file of the project is looser than what ships",
    },
    "tier history": {
        OK: "listed, also when there is nothing",
        USAGE: WRONG_LINE,
        INVALID: f"others have journals and the account has none, or {NO_DATABASE}",
        UNAVAILABLE: OLD_FILE,
        REFUSED: "the journal is not as it was written",
    },
    "tier table": {
        OK: "shown",
        USAGE: WRONG_LINE,
        INVALID: "a tier file of the project has mistakes",
        REFUSED: "a tier file of the project is looser than the one that ships",
    },
    "tier ack": {
        OK: "taken note of",
        USAGE: f"{WRONG_LINE}, or nobody is named",
        INVALID: NO_DATABASE,
        UNAVAILABLE: "the database or the journal cannot be written",
        REFUSED: "there is no demotion to take note of, or the journal is not as it was written",
        ExitCode.LEASE_HELD: "a process trades the account",
    },
    "tilt show": {
        OK: "shown",
        USAGE: WRONG_LINE,
        INVALID: "there is no such journal, or its file is none",
        UNAVAILABLE: OLD_FILE,
    },
    "tilt history": {
        OK: "listed, also when nothing has happened",
        USAGE: WRONG_LINE,
        INVALID: "there is no such journal, or its file is none",
        UNAVAILABLE: OLD_FILE,
    },
    "tilt baseline": {
        OK: "shown",
        USAGE: WRONG_LINE,
        INVALID: "there is no such journal, or its file is none",
        UNAVAILABLE: OLD_FILE,
    },
    "tilt ingest": {
        OK: "written, with what follows from it",
        USAGE: f"{WRONG_LINE}, or there is no such file, or too much is given at once",
        INVALID: "a line has mistakes and nothing is written, there is no such journal, or its file is none",
        UNAVAILABLE: f"the journal cannot be written, or {OLD_FILE}",
        REFUSED: "the journal has seen later things, or is a recorded backtest's",
        ExitCode.LEASE_HELD: "a process trades the account",
    },
    "reflect": {
        OK: "written",
        USAGE: f"{WRONG_LINE}, or nobody is here to ask",
        INVALID: "the reflection is not finished, or there is no such journal",
        UNAVAILABLE: f"the journal cannot be written, or {OLD_FILE}",
        REFUSED: "nothing is locked, it has been given already, or the journal is a recorded backtest's",
        ExitCode.LEASE_HELD: "a process trades the account",
    },
    "venue serve": {
        OK: "it was told to end, by Ctrl-C or otherwise",
        USAGE: WRONG_LINE,
        INVALID: "the spec, its data or the faults cannot be played",
        UNAVAILABLE: "the port is taken",
    },
    "doctor": {OK: "nothing keeps a run from starting", USAGE: WRONG_LINE, UNAVAILABLE: "something does"},
    "warmup": {OK: "everything is compiled", USAGE: WRONG_LINE, UNAVAILABLE: "compiled code has nowhere to stay"},
}
"""Every command with the codes it can end with. Our bugs (1) are left out: no command is meant to end so."""


HEAD = """\
# Exit codes

Scripts may rely on them: a number never changes its meaning. What went wrong is told on standard error; with `--json`
it is one object on standard output: `{"errors": [{"what", "file", "line", "column", "fix"}], "exit_code"}`. Only a
command line that cannot be read is told as text in any case.

| code | name | meaning | example |
|---|---|---|---|"""

BETWEEN = """
Shells have two more: 130 after Ctrl-C, and 141 when whoever read the output went away (`cryptoflow … | head`).

## By command

A code that is not listed for a command is never its answer, but for 1, and for 4 where the machine itself refuses:
a right that is missing, a disk that is full.

| command | code | when |
|---|---|---|"""


def page() -> str:
    """Return the page `docs/exit-codes.md`."""
    return "\n".join((HEAD, *_meanings(), BETWEEN, *_by_command(), ""))


def _meanings() -> Iterator[str]:
    for code, (meaning, example) in MEANINGS.items():
        yield f"| {code.value} | {code.name.lower().replace('_', ' ')} | {meaning} | {example} |"


def _by_command() -> Iterator[str]:
    for command, exits in EXITS.items():
        for position, (code, when) in enumerate(exits.items()):
            yield f"| {f'`{command}`' if position == 0 else ''} | {code.value} | {when} |"
