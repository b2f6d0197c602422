"""What may be asked of a venue is one number for all processes: nobody goes above it, and stops find room longest."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.clock import MachineClock, virtual_time
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.allowance import Allowance, Priority, Spent, granted
from cryptoflow.market.rest.budget import Budget

NOW = 1_700_000_000_000
TEN_A_MINUTE = Allowance(window=60_000, cost=10)

SPENDER = """
import asyncio, json, sys, time
from pathlib import Path
from cryptoflow.clock import MachineClock
from cryptoflow.market.rest.allowance import Allowance, Priority
from cryptoflow.market.rest.budget import Budget

async def spend():
    budget, began = Budget("venue", Allowance(500, 20), MachineClock(), Path(sys.argv[1])), time.time()
    for _ in range(12):
        await budget.spend(1, Priority.HISTORY)
    print(json.dumps([began, time.time()]))

asyncio.run(spend())
"""


def on_a_moved_clock(scene: Callable[[], Awaitable[float]]) -> float:
    """Play a scene of which each second takes none, and return what it returns."""
    with virtual_time(NOW) as loop:
        return loop.run_until_complete(asyncio.ensure_future(scene(), loop=loop))


def test_two_processes_share_one_budget(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SPENDER, str(tmp_path)]
    spenders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [json.loads(spender.communicate(timeout=60)[0]) for spender in spenders]
    # Of 20 in half a second downloads use half: 24 of them take two such windows, those of one alone but one.
    assert max(ended for _, ended in told) - min(began for began, _ in told) >= 1.0


@given(st.lists(st.tuples(st.integers(0, 30_000), st.floats(0.1, 4), st.sampled_from(Priority)), max_size=60))
def test_no_window_holds_more_than_the_shares_allow(asked: list[tuple[int, float, Priority]]) -> None:
    now, spent, went = NOW, Spent(), []
    for later, cost, priority in asked:
        now += later
        spent, wait = granted(spent, TEN_A_MINUTE, now, cost, priority)
        if wait:
            now += wait
            spent, wait = granted(spent, TEN_A_MINUTE, now, cost, priority)
        if not wait:
            went.append((now, cost))
    for end, _ in went:
        assert sum(cost for at, cost in went if end - TEN_A_MINUTE.window < at <= end) <= 8 + 1e-9


def test_a_request_waits_until_there_is_room_and_goes_then(tmp_path: Path) -> None:
    async def scene() -> float:
        budget = Budget("venue", TEN_A_MINUTE, MachineClock(), tmp_path)
        for _ in range(6):
            await budget.spend(1, Priority.HISTORY)
        return asyncio.get_running_loop().time()

    assert 60 <= on_a_moved_clock(scene) <= 62


def test_stops_find_room_when_downloads_have_used_up_theirs(tmp_path: Path) -> None:
    async def scene() -> float:
        budget = Budget("venue", TEN_A_MINUTE, MachineClock(), tmp_path)
        for priority, requests in (
            (Priority.HISTORY, 5),
            (Priority.LIVE, 1),
            (Priority.TRADE, 1),
            (Priority.PROTECT, 1),
        ):
            for _ in range(requests):
                await budget.spend(1, priority)
        assert asyncio.get_running_loop().time() == 0
        await budget.spend(1, Priority.PROTECT)  # the ninth of ten would be more than 80 %
        return asyncio.get_running_loop().time()

    assert 60 <= on_a_moved_clock(scene) <= 62


def test_the_venues_own_count_is_believed_when_it_is_higher(tmp_path: Path) -> None:
    async def scene() -> float:
        budget = Budget("venue", TEN_A_MINUTE, MachineClock(), tmp_path)
        await budget.spend(1, Priority.HISTORY)
        budget.heard(0.5)  # another minute has begun there
        await budget.spend(1, Priority.HISTORY)
        budget.heard(5)  # somebody else is on this address
        await budget.spend(1, Priority.HISTORY)
        return asyncio.get_running_loop().time()

    assert 60 <= on_a_moved_clock(scene) <= 62


def test_a_ban_outlives_the_process_and_holds_for_stops_too(tmp_path: Path) -> None:
    async def scene() -> float:
        clock = MachineClock()
        Budget("venue", TEN_A_MINUTE, clock, tmp_path).hold(clock.now() + 120_000)
        await Budget("venue", TEN_A_MINUTE, clock, tmp_path).spend(1, Priority.PROTECT)
        return asyncio.get_running_loop().time()

    assert 120 <= on_a_moved_clock(scene) <= 121


def test_a_ban_of_days_is_told_and_not_waited_out(tmp_path: Path) -> None:
    async def scene() -> float:
        budget = Budget("venue", TEN_A_MINUTE, MachineClock(), tmp_path)
        budget.hold(NOW + 3 * 86_400_000)
        await budget.spend(1, Priority.HISTORY)
        return asyncio.get_running_loop().time()

    with pytest.raises(CryptoflowError, match=r"venue wants no requests from this address before 2023-11-17") as raised:
        on_a_moved_clock(scene)
    assert raised.value.code == ExitCode.UNAVAILABLE


def test_a_count_that_is_no_count_is_told(tmp_path: Path) -> None:
    (tmp_path / "venue.json").write_text("")
    with pytest.raises(CryptoflowError, match="holds no count of requests"):
        Budget("venue", TEN_A_MINUTE, MachineClock(), tmp_path).silent_until()
