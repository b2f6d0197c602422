"""Events as a journal keeps them: numbered, timed, with who and why, each sealed to the one before."""

from hashlib import sha256
from typing import NamedTuple

from cryptoflow.domain.events.codec import canonical, payload
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.known import read

GENESIS = "0" * 64
"""What the first event of an account is chained to."""

RECORDED, PAPER, REHEARSED = "backtest-", "paper-", "rehearse-"
"""What the names of accounts without real money begin with. Those of recorded backtests are evidence: nobody adds to
their journals.
"""

PLAYING = (RECORDED, PAPER, REHEARSED)
"""All of them."""


def is_recorded(account: str) -> bool:
    """Say whether an account is that of a recorded backtest.

    >>> is_recorded("backtest-majors-1a2b"), is_recorded("main")
    (True, False)
    """
    return account.startswith(RECORDED)


class Draft(NamedTuple):
    """An event on its way into the journal.

    `at` is when it happened, `by` who gave the command, `correlation` the decision or command that everything of one
    thread shares, `causation` the event that led to it, as `account:sequence`.
    """

    event: Event
    at: int
    by: str = "cryptoflow"
    correlation: str = ""
    causation: str = ""


class Recorded(NamedTuple):
    """An event in the journal: `seq` counts those of the account, `version` those of the stream, both from 1."""

    account: str
    seq: int
    stream: str
    version: int
    name: str
    schema: int
    at: int
    by: str
    correlation: str
    causation: str
    payload: str
    hash: str

    @property
    def event(self) -> Event:
        """Return what happened, as today's code knows it."""
        return read(self.name, self.schema, self.payload)

    def sealed(self, previous: str) -> str:
        """Return the hash that this event must have after one with the hash `previous`."""
        head = canonical([previous, *self[:-2]])
        return sha256(f"{head}\n{self.payload}".encode()).hexdigest()


class Head(NamedTuple):
    """The end of an account's journal."""

    seq: int = 0
    hash: str = GENESIS


def record(account: str, head: Head, version: int, draft: Draft) -> Recorded:
    """Return a draft as the next event of an account and the `version`th of its stream."""
    event = draft.event
    unsealed = Recorded(
        account,
        head.seq + 1,
        event.stream,
        version,
        event.name,
        event.schema,
        draft.at,
        draft.by,
        draft.correlation,
        draft.causation,
        payload(event),
        "",
    )
    return unsealed._replace(hash=unsealed.sealed(head.hash))
