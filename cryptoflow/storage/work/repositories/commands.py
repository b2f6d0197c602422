"""The inbox of the process that trades an account."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.kept.command import Command, CommandState
from cryptoflow.storage.events.appending import Conflict
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.runtime import CommandRow
from cryptoflow.storage.work.conditions import Condition, Row, among, equal
from cryptoflow.storage.work.repositories.collection import value_of
from cryptoflow.storage.work.transaction import Transaction

COMMANDS = table_of(CommandRow)


class Commands:
    """What is asked of an account: each command is taken once, in the order in which they were asked.

    `token` is the fencing token of whoever takes: a process that has lost its lease takes nothing.
    """

    def __init__(self, transaction: Transaction, account: str, token: int) -> None:
        self._transaction, self._account, self._token = transaction, account, token

    async def ask(self, name: str, payload: Mapping[str, Any], by: str, at: int) -> Command:
        """Leave a command for the process that trades the account."""
        row = await self._transaction.add(
            COMMANDS,
            {
                "account": self._account,
                "name": name,
                "payload": canonical(payload),
                "by": by,
                "asked_at": at,
                "state": CommandState.WAITING.value,
                "answered_at": None,
                "answer": None,
            },
        )
        assert row is not None  # the store numbers it, so no other can have its key
        return command_of(row)

    async def take(self) -> Command | None:
        """Return the next command that nobody has taken, None where none waits; with the commit it is taken."""
        await self._transaction.lock(self._account, self._token)
        while found := await self._find(equal("state", CommandState.WAITING.value), limit=1):
            if await self._moved(found[0].id, CommandState.WAITING, state=CommandState.TAKEN.value):
                return replace(found[0], state=CommandState.TAKEN)
        return None

    async def withdraw(self, command: int, reason: str, at: int) -> bool:
        """Refuse a command that nobody has taken, as those who ask do; return False where somebody was before them."""
        state = CommandState.REFUSED.value
        return await self._moved(command, CommandState.WAITING, state=state, answer=reason, answered_at=at)

    async def answer(self, command: int, answer: str, at: int) -> None:
        """Say what was done."""
        await self._answered(command, CommandState.DONE, answer, at)

    async def refuse(self, command: int, reason: str, at: int) -> None:
        """Say why it was not done."""
        await self._answered(command, CommandState.REFUSED, reason, at)

    async def get(self, command: int) -> Command | None:
        """Return a command by its number, None where there is none."""
        found = await self._find(equal("id", command))
        return found[0] if found else None

    async def unanswered(self) -> list[Command]:
        """Return what waits or was taken without an answer, as by a process that died."""
        return await self._find(among("state", [CommandState.WAITING.value, CommandState.TAKEN.value]))

    async def _answered(self, command: int, state: CommandState, answer: str, at: int) -> None:
        if not await self._moved(command, CommandState.TAKEN, state=state.value, answer=answer, answered_at=at):
            raise Conflict(f"command {command} of {self._account} is not {CommandState.TAKEN}")

    async def _moved(self, command: int, before: CommandState, **values: Any) -> bool:
        where = (equal("account", self._account), equal("id", command), equal("state", before.value))
        return await self._transaction.change(COMMANDS, values, *where) > 0

    async def _find(self, *where: Condition, limit: int | None = None) -> list[Command]:
        mine = equal("account", self._account)
        rows = await self._transaction.find(COMMANDS, mine, *where, order=("id",), limit=limit)
        return [command_of(row) for row in rows]


def command_of(row: Row) -> Command:
    """Return a row as a command."""
    return value_of(Command, row, payload=json.loads(row["payload"]), state=CommandState(row["state"]))
