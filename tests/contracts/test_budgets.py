"""A budget that two share is one budget: two processes by a file, two machines by Redis, under the same rules."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.errors import CryptoflowError
from cryptoflow.market.rest.allowance import Allowance, Priority
from cryptoflow.market.rest.budget import Budget, Budgets
from cryptoflow.market.rest.counting import Limit
from cryptoflow.market.rest.pace import Pace
from cryptoflow.storage.redis import cache
from cryptoflow.storage.redis.register import opened
from tests.market.rest.moved import NOW, Moved

TEN_A_MINUTE = Allowance(window=60_000, cost=10)
EDGE = 2_000
"""Milliseconds of two slots: what is spent in one is remembered for a little longer than a window."""

Opens = Callable[[Moved, Limit], AbstractAsyncContextManager[tuple[Budget, Budget]]]
_names = count()


class Two:
    """Two who share a budget of their own."""

    def __init__(self, clock: Moved, limit: Limit, one: Budgets, other: Budgets) -> None:
        self.clock, self.limit, self.budgets, self.stack = clock, limit, (one, other), AsyncExitStack()

    async def __aenter__(self) -> tuple[Budget, Budget]:
        name = f"venue{next(_names)}"
        one, other = [
            await self.stack.enter_async_context(each.opened(name, self.limit, self.clock)) for each in self.budgets
        ]
        return one, other

    async def __aexit__(self, *_: object) -> None:
        await self.stack.aclose()


@pytest.fixture(params=["file", "redis"])
def two(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """Return what opens a budget twice: for processes of one machine, or for machines of one address.

    Redis has long enough to answer even where the machine has other things to do: who does without it counts alone.
    """
    monkeypatch.setattr(cache, "ANSWER", 10.0)
    if request.param == "file":
        here = Budgets(tmp_path)
        return lambda clock, limit: Two(clock, limit, here, here)
    url = request.getfixturevalue("redis_url")
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()

    def machines(clock: Moved, limit: Limit) -> Two:
        return Two(clock, limit, *(Budgets(folder, partial(opened, url, clock)) for folder in folders))

    return machines


Scene = Callable[[Moved, Budget, Budget], Awaitable[None]]


def play(two: Opens, scene: Scene, limit: Limit = TEN_A_MINUTE) -> None:
    """Play a scene of two who share a budget."""

    async def played() -> None:
        clock = Moved()
        async with two(clock, limit) as (one, other):
            await scene(clock, one, other)
            assert one.remarks == other.remarks == []

    asyncio.run(played())


def test_what_one_has_spent_the_other_lacks_until_it_is_forgotten(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        assert [await one.asked(1, Priority.HISTORY) for _ in range(5)] == [0] * 5
        wait = await other.asked(1, Priority.HISTORY)
        assert 60_000 <= wait <= 60_000 + EDGE
        clock.passes(wait - EDGE)
        assert await other.asked(1, Priority.HISTORY)
        clock.passes(EDGE)
        assert await other.asked(1, Priority.HISTORY) == 0

    play(two, scene)


def test_stops_of_one_find_room_when_downloads_of_the_other_have_used_up_theirs(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        for priority, requests in zip(reversed(Priority), (5, 1, 1, 1), strict=True):
            assert [await one.asked(1, priority) for _ in range(requests)] == [0] * requests
            assert await other.asked(1, priority) > 0

    play(two, scene)


def test_a_request_that_has_to_wait_is_not_counted(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        assert await one.asked(5, Priority.HISTORY) == 0
        for _ in range(20):
            assert await other.asked(5, Priority.HISTORY) > 0
        assert await other.asked(3, Priority.PROTECT) == 0

    play(two, scene)


def test_the_venues_own_count_holds_for_who_did_not_hear_it(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        assert await one.asked(1, Priority.HISTORY) == 0
        one.heard(0.5)  # another minute has begun there: what is lower is not believed
        one.heard(4.5)
        await one.close()
        assert await other.asked(1, Priority.HISTORY) > 0
        assert await other.asked(0.5, Priority.HISTORY) == 0

    play(two, scene)


def test_a_ban_that_one_hears_silences_the_other_and_its_stops(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        one.hold(NOW + 120_000)
        await one.close()
        assert 119_000 <= await other.asked(1, Priority.PROTECT) <= 121_000
        assert abs(other.silent_until() - NOW - 120_000) < 1_000
        clock.passes(121_000)
        assert await other.asked(1, Priority.PROTECT) == 0

    play(two, scene)


def test_a_ban_of_days_that_one_hears_is_told_by_the_other(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        one.hold(NOW + 3 * 86_400_000)
        await one.close()
        with pytest.raises(CryptoflowError, match=r"wants no requests from this address before 2023-11-17"):
            await other.asked(1, Priority.PROTECT)

    play(two, scene)


def test_two_share_a_pace(two: Opens) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        assert await one.asked(1, Priority.HISTORY) == 0
        assert 9_000 <= await other.asked(1, Priority.HISTORY) <= 11_000
        assert await other.asked(1, Priority.PROTECT) > 0
        clock.passes(4_000)
        assert await other.asked(1, Priority.PROTECT) == 0, "a stop goes before its turn"

    play(two, scene, Pace(8_000))


@given(
    asked=st.lists(
        st.tuples(st.integers(0, 30_000), st.floats(0.1, 4), st.sampled_from(Priority), st.booleans()), max_size=40
    )
)
def test_no_window_holds_more_than_the_shares_allow_whoever_asks(
    two: Opens, asked: list[tuple[int, float, Priority, bool]]
) -> None:
    async def scene(clock: Moved, one: Budget, other: Budget) -> None:
        went: list[tuple[int, float]] = []
        for later, cost, priority, by_one in asked:
            clock.passes(later)
            if not await (one if by_one else other).asked(cost, priority):
                went.append((clock.now(), cost))
        for end, _ in went:
            assert sum(cost for at, cost in went if end - TEN_A_MINUTE.window < at <= end) <= 8 + 1e-9

    play(two, scene)
