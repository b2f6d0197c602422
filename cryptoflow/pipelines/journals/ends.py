"""What `doctor` asks of journals: do they open, and end where they say? A whole look is `audit verify`."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from sqlalchemy import Connection, select

from cryptoflow.domain.journal.recorded import Head
from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.databases.asking import asked
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import Target, targets
from cryptoflow.pipelines.journals.copies import parted
from cryptoflow.report.checks_table import FAIL, OK, WARN, Check
from cryptoflow.storage.events.appending import EVENTS
from cryptoflow.storage.events.reading import accounts, bounds

PATIENCE = 5.0
"""Seconds that the database may take to tell where its copies end."""

UPGRADE = "cryptoflow db upgrade"


class Ended(NamedTuple):
    """Where an account's journal says that it ends, and the last event that is there."""

    account: str
    place: str
    said: Head | None
    found: Head


def journals() -> list[Check]:
    """Look at the journal of every account of this machine; nothing where there is none."""
    files = targets()[1:]
    looks, errors = asyncio.run(asked(files, ends))
    found = [each for look in looks for each in look]
    wrong = [*map(unusable, errors), *(check for each in found if (check := odd("journals", each)))]
    if not wrong:
        wrong = asyncio.run(shortened(files))
    if wrong or not files:
        return wrong
    events = sum(each.found.seq for each in found)
    many = "one journal" if len(files) == 1 else f"{len(files)} journals"
    return [Check("journals", OK, f"{many}, {events:,} events, no end is missing")]


async def ends(target: Target) -> list[Ended]:
    """Return the ends of all journals in a database."""
    async with ready(target, reads=True) as database, database.reading() as connection:
        return await connection.run_sync(_ends, target.name)


def _ends(connection: Connection, place: str) -> list[Ended]:
    found = []
    for account in accounts(connection):
        start, said = bounds(connection, account)
        found.append(Ended(account, place, said, _last(connection, account) or start))
    return found


def _last(connection: Connection, account: str) -> Head | None:
    """Return the last event, None where none is kept; its payload is not asked for, nor judged."""
    columns = select(EVENTS.c.seq, EVENTS.c.hash).where(EVENTS.c.account == account)
    row = connection.execute(columns.order_by(EVENTS.c.seq.desc()).limit(1)).first()
    return Head(*row) if row is not None else None


async def shortened(files: Sequence[Target]) -> list[Check]:
    """Return what to say of journals that are not those of which the shared database has copies, while it answers."""
    found = []
    with suppress(CryptoflowError, TimeoutError):  # a look of its own tells what is wrong with the database
        async with asyncio.timeout(PATIENCE):
            for each in files:
                if broken := await parted(each, each.own or ""):
                    told = f"the journal of {each.own}: {broken}"
                    found.append(Check("journals", FAIL, told, f"cryptoflow audit verify {each.own}"))
    return found


def odd(name: str, end: Ended) -> Check | None:
    """Return what to say of a journal that does not end where it says, None where all is well."""
    said = end.said or Head()
    if said == end.found:
        return None
    if end.said is None:
        told = f"has its last event {end.found.seq}, but the row that says where it ends is gone"
    elif said.seq != end.found.seq:
        told = f"says that it ends with event {said.seq}, but the last one there is {end.found.seq}"
    else:
        told = f"does not end with the event {said.seq} that it was sealed with"
    where = "" if end.place == f"journal of {end.account}" else f" in the {end.place}"
    return Check(name, FAIL, f"the journal of {end.account}{where} {told}", f"cryptoflow audit verify {end.account}")


def unusable(error: CryptoflowError) -> Check:
    """Return what to say of a journal that cannot be looked at; one of an older revision is soon mended."""
    problem = error.problems[0]
    fix = problem.fix or "move it elsewhere: only journals belong into this folder"
    return Check("journals", WARN if fix == UPGRADE else FAIL, problem.what, fix)
