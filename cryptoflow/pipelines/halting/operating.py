"""`kill` and `resume`: written at once where nobody trades the account, asked of whoever does otherwise."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from getpass import getuser
from typing import Any, NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.domain.kept.command import Command, CommandState
from cryptoflow.domain.recovery.asking import KILL, RESUME, obeyed, outdated
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.databases.opening import ready
from cryptoflow.pipelines.databases.targets import shared
from cryptoflow.pipelines.halting.standing import lease_of, switch_of
from cryptoflow.pipelines.halting.unmanned import carried_out
from cryptoflow.pipelines.journals.writing import appending, journal_of
from cryptoflow.pipelines.operators import person
from cryptoflow.storage.away import Away
from cryptoflow.storage.events.journal import Journal
from cryptoflow.storage.files import existing
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.grants import LeaseHeld
from cryptoflow.storage.work.sql_store import SqlStore
from cryptoflow.storage.work.unit import Work

GLANCE = 0.05
"""Seconds between two looks for an answer."""


REACH = 5.0
"""Seconds that a server has to answer before a kill goes on without it."""

NOT_THERE = frozenset({ExitCode.UNAVAILABLE, ExitCode.INVALID, ExitCode.USAGE})
"""How an error ends that is a database's: away, none of ours or damaged, or not named as one is."""


class Done(NamedTuple):
    """What came of it: in the words of whoever did it, and the number of the command where that was another process.

    `without_lease` is why the database of leases could not be used, where it was done all the same.
    """

    account: str
    answer: str
    command: int | None = None
    without_lease: str | None = None


async def kill(account: str, reason: str, by: str, clock: Clock, wait: float) -> Done:
    """Trip the kill switch of an account; where it has tripped, nothing changes.

    Nothing but the journal is needed for that: without the leases it is written past whoever holds the account.
    """
    journal_of(account)
    told = {"reason": reason}
    try:
        await _answers(account, clock)
        return await _done(account, KILL, told, by, clock, wait)
    except CryptoflowError as error:
        if error.code not in NOT_THERE:
            raise
        return await _past_leases(account, KILL, told, by, clock, error)


async def resume(account: str, operator: str, phrase: str, cause: str, clock: Clock, wait: float) -> Done:
    """Release the kill switch of an account, or raise what is missing; where nothing has tripped, nothing changes.

    It is asked for now: what nobody answers is taken back, so that it releases no trip that is looked at later.
    """
    name = person(operator)
    return await _done(account, RESUME, {"operator": name, "phrase": phrase, "cause": cause}, name, clock, wait)


async def _done(account: str, name: str, told: Mapping[str, Any], by: str, clock: Clock, wait: float) -> Done:
    journal_of(account)
    try:
        async with appending(account, name, clock) as journal, ready(shared()) as database:
            store = SqlStore(database)
            if name == RESUME:
                await _emptied(account, journal, clock, store)  # or a kill from before the release trips it again
            command = Command(0, account, name, told, by, clock.now(), CommandState.TAKEN)
            answer = await _granted(account, command, journal, clock)
            if name == KILL:
                async with store.work(account) as work:
                    await _overtaken(work, name, clock.now())
                    await work.commit()
            return Done(account, answer)
    except LeaseHeld as other:
        return await _asked(account, name, told, by, clock, wait, other)


async def _answers(account: str, clock: Clock) -> None:
    """Raise `Away` where the leases are on a server that does not answer soon: a driver would wait for a minute."""
    if shared().file is not None:
        return
    try:
        async with asyncio.timeout(REACH):
            await lease_of(account, clock)
    except TimeoutError as error:
        raise Away(shared().name, "it does not answer in time") from error


async def _past_leases(
    account: str, name: str, told: Mapping[str, Any], by: str, clock: Clock, error: CryptoflowError
) -> Done:
    """Do what a command asks for under the token that the journal knows: none is newer, so nobody is kept out by it."""
    file = journal_of(account)
    token = await asyncio.to_thread(floor_of, file, account)
    journal = Journal(await asyncio.to_thread(existing, file), account, clock, token=token)
    try:
        command = Command(0, account, name, told, by, clock.now(), CommandState.TAKEN)
        answer = await _granted(account, command, journal, clock)
    finally:
        await journal.close()
    return Done(account, answer, without_lease=error.problems[0].what)


