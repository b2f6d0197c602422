"""Messages that leave the process: written with what they tell of, sent afterwards, at least once."""

from collections.abc import Collection
from dataclasses import asdict, replace

from cryptoflow.domain.kept.message import Message, MessageState
from cryptoflow.storage.events.appending import Conflict
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.runtime import OutboxRow
from cryptoflow.storage.work.conditions import Condition, Row, among, at_most, below, equal
from cryptoflow.storage.work.repositories.collection import value_of
from cryptoflow.storage.work.transaction import Transaction

OUTBOX = table_of(OutboxRow)


class Outbox:
    """The messages of all channels."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, message: Message) -> Message:
        """Keep a message and return it with its number; one of the same key that is there already is that message."""
        values = asdict(message)
        del values["id"]
        row = await self._transaction.add(OUTBOX, values)
        if row is not None:
            return message_of(row)
        known = await self.get(message.key)
        if known is None or (known.channel, known.payload) != (message.channel, message.payload):
            raise Conflict(f"message {message.key} is another one here")
        return known

    async def get(self, key: str) -> Message | None:
        """Return a message by its key, None where there is none."""
        found = await self._find(equal("key", key))
        return found[0] if found else None

    async def claim(self, now: int, until: int, count: int) -> list[Message]:
        """Return messages that are due, for one attempt each; they are due again at `until` if nothing is said."""
        waiting = equal("state", MessageState.WAITING.value)
        rows = await self._transaction.find(
            OUTBOX, waiting, at_most("due_at", now), order=("due_at", "id"), limit=count, claim=True
        )
        found = [message_of(row) for row in rows]
        for attempts in {each.attempts for each in found}:
            same = [each.id for each in found if each.attempts == attempts]
            await self._transaction.change(OUTBOX, {"attempts": attempts + 1, "due_at": until}, among("id", same))
        return [replace(each, attempts=each.attempts + 1, due_at=until) for each in found]

    async def sent(self, message: Message) -> None:
        """Say that an attempt has arrived, whoever tried meanwhile."""
        await self._transaction.change(
            OUTBOX, {"state": MessageState.SENT.value, "error": None}, equal("id", message.id)
        )

    async def again(self, message: Message, error: str, due_at: int) -> None:
        """Say that an attempt failed, and when the next one is due."""
        await self._failed(message, {"error": error, "due_at": due_at})

    async def give_up(self, message: Message, error: str) -> None:
        """Put a message among the dead letters."""
        await self._failed(message, {"error": error, "state": MessageState.DEAD.value})

    async def dead(self, channel: str | None = None) -> list[Message]:
        """Return the dead letters, of a channel or of all, in the order in which they were written."""
        return await self._find(*self._dead(channel))

    async def replay(self, keys: Collection[str], now: int) -> int:
        """Make dead letters due as if they were new, and return how many."""
        values = {"state": MessageState.WAITING.value, "attempts": 0, "due_at": now, "error": None}
        return await self._transaction.change(OUTBOX, values, *self._dead(None), among("key", keys))

    async def purge(self, before: int) -> int:
        """Remove what was written before a moment and has arrived or is dead, and return how many."""
        over = among("state", [MessageState.SENT.value, MessageState.DEAD.value])
        return await self._transaction.remove(OUTBOX, over, below("made_at", before))

    async def _failed(self, message: Message, values: dict[str, object]) -> None:
        """Change a message unless another attempt has begun since, or has arrived."""
        waiting = equal("state", MessageState.WAITING.value)
        this = (equal("id", message.id), equal("attempts", message.attempts), waiting)
        await self._transaction.change(OUTBOX, values, *this)

    async def _find(self, *where: Condition) -> list[Message]:
        return [message_of(row) for row in await self._transaction.find(OUTBOX, *where, order=("id",))]

    @staticmethod
    def _dead(channel: str | None) -> list[Condition]:
        dead = equal("state", MessageState.DEAD.value)
        return [dead] if channel is None else [dead, equal("channel", channel)]


def message_of(row: Row) -> Message:
    """Return a row as a message."""
    return value_of(Message, row, state=MessageState(row["state"]))
