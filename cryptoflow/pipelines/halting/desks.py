"""Who can act at a venue for an account whose own process is gone."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple

from cryptoflow.domain.ports import Desk
from cryptoflow.domain.recovery.plans import STANDARD


class Manned(NamedTuple):
    """A desk that is connected, and the plan that the account's spec asks for."""

    desk: Desk
    emergency: str = STANDARD


Desks = Callable[[str], "AbstractAsyncContextManager[Manned] | None"]
"""Opens a desk for an account; None where nobody can act for it."""

CANNOT = (
    "no broker can act at the venue from here: entry orders that rest there are not taken back, positions are not "
    "closed and keep the stops that rest there; nothing is entered any more. Look at the venue's own page now"
)
"""What a watchdog says that has no desk."""


def nobody(account: str) -> None:  # noqa: ARG001  # who is asked for an account
    """Return no desk: brokers that trade with real money are not part of this version."""
    return
