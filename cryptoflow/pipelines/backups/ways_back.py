"""What brings back a database that cannot be used: a copy of it in a backup, and which events that would cost."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptoflow.domain.journal.recorded import Head
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.backups.manifest import Manifest
from cryptoflow.pipelines.backups.place import DATABASE, Backup, asked, kept

NAMED = 3
"""How many backups are named that were no use."""


def last_good(part: str, home: Path | None = None) -> Backup | None:
    """Return the newest backup that holds a database whole, as far as a quick look tells."""
    for each in reversed(kept(home)):
        if not each.wrong() and part in each.manifest().proved.names:
            return each
    return None


def way_back(part: str, place: str, home: Path | None = None, reached: Mapping[str, int] | None = None) -> str:
    """Return what brings back a database that cannot be used, or what else to do where no backup holds it whole."""
    return last_copy(part, home, reached) or f"no backup holds it whole; {_without(part, place)}"


def last_copy(part: str, home: Path | None = None, reached: Mapping[str, int] | None = None) -> str:
    """Return the command that brings back the last good copy of a damaged database, and what that would cost."""
    good = last_good(part, home)
    if good is None:
        return ""
    heads = good.manifest().only(part).heads
    told = [
        _cost(account, heads.get(account, Head()).seq, reached or {}) for account in sorted({*heads, *(reached or {})})
    ]
    holds = f"it {'; '.join(told)}" if told else "it holds no events"
    return f"`cryptoflow backup restore {good.name} --only {part} --force` brings back the last good copy: {holds}"


def _cost(account: str, held: int, reached: Mapping[str, int]) -> str:
    """Say which events of an account a copy holds, and how far the damaged database had come.

    >>> _cost("main", 812, {"main": 1020})
    'holds events up to 812 of main, the damaged one had reached at least 1,020'
    >>> _cost("main", 812, {})
    'holds events up to 812 of main, how far the damaged one had come is not known'
    """
    come = f"had reached at least {reached[account]:,}" if account in reached else ""
    damaged = f"the damaged one {come}" if come else "how far the damaged one had come is not known"
    return f"holds events up to {held:,} of {account}, {damaged}"


def _without(part: str, place: str) -> str:
    """Say what to do about a database of which there is no copy.

    >>> _without("journal/main", "journal/main.db")
    'keep what is left of it, or move journal/main.db elsewhere if it is no journal'
    >>> _without("database", "postgresql://desk:***@db/trading").partition(": ")[0]
    'name another database with CRYPTOFLOW_DATABASE_URL'
    """
    if part != DATABASE:
        return f"keep what is left of it, or move {place} elsewhere if it is no journal"
    other = (
        "name another database with CRYPTOFLOW_DATABASE_URL"
        if "://" in place
        else f"move {place} elsewhere with what lies beside it"
    )
    return f"{other}: `cryptoflow db upgrade && cryptoflow db ship` makes a new one of the journals that are here"


def newest_with(part: str, home: Path | None = None) -> tuple[Backup, Sequence[str]]:
    """Return the newest backup that holds a database whole, and what there is to say of those that are newer."""
    asked(None, home)  # there may be none
    passed: list[str] = []
    names: set[str] = set()
    lacks, as_it_is = ExitCode.UNAVAILABLE, ""
    for each in reversed(kept(home)):
        if wrong := each.wrong():
            passed.append(f"the backup {each.name} is damaged: {'; '.join(wrong)}")
            lacks = ExitCode.PROOF_FAILED
            continue
        held = each.manifest()
        if part in held.good.names:  # of a newer version, too: nobody is rolled back behind that
            return each, _few(passed)
        names.update(held.names)
        passed.append(_lacking(each, held, part))
        if part in held.damaged:
            lacks = ExitCode.PROOF_FAILED
            as_it_is = as_it_is or f"`cryptoflow backup restore {each.name} --only {part} --force` takes it as it is"
    if part not in names and names:
        fix = f"there are {', '.join(sorted(names))}"
        raise CryptoflowError(f"there is no {part} in any backup", fix=fix, code=ExitCode.USAGE)
    what = f"no backup holds {part} whole: {'; '.join(_few(passed))}"
    raise CryptoflowError(what, fix=as_it_is or "`cryptoflow backup list` shows what they hold", code=lacks)


def _lacking(backup: Backup, held: Manifest, part: str) -> str:
    """Say that a backup holds no good copy of a part."""
    if part in held.damaged:
        return f"the backup {backup.name} holds it damaged: {', '.join(held.damaged[part])}"
    if part in held.unusable:
        return f"the backup {backup.name} holds nothing of it: {', '.join(held.unusable[part])}"
    return f"the backup {backup.name} has no such part"


def _few(passed: Sequence[str]) -> Sequence[str]:
    """Return the first of many, and how many more there are.

    >>> _few(["a", "b", "c", "d", "e"])
    ['a', 'b', 'c', 'and 2 more']
    """
    more = len(passed) - NAMED
    return [*passed[:NAMED], *([f"and {more} more"] if more > 0 else [])]
