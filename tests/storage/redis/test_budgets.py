"""Machines share what they may ask of a venue for as long as Redis is there; when it is not, each goes on by itself."""

import asyncio
import json
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import pytest

from cryptoflow.clock import MachineClock
from cryptoflow.market.rest.allowance import Allowance, Priority
from cryptoflow.market.rest.budget import Budget, Budgets
from cryptoflow.pipelines.data.download import downloaded
from cryptoflow.pipelines.data.wanted import Wanted
from cryptoflow.settings import settings
from cryptoflow.storage.redis.cache import Cache
from cryptoflow.storage.redis.register import opened
from tests.market.rest.moved import NOW, Moved
from tests.market.rest.scene import BTC, Told
from tests.market.rest.stub import MINUTE, Stub
from tests.servers.redis import Redis
from tests.storage.redis.test_cache import until

TEN_A_MINUTE = Allowance(window=60_000, cost=10)

Opens = Callable[..., "Machine"]


class Machine:
    """A machine with a folder and a clock of its own, and a budget that it shares with others."""

    def __init__(self, url: str, folder: Path, clock: Moved) -> None:
        folder.mkdir(exist_ok=True)
        self.clock = clock
        self._opened = Budgets(folder, partial(opened, url, clock)).opened("venue", TEN_A_MINUTE, clock)

    async def __aenter__(self) -> Budget:
        return await self._opened.__aenter__()

    async def __aexit__(self, *raised: object) -> None:
        await self._opened.__aexit__(None, None, None)


@pytest.fixture
def machine(server: Redis, tmp_path: Path) -> Opens:
    return lambda name, now=NOW: Machine(server.url, tmp_path / name, Moved(now))


def play(scene: Callable[[], Awaitable[None]]) -> None:
    async def played() -> None:
        async with asyncio.timeout(20):
            await scene()

    asyncio.run(played())


async def spent(budget: Budget, requests: int, priority: Priority = Priority.HISTORY) -> list[bool]:
    """Ask for so many requests, and return which went out."""
    return [await budget.asked(1, priority) == 0 for _ in range(requests)]


async def returned(budget: Budget) -> None:
    """Wait until the count of all machines can be reached again."""
    shared = budget._everywhere
    assert shared is not None
    await until(lambda: not shared.register.trouble)


def test_without_redis_a_machine_goes_on_by_its_own_count_and_says_so_once(server: Redis, machine: Opens) -> None:
    async def scene() -> None:
        async with machine("one") as one:
            assert await spent(one, 3) == [True] * 3
            server.stop()
            began = time.perf_counter()
            assert await spent(one, 4) == [True, True, False, False], "it knows the three of before"
            assert await spent(one, 1, Priority.PROTECT) == [True]
            assert time.perf_counter() - began < 0.2
            assert len(one.remarks) == 1
            assert "counted by this machine alone" in one.remarks[0] and server.url in one.remarks[0]

    play(scene)


def test_a_redis_that_has_forgotten_everything_is_told_again_what_was_spent(server: Redis, machine: Opens) -> None:
    async def scene() -> None:
        async with machine("one") as one, machine("other") as other:
            assert await spent(one, 3) == [True] * 3
            server.stop()
            assert await spent(one, 1) == [True]
            server.start()
            await returned(one)
            assert await spent(one, 1) == [True]
            assert await spent(other, 1) == [False], "five of ten are spent by now"
            assert one.remarks[1] == "requests to venue are counted by all machines together again"

    play(scene)


def test_a_redis_that_was_started_anew_between_two_requests_forgets_nothing(server: Redis, machine: Opens) -> None:
    async def scene() -> None:
        async with machine("one") as one, machine("other") as other:
            assert await spent(one, 4) == [True] * 4
            server.stop()
            server.start()
            assert await spent(one, 3) == [True, False, False]
            assert await spent(other, 1) == [False]

    play(scene)


def test_a_ban_outlives_redis_and_reaches_who_comes_later(server: Redis, machine: Opens) -> None:
    async def scene() -> None:
        async with machine("one") as one, machine("other") as other:
            one.hold(NOW + 120_000)
            await one.close()
            assert await spent(other, 1, Priority.PROTECT) == [False]
            server.stop()
            assert await spent(other, 1, Priority.PROTECT) == [False], "it has noted that itself"
            server.start()
        async with machine("one") as one, machine("third") as third:
            assert await spent(one, 1, Priority.PROTECT) == [False]
            await one.close()
            assert await spent(third, 1, Priority.PROTECT) == [False]

    play(scene)


@pytest.mark.parametrize("apart", [-3_600_000, 3_600_000])
def test_machines_whose_clocks_are_apart_share_the_same_minute(machine: Opens, apart: int) -> None:
    async def scene() -> None:
        there = machine("other", NOW + apart)
        async with machine("one") as one, there as other:
            assert await spent(one, 5) == [True] * 5
            assert 59_000 <= await other.asked(1, Priority.HISTORY) <= 62_000
            one.hold(NOW + 120_000)
            await one.close()
            assert 119_000 <= await other.asked(1, Priority.PROTECT) <= 121_000
            assert abs(other.silent_until() - (NOW + apart + 120_000)) < 1_000, "by its own clock"

    play(scene)


