"""`journal`: what happened, event by event."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cryptoflow.domain.journal.recorded import Recorded
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.data.days import Days
from cryptoflow.pipelines.journals.place import accounts, known, opened
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.reading import PAGE, Wanted, following, newest


class Asked(NamedTuple):
    """Which events somebody wants to see; `last` None for all."""

    account: str | None
    names: tuple[str, ...] = ()
    stream: str = ""
    days: Days = Days()
    last: int | None = None


async def listed(asked: Asked) -> AsyncIterator[Recorded]:
    """Yield the events that were asked for, the last so many of them, or all."""
    asked.days.span()  # refuses days in the wrong order
    account = asked.account or only()
    wanted = Wanted(account, names=asked.names, stream=asked.stream, since=asked.days.start(), until=asked.days.end())
    async with opened(account) as database:
        if asked.last is not None:
            async with database.reading() as connection:
                found = await connection.run_sync(newest, wanted, asked.last)
            for each in found:
                yield each
            return
        while some := await _page(database, wanted):
            for each in some:
                yield each
            wanted = wanted.following(some)


async def _page(database: Database, wanted: Wanted) -> list[Recorded]:
    """Return the next events, in a transaction of their own: whoever shows them may take hours over it."""
    async with database.reading() as connection:
        return await connection.run_sync(following, wanted, PAGE)


def only() -> str:
    """Return the one account that has a journal here."""
    found = accounts()
    if len(found) == 1:
        return found[0]
    what = "several accounts have a journal" if found else "no account has a journal here"
    raise CryptoflowError(what, fix=f"name one: {known(found)}" if found else known(found), code=ExitCode.USAGE)


def as_object(event: Recorded) -> dict[str, Any]:
    """Return an event as a program reads it."""
    return {**event._asdict(), "payload": json.loads(event.payload)}


def line_of(event: Recorded) -> str:
    """Return an event as a line: its number, when, what, about whom, and what it says."""
    at = datetime.fromtimestamp(event.at / 1000, UTC)
    said = " ".join(
        f"{name}={spelled(value)}" for name, value in json.loads(event.payload).items() if is_news(event, value)
    )
    return f"{event.seq:>7}  {at:%Y-%m-%d %H:%M:%S}  {event.name:<22} {event.stream}  {said}".rstrip()


def is_news(event: Recorded, value: Any) -> bool:
    """Say whether a value of an event says something that its stream does not."""
    return value not in (None, "") and f"/{value}" not in event.stream


def spelled(value: Any) -> str:
    """Return a value of an event as one word.

    >>> spelled("1.5"), spelled("two words"), spelled(["BTC/USDT"])
    ('1.5', '"two words"', '["BTC/USDT"]')
    """
    if isinstance(value, str) and " " not in value:
        return value
    return json.dumps(value, ensure_ascii=False)
