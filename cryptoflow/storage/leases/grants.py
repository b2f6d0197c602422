"""Who may write for an account, until when: one holder at a time, under a token that rises with each.

A lease ends by itself, so nobody has to unlock what a dead process held. Every verb here runs inside a transaction
of the caller's, which has the row for itself. The time that counts is that of the database where hosts share one
(PostgreSQL), and of the given clock where all are on one machine (SQLite).
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Connection, cast, extract, func, select, update

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.events.appending import fence
from cryptoflow.storage.events.extent import extent_of
from cryptoflow.storage.rows.projecting import table_of
from cryptoflow.storage.rows.statements import inserting
from cryptoflow.storage.tables.runtime import LeaseRow

LEASES = table_of(LeaseRow)

NOBODY = ""
"""The holder of a lease that was given back."""


class Grant(NamedTuple):
    """An account's lease as the database has it; moments are epoch milliseconds."""

    account: str
    holder: str = NOBODY
    token: int = 0
    taken_at: int = 0
    expires_at: int = 0

    def left(self, now: int) -> int:
        """Return for how many milliseconds somebody holds it yet.

        >>> Grant("main", "desk", 1, 0, 60_000).left(45_000), Grant("main").left(45_000)
        (15000, 0)
        """
        return max(0, self.expires_at - now) if self.holder != NOBODY else 0


class LeaseHeld(CryptoflowError):
    """Another process holds the lease; `left` is for how many milliseconds it does unless it renews."""

    def __init__(self, grant: Grant, left: int) -> None:
        self.grant, self.left = grant, left
        super().__init__(
            f"{grant.account} is held by {grant.holder} until {moment(grant.expires_at)}, longer if that process lives",
            fix="stop that process, or wait for the lease to end; `cryptoflow db leases` lists all",
            code=ExitCode.LEASE_HELD,
        )


class LeaseLost(CryptoflowError):
    """The lease has gone on: whoever held it must do nothing more."""

    def __init__(self, mine: Grant, found: Grant) -> None:
        self.grant = found
        whom = f"to {found.holder}, which holds token {found.token}" if found.holder else "back"
        super().__init__(
            f"the lease of {mine.account} with token {mine.token} has gone {whom}",
            fix="stop this process; it may no longer act for the account",
            code=ExitCode.LEASE_HELD,
        )


def moment(at: int) -> str:
    """Return a moment as people read it.

    >>> moment(1_700_000_000_000)
    '2023-11-14 22:13:20 UTC'
    """
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"


def take(
    connection: Connection, account: str, holder: str, expiry: int, clock: Clock, above: int, fences: bool
) -> tuple[Grant, Grant]:
    """Take an account's lease for `expiry` milliseconds and return it after the one before, or raise `LeaseHeld`.

    The new token is higher than any that the lease, the account's journal in this database, or `above` (the token of
    a journal elsewhere) has seen. With `fences` this database refuses events of earlier holders from here on.
    """
    found, now = _locked(connection, account, clock)
    left = found.left(now)
    if left > 0:
        raise LeaseHeld(found, left)
    token = max(found.token, extent_of(connection, account).token, above) + 1
    grant = Grant(account, holder, token, now, now + expiry)
    _keep(connection, grant)
    if fences:
        fence(connection, account, token)
    return found, grant


def renew(connection: Connection, mine: Grant, expiry: int, clock: Clock) -> Grant:
    """Hold a lease for `expiry` milliseconds from now, or raise `LeaseLost`.

    One that ended is as good as before, if nobody took it meanwhile.
    """
    found, now = _locked(connection, mine.account, clock)
    if (found.holder, found.token) != (mine.holder, mine.token):
        raise LeaseLost(mine, found)
    grant = found._replace(expires_at=now + expiry)
    _keep(connection, grant)
    return grant


def give_back(connection: Connection, mine: Grant, clock: Clock) -> None:
    """End a lease, if it is still ours; its token stays for the next holder to rise above."""
    found, now = _locked(connection, mine.account, clock)
    if (found.holder, found.token) == (mine.holder, mine.token):
        _keep(connection, found._replace(holder=NOBODY, expires_at=now))


def held(connection: Connection, clock: Clock) -> list[tuple[Grant, int]]:
    """Return the leases that somebody holds, each with the milliseconds left of it."""
    now = now_of(connection, clock)
    grants = (Grant(*row) for row in connection.execute(select(LEASES).order_by(LEASES.c.name)))
    return [(grant, grant.left(now)) for grant in grants if grant.left(now)]


def last(connection: Connection, account: str, clock: Clock) -> tuple[Grant, int]:
    """Return an account's lease as it was last given, also one that has run out, and what time it is for it."""
    row = connection.execute(select(LEASES).where(LEASES.c.name == account)).first()
    return Grant(*row) if row is not None else Grant(account), now_of(connection, clock)


def now_of(connection: Connection, clock: Clock) -> int:
    """Return what time it is for a database: its own, or ours where it has none but this machine's."""
    if connection.dialect.name != "postgresql":
        return clock.now()
    epoch = cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
    return int(connection.execute(select(epoch)).scalar_one())


def _locked(connection: Connection, account: str, clock: Clock) -> tuple[Grant, int]:
    """Return a lease that nobody else can change until this transaction is over, and the time once that is so."""
    row = {"name": account, **_told(Grant(account))}
    connection.execute(inserting(connection.dialect.name, LEASES).on_conflict_do_nothing(), row)
    found = Grant(*connection.execute(select(LEASES).where(LEASES.c.name == account).with_for_update()).one())
    return found, now_of(connection, clock)


def _keep(connection: Connection, grant: Grant) -> None:
    connection.execute(update(LEASES).where(LEASES.c.name == grant.account).values(_told(grant)))


def _told(grant: Grant) -> dict[str, Any]:
    return {name: value for name, value in grant._asdict().items() if name != "account"}
