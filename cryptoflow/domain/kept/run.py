"""A run: a spec that decides, or has decided, for an account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """A run by its id, which is made of its contents; `manifest` is the text of its `run.json`."""

    id: str
    account: str
    mode: str
    spec: str
    spec_hash: str
    code: str
    started_at: int
    ended_at: int | None
    manifest: str
