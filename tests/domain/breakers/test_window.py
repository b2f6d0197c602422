"""The window counts what a list of everything would count."""

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.breakers.window import BUCKETS, Window

PAUSES = st.one_of(st.integers(0, 300), st.integers(0, 30_000), st.just(0))


@given(st.sampled_from([100, 1_000, 10_000, 60_000]), st.lists(st.tuples(PAUSES, st.booleans())))
def test_it_counts_what_is_young_and_nothing_else(span: int, calls: list[tuple[int, bool]]) -> None:
    window, kept, now, part = Window(span), [], 1_700_000_000_000, span // BUCKETS
    for pause, failed in calls:
        now += pause
        window.count(now, failed)
        kept.append((now, failed))
        young = [one for at, one in kept if at // part > now // part - BUCKETS]
        assert (window.calls, window.failures) == (len(young), sum(young))
        assert sum(at > now - span + part for at, _ in kept) <= window.calls <= sum(at > now - span for at, _ in kept)


@given(st.lists(st.tuples(st.integers(-20_000, 20_000), st.booleans()), max_size=60))
def test_a_clock_that_is_set_back_leaves_counts_that_can_be(calls: list[tuple[int, bool]]) -> None:
    window, now = Window(10_000), 1_700_000_000_000
    for made, (step, failed) in enumerate(calls, 1):
        now += step
        window.count(now, failed)
        assert failed <= window.failures <= window.calls <= made
    window.count(now + 10_000, failed=True)
    assert (window.calls, window.failures) == (1, 1)
