"""What waits in a database for somebody: messages on their way out, dead letters, commands of operators."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from cryptoflow.domain.kept.command import CommandState
from cryptoflow.domain.kept.message import MessageState
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.tables.runtime import CommandRow, OutboxRow

OUTBOX, COMMANDS = map(table_of, (OutboxRow, CommandRow))

OPEN = (CommandState.WAITING.value, CommandState.TAKEN.value)
"""States of a command that nobody has answered."""

HOUR = 3_600_000


class Pending(NamedTuple):
    """How many messages wait, how many are dead letters, and commands without an answer.

    `oldest` is when the oldest dead letter was written, `error` why it did not arrive.
    """

    waiting: int = 0
    dead: int = 0
    oldest: int | None = None
    error: str | None = None
    commands: int = 0

    def facts(self, now: int) -> dict[str, Any]:
        """Return it as plain values; ages are in seconds."""
        age = None if self.oldest is None else (now - self.oldest) / 1000
        dead = {"count": self.dead, "oldest_seconds": age, "oldest_error": self.error}
        return {"messages_waiting": self.waiting, "dead_letters": dead, "commands_open": self.commands}

    def told(self, now: int) -> Iterator[str]:
        """Yield it in lines, that of dead letters only where there are any.

        >>> list(Pending(2, 1, 0, "410 Gone").told(2 * HOUR))
        ['2 messages wait, 0 commands are open', '1 dead letter, the oldest 2.0 h old: 410 Gone']
        """
        waiting = "1 message waits" if self.waiting == 1 else f"{self.waiting:,} messages wait"
        yield f"{waiting}, {'1 command is' if self.commands == 1 else f'{self.commands:,} commands are'} open"
        if self.oldest is not None:
            age = f"{(now - self.oldest) / HOUR:,.1f} h old"
            dead = f"{self.dead:,} dead letter{'s' * (self.dead > 1)}"
            yield f"{dead}, the oldest {age}: {self.error or 'nobody said why'}"


def pending(connection: Connection) -> Pending:
    """Return what waits in a database."""
    counted = select(OUTBOX.c.state, func.count().label("messages")).group_by(OUTBOX.c.state)
    messages = {row.state: row.messages for row in connection.execute(counted)}
    letters = select(OUTBOX.c.made_at, OUTBOX.c.error).where(OUTBOX.c.state == MessageState.DEAD.value)
    oldest = connection.execute(letters.order_by(OUTBOX.c.made_at, OUTBOX.c.id).limit(1)).first()
    commands = select(func.count()).select_from(COMMANDS).where(COMMANDS.c.state.in_(OPEN))
    waiting, dead = (messages.get(state.value, 0) for state in (MessageState.WAITING, MessageState.DEAD))
    at, error = oldest or (None, None)
    return Pending(waiting, dead, at, error, connection.scalar(commands) or 0)
