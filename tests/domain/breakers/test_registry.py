"""All breakers together: what refuses entries, what leaves exits alone, and when everything fails at once."""

import pytest

from cryptoflow.domain.breakers.components import Component, Kind
from cryptoflow.domain.breakers.registry import Breakers
from cryptoflow.domain.breakers.rejected import Rejected
from cryptoflow.domain.events.event import Event


class Scene:
    """All breakers of a process, at a time that the test moves."""

    def __init__(self) -> None:
        self.now, self.told = 0, list[tuple[Event, int]]()
        self.all = Breakers(lambda: self.now, lambda event, at: self.told.append((event, at)))

    def open(self, kind: Kind, name: str) -> None:
        """Let a component fail five times."""
        for _ in range(5):
            with self.all.breaker(kind, name).guard():
                pass

    def know(self, *names: str) -> None:
        """Ask once for a database of each name."""
        for name in names:
            self.all.breaker(Kind.DATABASE, name)


def test_a_component_has_one_breaker() -> None:
    breakers = Scene().all
    assert breakers.breaker(Kind.CACHE, "redis") is breakers.breaker(Kind.CACHE, "redis")
    assert breakers.breaker(Kind.CACHE, "redis") is not breakers.breaker(Kind.DATABASE, "redis")


@pytest.mark.parametrize("kind", Kind)
def test_venue_order_path_and_database_refuse_entries_and_what_stands_aside_does_not(kind: Kind) -> None:
    scene = Scene()
    scene.open(kind, "it")
    assert scene.all.refusing() == (() if kind in {Kind.CACHE, Kind.WEBHOOK} else (Component(kind, "it"),))
    scene.now += 30_000
    assert scene.all.refusing() == ()


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.EXIT_PATH])
def test_exits_still_try_whatever_else_is_open(kind: Kind) -> None:
    scene = Scene()
    scene.open(kind, "binance")
    with scene.all.orders("binance", leaving=True).guard() as call:
        call.ok()
    assert scene.all.orders("binance", leaving=True).metrics.calls == 1


def test_entries_end_where_their_path_does_and_exits_that_fail_are_tried_again_after_five_seconds() -> None:
    scene = Scene()
    scene.open(Kind.ORDER_PATH, "binance")
    with pytest.raises(Rejected):
        scene.all.orders("binance", leaving=False).guard().__enter__()
    scene.open(Kind.EXIT_PATH, "binance")
    scene.now += 4_999
    with pytest.raises(Rejected):
        scene.all.orders("binance", leaving=True).guard().__enter__()
    scene.now += 1
    with scene.all.orders("binance", leaving=True).guard() as call:
        call.ok()


@pytest.mark.parametrize(
    ("known", "opened", "cascading"),
    [(2, 2, False), (3, 1, False), (3, 2, True), (4, 1, False), (4, 2, True), (21, 10, False), (20, 10, True)],
)
def test_it_is_a_cascade_when_half_of_three_or_more_are_open(known: int, opened: int, cascading: bool) -> None:
    scene = Scene()
    scene.know(*map(str, range(known)))
    for name in range(opened):
        scene.open(Kind.DATABASE, str(name))
    assert scene.all.cascading is cascading


def test_a_cascade_ends_when_no_more_than_thirty_five_in_a_hundred_are_open() -> None:
    scene = Scene()
    scene.know(*map(str, range(20)))
    for name in range(10):
        scene.open(Kind.DATABASE, str(name))
        scene.now += 1_000
    scene.now += 20_000 + 1_000  # the first two have rested
    assert len(scene.all.refusing()) == 8
    assert scene.all.cascading
    scene.now += 1_000
    assert len(scene.all.refusing()) == 7
    assert not scene.all.cascading


def test_all_of_one_venue_count_as_one() -> None:
    scene = Scene()
    for kind in (Kind.VENUE_REST, Kind.VENUE_STREAM, Kind.ORDER_PATH, Kind.EXIT_PATH):
        scene.open(kind, "binance")
    scene.know("shared", "journal")
    assert not scene.all.cascading
    scene.open(Kind.VENUE_STREAM, "bybit")
    assert scene.all.cascading


@pytest.mark.parametrize("kind", [Kind.CACHE, Kind.WEBHOOK])
def test_what_stands_aside_counts_for_no_cascade(kind: Kind) -> None:
    scene = Scene()
    for name in "abc":
        scene.open(kind, name)
    scene.know("shared", "journal")
    scene.open(Kind.DATABASE, "shared")
    assert not scene.all.cascading
    scene.know("third")
    assert not scene.all.cascading


def test_knowing_one_more_can_end_a_cascade_and_make_one() -> None:
    scene = Scene()
    scene.open(Kind.DATABASE, "a")
    scene.open(Kind.DATABASE, "b")
    assert not scene.all.cascading
    scene.know("c")
    assert scene.all.cascading
    scene.know("d", "e", "f")
    assert not scene.all.cascading


def test_metrics_and_events_are_those_of_all_at_their_moments() -> None:
    scene = Scene()
    scene.open(Kind.CACHE, "redis")
    scene.now = 30_000
    assert [(str(each.component), each.state, each.failures) for each in scene.all.metrics()] == [
        ("cache/redis", "half_open", 5)
    ]
    assert [(event.name, at) for event, at in scene.told] == [("breaker.opened", 0), ("breaker.half_opened", 30_000)]


def test_who_is_told_may_ask_what_that_means_and_his_own_error_breaks_nothing() -> None:
    scene, heard = Scene(), list[object]()

    def tell(event: Event, at: int) -> None:
        heard.append((event.name, asking.refusing(), asking.metrics()[0].opened))
        raise OSError("the disk is full")

    asking = Breakers(lambda: scene.now, tell)
    guard = asking.breaker(Kind.DATABASE, "journal").guard
    with pytest.raises(OSError, match="full"):
        for _ in range(5):
            with guard():
                pass
    assert heard == [("breaker.opened", (Component(Kind.DATABASE, "journal"),), 1)]
    scene.now += 30_000
    with pytest.raises(OSError, match="full"):
        asking.refusing()
    assert asking.refusing() == ()
