"""What a fold had come to at an event: a saving of time, never a source of truth."""

import json
from hashlib import sha256
from typing import NamedTuple

from cryptoflow.domain.events.codec import canonical
from cryptoflow.domain.journal.fold import Folding, S
from cryptoflow.domain.journal.recorded import Head


class Snapshot(NamedTuple):
    """A fold's state after event `seq`, whose hash is `event_hash`; `hash` seals all of it."""

    account: str
    fold: str
    seq: int
    schema: int
    event_hash: str
    state: str
    hash: str

    @property
    def seal(self) -> str:
        """Return the hash that belongs to the rest."""
        return sha256(canonical(self[:-1]).encode()).hexdigest()


def taken(folding: Folding[S], account: str, head: Head, state: S) -> Snapshot:
    """Return a snapshot of a state that stands on the event `head`."""
    told = canonical(folding.tell(state))
    unsealed = Snapshot(account, folding.name, head.seq, folding.schema, head.hash, told, "")
    return unsealed._replace(hash=unsealed.seal)


def doubt(snapshot: Snapshot, folding: Folding[S], event_hash: str | None) -> str | None:
    """Return why a snapshot is not to be used, None where nothing speaks against it.

    `event_hash` is that of the event of its number in the journal, None where there is no such event.
    """
    if snapshot.schema != folding.schema:
        return f"is of schema {snapshot.schema}, not {folding.schema}"
    if snapshot.hash != snapshot.seal:
        return "was altered"
    if event_hash is None:
        return "stands on an event that the journal does not have"
    if snapshot.event_hash != event_hash:
        return "stands on another event than the journal's"
    return None


def state_of(snapshot: Snapshot, folding: Folding[S]) -> S:
    """Return the state that a snapshot tells."""
    return folding.read(json.loads(snapshot.state))