async def _asked(
    account: str, name: str, told: Mapping[str, Any], by: str, clock: Clock, wait: float, other: LeaseHeld
) -> Done:
    """Leave a command for the process that holds the account, once, and return its answer.

    Whoever held it for a moment only, as `tilt ingest` does, answers nothing: once the account is free it is done here.
    """
    async with ready(shared()) as database:
        store = SqlStore(database)
        command = await _left(account, name, told, by, clock, store)
        withdrawn = False
        try:
            for _ in range(max(2, round(wait / GLANCE))):
                if (done := await _answered(account, command, store)) is not None:
                    return done
                grant, at = await lease_of(account, clock)
                if not grant.left(at):
                    with suppress(LeaseHeld):
                        await _serve(account, name, clock, store)
                        continue
                await asyncio.sleep(GLANCE)
        finally:  # also where whoever asks will not wait any longer
            if name == RESUME:
                async with store.work(account) as work:
                    withdrawn = await work.commands.withdraw(command.id, "nobody answered in time", clock.now())
                    await work.commit()
        if not withdrawn and (done := await _answered(account, command, store)) is not None:
            return done
    said = "the release was taken back, so ask again" if withdrawn else "it does so as soon as it can"
    raise CryptoflowError(
        f"{other.grant.holder} holds {account}, and has not answered command {command.id} within {wait:g} s",
        fix=f"{said}; if that process hangs end it, and ask again once its lease has run out",
        code=ExitCode.LEASE_HELD,
    )


async def _left(account: str, name: str, told: Mapping[str, Any], by: str, clock: Clock, store: SqlStore) -> Command:
    """Leave a command in the inbox, or find it there, and return it."""
    async with store.work(account) as work:
        await _overtaken(work, name, clock.now())
        waiting = [each for each in await work.commands.unanswered() if (each.name, each.payload) == (name, told)]
        command = waiting[0] if waiting else await work.commands.ask(name, told, by, clock.now())
        await work.commit()
    return command


async def _overtaken(work: Work, name: str, at: int) -> None:
    """Take back the releases that a command leaves no sense to: all before a kill, else those of too long ago."""
    why = "a kill was asked for after it" if name == KILL else "it was asked for too long ago"
    for each in await work.commands.unanswered():
        if each.name == RESUME and (name == KILL or outdated(each, at)):
            await work.commands.withdraw(each.id, why, at)


async def _answered(account: str, command: Command, store: SqlStore) -> Done | None:
    """Return what was answered to a command, None where nothing was, and raise why it was refused."""
    async with store.view(account) as work:
        found = await work.commands.get(command.id)
    if found is not None and found.state is CommandState.REFUSED:
        raise CryptoflowError(f"refused: {found.answer}", code=ExitCode.REFUSED)
    done = found is not None and found.state is CommandState.DONE
    return Done(account, found.answer or "", command.id) if found is not None and done else None


async def _serve(account: str, what: str, clock: Clock, store: SqlStore) -> None:
    """Do what waits in an account's inbox, as the process that holds it."""
    async with appending(account, what, clock) as journal:
        await _emptied(account, journal, clock, store)


async def _emptied(account: str, journal: Journal, clock: Clock, store: SqlStore) -> None:
    """Do what waits in an account's inbox, in the order in which it was asked."""
    while True:
        async with store.work(account, token=journal.token) as work:
            command = await work.commands.take()
            if command is None:
                return
            try:
                answer = await _granted(account, command, journal, clock)
                await work.commands.answer(command.id, answer, clock.now())
            except CryptoflowError as error:
                await work.commands.refuse(command.id, error.problems[0].what, clock.now())
            await work.commit()


async def _granted(account: str, command: Command, journal: Journal, clock: Clock) -> str:
    """Write what a command asks for and return the answer; before a release a plan that has nothing to do is ended."""
    switch = await switch_of(account)
    if command.name == RESUME:
        switch, left = await carried_out(account, switch, journal, clock)
        if left:
            raise CryptoflowError(
                f"{account} is not released: its recovery plan has not finished, "
                f"and its journal has still open: {'; '.join(left)}",
                fix=f"`cryptoflow live SPEC --account {account}` starts for exits only, with that plan first",
                code=ExitCode.REFUSED,
            )
    drafts, answer = obeyed(account, switch, command, clock.now())
    if drafts:
        await journal.append(drafts)
    return answer


def login() -> str:
    """Return who gives a command on this machine."""
    try:
        return getuser()
    except (KeyError, OSError):  # a container whose user has no name
        return "operator"