@pytest.mark.parametrize("left", ["", "nothing", '{"slots": 7, "silent_until": 0}'])
def test_what_tells_no_count_is_taken_for_used_up_and_lets_stops_through(
    server: Redis, machine: Opens, left: str
) -> None:
    async def scene() -> None:
        async with Cache(server.url, MachineClock()) as cache, machine("one") as one:
            await cache.ask(lambda client: client.set("cryptoflow:budget:venue", left or " "))
            assert await spent(one, 1) == [False]
            assert await spent(one, 1, Priority.PROTECT) == [True]
            assert ["held no count" in each or "no count of requests" in each for each in one.remarks] == [True]

    play(scene)


def test_a_redis_that_says_nothing_delays_a_stop_by_no_more_than_a_fifth_of_a_second(tmp_path: Path) -> None:
    async def scene() -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            began = time.perf_counter()
            url = f"redis://127.0.0.1:{silent.getsockname()[1]}"
            async with Machine(url, tmp_path / "one", Moved()) as one:
                assert await spent(one, 1, Priority.PROTECT) == [True]
                assert time.perf_counter() - began < 0.2

    play(scene)


@pytest.mark.parametrize("there", [True, False])
def test_a_download_counts_in_redis_and_goes_on_without(
    server: Redis, there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, stub = Told(), Stub(MachineClock().now)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CRYPTOFLOW_REDIS_URL", server.url)

    async def scene() -> None:
        if not there:
            server.stop()
        async with stub.serving() as url:
            monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", url)
            settings.cache_clear()
            end = MachineClock().now() // MINUTE * MINUTE
            wanted = Wanted("binance", (BTC,), end - 100 * MINUTE, end, tmp_path / "home")
            (series,) = (await downloaded(wanted, told, MachineClock())).series
            assert series.problem is None and series.bars == 100
        async with Cache(server.url, MachineClock()) as cache:
            keys = await cache.ask(lambda client: client.keys("cryptoflow:budget:binance-*"))
            assert (keys is not None and len(keys) == 1) is there
        alone = [line for line in told.lines if "counted by this machine alone" in line]
        assert len(alone) == (0 if there else 1)

    play(scene)


SPENDER = """
import asyncio, json, sys, time
from functools import partial
from pathlib import Path
from cryptoflow.clock import MachineClock
from cryptoflow.market.rest.allowance import Allowance, Priority
from cryptoflow.market.rest.budget import Budgets
from cryptoflow.storage.redis import cache
from cryptoflow.storage.redis.register import opened

cache.ANSWER = 5.0  # what is tried is the count, not how soon a busy machine answers
url, folder, seconds, requests, window, cost = sys.argv[1], Path(sys.argv[2]), *map(float, sys.argv[3:])

async def spend():
    clock, went = MachineClock(), []
    budgets = Budgets(folder, partial(opened, url, clock))
    async with budgets.opened("venue", Allowance(int(window), cost), clock) as budget:
        until = time.time() + seconds
        for number in range(int(requests)):
            priority = Priority(number % 4)
            try:
                async with asyncio.timeout(until - time.time()):
                    await budget.spend(1, priority)
            except TimeoutError:
                break
            went.append(time.time())
        print(json.dumps([went, budget.remarks]))

asyncio.run(spend())
"""


def spenders(url: str, folders: list[Path], *limits: float) -> list["subprocess.Popen[str]"]:
    """Start processes that spend as much as they may: for so many seconds, requests, within a window of such a cost."""
    for folder in folders:
        folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", SPENDER, url]
    return [
        subprocess.Popen([*command, str(folder), *map(str, limits)], stdout=subprocess.PIPE, text=True)
        for folder in folders
    ]


def told_by(processes: list["subprocess.Popen[str]"]) -> tuple[list[float], list[str]]:
    """Return when requests went out, in order, and all remarks."""
    told = [json.loads(each.communicate(timeout=60)[0]) for each in processes]
    return sorted(at for went, _ in told for at in went), [line for _, remarks in told for line in remarks]


def most_within(seconds: float, went: list[float]) -> int:
    """Return how many moments lie within any such span.

    >>> most_within(1, [0.0, 0.5, 1.1, 1.4])
    3
    """
    first = most = 0
    for last, at in enumerate(went):
        while went[first] <= at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_processes_of_two_machines_share_one_budget(server: Redis, tmp_path: Path) -> None:
    went, remarks = told_by(spenders(server.url, [tmp_path / "one", tmp_path / "other"], 10, 12, 500, 20))
    # Of 20 in half a second all together use 16: 24 of them take two such windows, those of one alone but one.
    assert len(went) == 24 and went[-1] - went[0] >= 0.4
    assert remarks == []


@pytest.mark.long
@pytest.mark.parametrize("machines", [1, 8])
@pytest.mark.parametrize("cut", [False, True], ids=["there", "cut"])
def test_eight_processes_never_ask_more_than_the_venue_allows(
    server: Redis, tmp_path: Path, evidence: Callable[[str], None], machines: int, cut: bool
) -> None:
    """Of 100 a second they may use 80. A count that is lost with Redis is one that machines apart cannot share."""
    folders = [tmp_path / str(number % machines) for number in range(8)]
    processes = spenders(server.url, folders, 10, 10_000, 1_000, 100)
    cuts = []
    while cut and len(cuts) < 3:
        time.sleep(2)
        server.stop()
        time.sleep(1)
        server.start()
        cuts.append(time.time())
    went, remarks = told_by(processes)
    calm = [at for at in went if machines == 1 or not any(end - 1.2 < at < end + 2 for end in cuts)]
    most, rate = most_within(1.0, calm), len(went) / (went[-1] - went[0])
    evidence(f"{len(went)} requests of {machines} machines, {rate:.0f}/s, at most {most} of 80 within 1 s")
    assert most <= 100
    assert rate > 40
    assert remarks or not cut
