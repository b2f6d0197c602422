"""Is this machine fit to run? Each check says what it saw and, if that is not well, what to do.

Nothing is asked of the network but whether the servers that are named in the settings answer.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from cryptoflow.errors import CryptoflowError
from cryptoflow.report.checks_table import FAIL, OK, WARN, Check

OLDEST = (3, 11)
ROOM_TO_WORK, ROOM_TO_START = 1_000_000_000, 50_000_000
"""Bytes free below which a run may soon, or will surely, have no room for what it writes."""

MAIN = "main"
"""The account of a spec that names none."""

NARROWEST = 80
"""Columns of a terminal that tables fit into."""

FOR_DEVELOPERS = {"dev"}
ELSEWHERE = ("CRYPTOFLOW_CACHE", "CRYPTOFLOW_ACCOUNTS")
"""Variables that are read outside of the settings."""


def examine() -> tuple[Check, ...]:
    """Look at everything a run depends on."""
    return tuple(check for look in LOOKS for check in _guarded(look))


def _guarded(look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from look()
    except CryptoflowError as error:
        problem = error.problems[0]
        yield Check(look.__name__.strip("_"), FAIL, problem.what, problem.fix)


def _python() -> Iterator[Check]:
    here = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        yield Check("python", FAIL, f"{here} at {sys.executable}", f"install Python {oldest} or newer")
    else:
        yield Check("python", OK, f"{here} at {sys.executable}")


def _packages() -> Iterator[Check]:
    """Required packages that are missing fail, those of an extra are worth a word."""
    try:
        needed = requires("cryptoflow") or []
    except PackageNotFoundError:
        yield Check("packages", WARN, "cryptoflow runs from a folder and is not installed", "pip install --editable .")
        return
    missing: dict[str, list[str]] = {}
    for requirement in needed:
        package, extra = named(requirement)
        if extra not in FOR_DEVELOPERS and not _installed(package):
            missing.setdefault(extra, []).append(package)
    lacking = missing.pop("", [])
    if lacking:
        yield Check("packages", FAIL, f"missing: {', '.join(lacking)}", f"pip install {' '.join(lacking)}")
    else:
        yield Check("packages", OK, "all that are required are there")
    for extra, packages in missing.items():
        told = f"extra {extra} is not installed: {', '.join(packages)}"
        yield Check("packages", WARN, told, f"pip install 'cryptoflow[{extra}]', if you want it")


def named(requirement: str) -> tuple[str, str]:
    """Return the package of a requirement, and the extra that it belongs to.

    >>> named("keyring>=25; extra == 'keyring'"), named("numpy>=2.1")
    (('keyring', 'keyring'), ('numpy', ''))
    """
    package, _, condition = requirement.partition(";")
    end = next((place for place, letter in enumerate(package) if letter in "<>=!~ [("), len(package))
    extra = condition.partition("extra ==")[2].strip(" \"'")
    return package[:end], extra


def _installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _settings() -> Iterator[Check]:
    from cryptoflow.settings import PREFIX, Settings, settings
    from cryptoflow.spec.nearest import suggestion

    known = (*(f"{PREFIX}{field.upper()}" for field in Settings.model_fields), *ELSEWHERE)
    settings()
    given = sorted(name for name in os.environ if name.startswith(PREFIX))
    unread = [name for name in given if name.partition("__")[0] not in known]
    for name in unread:
        yield Check("settings", WARN, f"nothing reads {name}", suggestion(name, known, "variables"))
    if not unread:
        yield Check("settings", OK, ", ".join(given) or "no variables are set, so defaults hold")


def _state() -> Iterator[Check]:
    from cryptoflow.pipelines.home import home_of

    home = home_of()
    refused = unwritable(home)
    if refused:
        yield Check("state", FAIL, f"{home}: {refused}", "make it writable, or set CRYPTOFLOW_HOME")
        return
    free = shutil.disk_usage(_nearest(home)).free
    state = FAIL if free < ROOM_TO_START else WARN if free < ROOM_TO_WORK else OK
    fix = "" if state == OK else "make room, or set CRYPTOFLOW_HOME to a larger disk"
    yield Check("state", state, f"{home}, {free / 1e9:,.1f} GB free", fix)


def _compiled() -> Iterator[Check]:
    from cryptoflow.pipelines.warmup import compiled_folder, parts

    folder = compiled_folder()
    cold = [part.name for part in parts() if part.is_cold()]
    if not cold:
        yield Check("compiled", OK, f"everything, in {folder}")
        return
    told = "the engine has yet to be compiled, once" if "kernel" in cold else f"{len(cold)} parts are to be compiled"
    yield Check("compiled", WARN, f"{told}, into {folder}", "`cryptoflow warmup` does it now; else the next run will")


def _specs() -> Iterator[Check]:
    folder = Path("configs")
    specs = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    if specs:
        yield Check("specs", OK, f"{len(specs)} in {folder.resolve()}")
    else:
        yield Check("specs", WARN, f"none in {folder.resolve()}", "`cryptoflow init` writes a first one")


def _terminal() -> Iterator[Check]:
    if not sys.stdout.isatty():
        yield Check("terminal", OK, "none: tables without colour, no progress")
        return
    from rich.console import Console

    console = Console()
    colours = "no colour" if console.no_color or not console.color_system else f"colour {console.color_system}"
    fix = f"make it {NARROWEST} columns wide, and tables need not fold" if console.width < NARROWEST else ""
    yield Check("terminal", WARN if fix else OK, f"{console.width} columns, {colours}", fix)


def _clock() -> Iterator[Check]:
    """A clock that is behind our own files is wrong; bars, keys and leases all depend on it."""
    written = Path(__file__).stat().st_mtime
    now = time.time()
    shown = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(now))
    zone = f"{shown} UTC; this machine shows {time.tzname[time.localtime(now).tm_isdst > 0]}, everything here is UTC"
    if now < written - 86_400:
        yield Check("clock", FAIL, f"{shown} UTC is before this program was installed", "set the clock (NTP)")
    else:
        yield Check("clock", OK, zone)


def _journals() -> Iterator[Check]:
    from cryptoflow.pipelines.journals.place import accounts

    if accounts():
        from cryptoflow.pipelines.journals.ends import journals

        yield from journals()


def _tier() -> Iterator[Check]:
    """Look at the tier of the account that most have, and at the set-up that its file advises."""
    from cryptoflow.pipelines.journals.place import accounts

    if MAIN in accounts():
        from asyncio import run

        from cryptoflow.pipelines.tiers.setup import advice
        from cryptoflow.pipelines.tiers.telling import shown

        found = run(shown(MAIN))
        missing = [each for each in advice(found.tier) if not each.here]
        told = f"{MAIN} is in tier {found.tier.tier} ({found.tier.name})"
        if missing:
            told += f"; advised and not seen from here: {', '.join(each.what for each in missing)}"
        yield Check("tier", WARN if missing else OK, told, "; ".join(each.fix for each in missing))


def _database() -> Iterator[Check]:
    """Look at the database that is named, or at the file that stands for it where there is one already."""
    from cryptoflow.pipelines.databases.targets import shared
    from cryptoflow.settings import settings

    if settings().database_url is not None or shared().exists():
        from cryptoflow.pipelines.servers import database

        yield from database()


def _redis() -> Iterator[Check]:
    from cryptoflow.settings import settings

    url = settings().redis_url
    if url is not None:
        from cryptoflow.pipelines.servers import redis

        yield redis(url)


def unwritable(folder: Path) -> str:
    """Return why a folder cannot be written, or that it could be made; empty when it can."""
    there = _nearest(folder)
    if not there.is_dir():
        return f"{there} is no folder"
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return error.strerror or str(error)


def _nearest(path: Path) -> Path:
    """Return the path, or the first folder above it that is there."""
    return next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())


LOOKS = (
    _python,
    _packages,
    _settings,
    _state,
    _compiled,
    _specs,
    _terminal,
    _clock,
    _journals,
    _tier,
    _database,
    _redis,
)
