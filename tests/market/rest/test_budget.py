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
from cryptoflow.market.rest.pace import Pace, paced

NOW = 1_700_000_000_000
TEN_A_MINUTE = Allowance(window=60_000, cost=10)

SPENDER = """
import asyncio, json, sys, time
from pathlib import Path
from cryptoflow.clock import MachineClock
from cryptoflow.market.rest.allowance import Allowance, Priority
from cryptoflow.market.rest.budget import Budget
from cryptoflow.market.rest.pace import Pace, paced

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


@pytest.mark.parametrize("left", ["", '{"slots": [[1, 2', '{"slots": 7, "silent_until": 0}', "[]"])
@pytest.mark.parametrize("allowance", [TEN_A_MINUTE, Pace(6_000)], ids=["window", "pace"])
def test_a_damaged_count_is_begun_anew_as_used_up_and_lets_stops_through(
    tmp_path: Path, allowance: Allowance | Pace, left: str
) -> None:
    (tmp_path / "venue.json").write_text(left)
    budget, other = (Budget("venue", allowance, MachineClock(), tmp_path) for _ in range(2))

    async def scene() -> float:
        await budget.spend(0.5, Priority.PROTECT)
        assert asyncio.get_running_loop().time() == 0
        await other.spend(0.5, Priority.HISTORY)
        return asyncio.get_running_loop().time()

    assert on_a_moved_clock(scene) > 6
    assert len(budget.remarks) == 1
    assert "venue.json held no count of requests" in budget.remarks[0]
    assert other.remarks == []


def test_a_venue_of_which_only_the_pace_is_known_is_asked_at_that_pace(tmp_path: Path) -> None:
    """Fifty symbols at okx, whose bars cost half of a request, 110 ms long: 80 % of what it bears takes 3.4 s."""

    async def scene() -> float:
        budget = Budget("okx", Pace(110), MachineClock(), tmp_path)
        await asyncio.gather(*(budget.spend(0.5, Priority.HISTORY) for _ in range(50)))
        return asyncio.get_running_loop().time()

    assert 3.3 <= on_a_moved_clock(scene) <= 3.5


@given(st.lists(st.tuples(st.integers(0, 500), st.floats(0.1, 4), st.sampled_from(Priority)), max_size=60))
def test_no_pace_is_ever_above_that_of_a_bucket_that_holds_one(asked: list[tuple[int, float, Priority]]) -> None:
    now, spent, pace, tokens, before = NOW, Spent(), Pace(90), 1.0, NOW
    for later, cost, priority in asked:
        now += later
        spent, wait = paced(spent, pace, now, cost, priority)
        if not wait:
            tokens = min(1.0, tokens + (now - before) / pace.every)
            assert tokens >= -1e-9
            tokens, before = tokens - cost, now


def test_a_stop_overtakes_downloads_that_wait_for_their_turn(tmp_path: Path) -> None:
    async def scene() -> float:
        budget, order = Budget("venue", Pace(1_000), MachineClock(), tmp_path), []

        async def spend(priority: Priority) -> None:
            await budget.spend(1, priority)
            order.append(priority)

        downloads = [asyncio.create_task(spend(Priority.HISTORY)) for _ in range(4)]
        await asyncio.sleep(1.1)
        await spend(Priority.PROTECT)
        assert order == [Priority.HISTORY, Priority.PROTECT]
        waited = asyncio.get_running_loop().time()
        await asyncio.gather(*downloads)
        return waited

    assert on_a_moved_clock(scene) < 1.2


def test_two_processes_share_a_pace_that_outlives_them(tmp_path: Path) -> None:
    async def scene() -> float:
        for _ in range(3):
            await Budget("venue", Pace(800), MachineClock(), tmp_path).spend(1, Priority.HISTORY)
        return asyncio.get_running_loop().time()

    assert on_a_moved_clock(scene) == pytest.approx(2.0, abs=0.01)
