"""One holder at a time, in both engines; nobody is locked out for ever, and nobody acts on one he is not sure of."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.storage.away import Away
from cryptoflow.storage.database import Database
from cryptoflow.storage.events.appending import Fenced, append
from cryptoflow.storage.leases.floor import floor_of
from cryptoflow.storage.leases.grants import LEASES, Grant, LeaseHeld, LeaseLost
from cryptoflow.storage.leases.lease import Leases, Standing, Terms
from tests.servers.proxy import Proxy
from tests.storage.connections import inside
from tests.storage.stories import drafts

BRISK = Terms(heartbeat=0.05, silence=0.6, expiry=0.8)
SELDOM = Terms(heartbeat=50, silence=200, expiry=600)
"""Terms under which nothing is renewed while a test lasts."""


class Moved(MachineClock):
    """The machine's clock, set forward by a test."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> int:
        return super().now() + round(self.ahead * 1000)


def with_database(url: str, work: Callable[[Database], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        database = Database(url)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())


async def pass_away(database: Database) -> None:
    """Let every lease end, as if nobody had renewed it for long."""
    async with database.writing() as connection:
        await connection.execute(update(LEASES).values(expires_at=0))


def test_a_lease_goes_on_only_after_what_has_to_be_done_before(url: str) -> None:
    seen: list[tuple[Grant, Grant]] = []

    def refuses(before: Grant, mine: Grant) -> None:
        seen.append((before, mine))
        raise CryptoflowError("the journal cannot be written", code=ExitCode.UNAVAILABLE)

    async def work(database: Database) -> None:
        leases = Leases(database, MachineClock(), SELDOM)
        async with await leases.take("main", "dead", above=0) as dead:
            await pass_away(database)
            left, _ = await leases.last("main")
            for taking in (leases.take, leases.wait_for):
                with pytest.raises(CryptoflowError, match="the journal cannot be written"):
                    await taking("main", "next", above=0, succeed=refuses)
            assert (await leases.last("main"))[0] == left
            async with await leases.take("main", "next", above=0, succeed=lambda *both: seen.append(both)) as lease:
                assert seen[-1] == (lease.before, lease.grant)
        assert [(before, mine.token) for before, mine in seen] == [(left, dead.token + 1)] * 3

    with_database(url, work)


def test_the_second_who_asks_is_told_who_holds_it_and_until_when(url: str) -> None:
    async def work(database: Database) -> None:
        async with await Leases(database, MachineClock()).take("main", "live main", above=0):
            with pytest.raises(LeaseHeld, match=r"main is held by .+, process \d+ \(live main\) until 20\d\d-") as told:
                await Leases(database, MachineClock()).take("main", "paper main", above=0)
            async with await Leases(database, MachineClock()).take("other", "live other", above=0):
                held = [grant.account for grant, _ in await Leases(database, MachineClock()).held()]
        assert told.value.code is ExitCode.LEASE_HELD
        assert 50_000 < told.value.left <= 60_000
        assert held == ["main", "other"]

    with_database(url, work)


def test_every_holder_has_a_higher_token_however_the_one_before_ended(url: str) -> None:
    async def work(database: Database) -> list[int]:
        leases = Leases(database, MachineClock(), SELDOM)
        tokens = []
        async with await leases.take("main", "first", above=0) as first:
            tokens.append(first.token)
        async with await leases.take("main", "dead", above=0) as dead:
            tokens.append(dead.token)
            await pass_away(database)
            async with await leases.take("main", "next", above=0) as following:
                tokens.append(following.token)
        async with await leases.take("main", "whose journal lies elsewhere", above=41) as elsewhere:
            tokens.append(elsewhere.token)
        return tokens

    assert with_database(url, work) == [1, 2, 3, 42]


@pytest.mark.parametrize("given", [0, 3], ids=["a new database", "an older copy of it"])
def test_the_next_holder_can_write_to_a_journal_that_has_seen_more_than_the_database_of_leases(
    url: str, migrated_file: Path, tmp_path: Path, given: int
) -> None:
    file = Path(shutil.copy(migrated_file, tmp_path / "main.db"))
    mine = f"sqlite:///{file}"
    inside(mine, lambda c: append(c, "main", drafts(0), token=7))

    async def work(database: Database) -> int:
        for _ in range(given):
            async with await Leases(database, MachineClock()).take("main", "long ago", above=0):
                pass
        async with await Leases(database, MachineClock()).take("main", "live", above=floor_of(file, "main")) as lease:
            return lease.token

    token = with_database(url, work)
    assert token == 8
    inside(mine, lambda c: append(c, "main", drafts(1), token=token))
    with pytest.raises(Fenced, match="holds token 7, the journal has seen 8"):
        inside(mine, lambda c: append(c, "main", drafts(2), token=7))


def test_a_lease_that_is_renewed_outlives_its_expiry_and_one_that_is_not_goes_to_who_waits(url: str) -> None:
    async def work(database: Database) -> None:
        leases = Leases(database, MachineClock(), BRISK)
        async with await leases.take("main", "live main", above=0) as lease:
            with pytest.raises(LeaseHeld):
                await leases.wait_for("main", "standby", above=0, seconds=1.1 * BRISK.expiry)
            assert (lease.token, lease.standing) == (1, Standing.HELD)
            standby = asyncio.create_task(leases.wait_for("main", "standby", above=0, seconds=5))
        async with await standby as taken:
            assert taken.token == 2

    with_database(url, work)


def test_who_lost_the_lease_knows_at_the_next_renewal_and_can_write_nothing(url: str) -> None:
    told: list[Standing] = []

    async def work(database: Database) -> None:
        leases = Leases(database, MachineClock(), SELDOM)
        async with await leases.take("main", "late", above=0, tell=told.append) as late:
            await pass_away(database)
            async with await leases.take("main", "standby", above=0) as standby:
                with pytest.raises(LeaseLost, match=r"token 1 has gone to .+\(standby\), which holds token 2"):
                    await late.renew()
                with pytest.raises(Fenced, match="holds token 1, the journal has seen 2"):
                    async with database.writing() as connection:
                        await connection.run_sync(append, "main", drafts(0), token=late.token)
                async with database.writing() as connection:
                    await connection.run_sync(append, "main", drafts(0), token=standby.token)
                await late.close()
                await standby.renew()

    with_database(url, work)
    assert told == [Standing.LOST]


def test_a_process_that_slept_is_unsure_of_its_lease_before_anything_else(url: str) -> None:
    clock = Moved()

    async def work(database: Database) -> None:
        async with await Leases(database, clock, SELDOM).take("main", "on a laptop", above=0) as lease:
            clock.ahead = 199
            assert lease.standing is Standing.HELD
            clock.ahead = 201
            assert lease.standing is Standing.SILENT
            await lease.renew()
            assert lease.standing is Standing.HELD

    with_database(url, work)


@pytest.mark.parametrize("how", ["refused", "unheard"])
def test_a_holder_whose_database_is_away_is_told_in_time_and_again_when_it_is_back(
    line: tuple[str, Proxy], how: str
) -> None:
    url, between = line
    heard: asyncio.Queue[Standing] = asyncio.Queue()

    async def work(database: Database) -> None:
        terms = Terms(heartbeat=0.05, silence=0.5, expiry=30)
        async with await Leases(database, MachineClock(), terms).take(
            "main", "live", above=0, tell=heard.put_nowait
        ) as lease:
            between.refuse() if how == "refused" else between.delay(60)
            async with asyncio.timeout(5):
                assert await heard.get() is Standing.SILENT
                assert 0.5 <= lease.silent_for < 1.5
                assert how == "unheard" or isinstance(lease.trouble, Away)
                between.cut()
                between.allow()
                assert await heard.get() is Standing.HELD

    with_database(url, work)


def test_a_holder_that_ends_while_its_database_is_away_leaves_a_lease_that_ends_by_itself(
    line: tuple[str, Proxy],
) -> None:
    url, between = line

    async def work(database: Database) -> None:
        leases = Leases(database, MachineClock(), BRISK)
        async with await leases.take("main", "first", above=0):
            between.refuse()
        between.allow()
        with suppress(LeaseHeld):
            await leases.take("main", "at once", above=0)
        async with await leases.wait_for("main", "second", above=0, seconds=5) as second:
            assert second.token >= 2

    with_database(url, work)


def test_terms_under_which_a_holder_would_stop_too_late_are_refused() -> None:
    with pytest.raises(CryptoflowError, match="in doubt after 90 s and over after 60 s") as told:
        Terms(silence=90)
    assert told.value.code is ExitCode.USAGE
