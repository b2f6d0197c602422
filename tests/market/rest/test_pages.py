"""Whatever a venue's manners, a walk through its pages finds all bars that it gives, and claims to know no more."""

from bisect import bisect_left
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cryptoflow.market.closing import SETTLED, closed
from cryptoflow.market.rest.pages import RECENT, Ask, Refused, Walk, next_ask, read
from cryptoflow.market.store.spans import joined

MINUTE, DAY = 60_000, 86_400_000
NOW = 40 * DAY
Venue = Callable[[Ask, list[int]], list[int]]


def between(opens: list[int], start: int, end: int | None) -> list[int]:
    return opens[bisect_left(opens, start) : bisect_left(opens, NOW if end is None else end)]


def jumps(ask: Ask, opens: list[int], most: int = 1000) -> list[int]:
    """Begins at the next bar it has."""
    if ask.since is None:
        return opens[-most:]
    return between(opens, ask.since, ask.until)[:most]


def looks_at_a_window(ask: Ask, opens: list[int], most: int = 300) -> list[int]:
    """Looks only as far as a full page would reach."""
    if ask.since is None:
        return opens[-most:]
    return between(opens, ask.since, min(ask.until or NOW, ask.since + most * ask.timeframe))


def gives_few(ask: Ask, opens: list[int]) -> list[int]:
    """Gives fewer bars than anyone expects."""
    return jumps(ask, opens, 70)


def gives_the_newest(ask: Ask, opens: list[int], most: int = 720) -> list[int]:
    """Does not care from where on, but until when; ccxt leaves out bars before the first that was asked for."""
    newest = between(opens, 0, ask.until)[-most:]
    return between(newest, ask.since or 0, None)


def does_not_listen(ask: Ask, opens: list[int], most: int = 720) -> list[int]:
    """Gives its newest bars, whatever it is asked."""
    return between(opens[-most:], ask.since or 0, None)


def walked(venue: Venue, opens: list[int], start: int, end: int) -> tuple[list[int], list[tuple[int, int]], Walk, int]:
    """The bars kept, the spans covered, the walk at its end, and how many pages it took."""
    days = sorted({at // DAY * DAY for at in opens})
    walk, kept, covered, pages = Walk(MINUTE, start, end, NOW), [], [], 0
    while ask := next_ask(walk):
        pages += 1
        assert pages < 5_000, walk
        rows = venue(ask, days if ask.timeframe == DAY else opens)
        walk, page = read(walk, rows)
        kept += rows[page.first : page.last]
        if page.covered:
            covered.append(page.covered)
            assert all(page.covered[0] <= at < page.covered[1] for at in rows[page.first : page.last])
    return kept, list(joined(covered)), walk, pages


def every_minute(start: int, end: int) -> list[int]:
    return list(range(start, end, MINUTE))


def market(age: int, gaps: list[tuple[int, int]]) -> list[int]:
    """Minutes that begin so long before now, with holes: how long before now, and how wide."""
    holes = [(NOW - back * MINUTE, NOW - (back - width) * MINUTE) for back, width in gaps]
    opens = every_minute(NOW - age * MINUTE, NOW)
    return [at for at in opens if not any(start <= at < end for start, end in holes)]


MARKETS = st.builds(
    market,
    st.integers(1, 6000),
    st.lists(st.tuples(st.integers(1, 6000), st.sampled_from((1, 5, 99, 300, 1000, 1001, 4000))), max_size=4),
)


@pytest.mark.parametrize(
    "venue", [jumps, looks_at_a_window, gives_few, gives_the_newest], ids=lambda each: each.__name__
)
@settings(max_examples=100)
@given(opens=MARKETS, back=st.integers(1, 12_000), behind=st.integers(0, 3000))
def test_all_bars_are_found_and_all_of_the_span_is_known(
    venue: Venue, opens: list[int], back: int, behind: int
) -> None:
    assume(venue is not gives_the_newest or (opens and opens[-1] >= NOW - RECENT * MINUTE))
    start, end = NOW - (back + behind) * MINUTE, NOW - behind * MINUTE
    kept, covered, walk, _ = walked(venue, opens, start, end)
    assert sorted(kept) == [at for at in opens if start <= at < end]
    assert covered == ([(start, end)] if opens else [])
    assert walk.unproven is None
    assert walk.refused is (None if opens else Refused.NOTHING)


@pytest.mark.parametrize("venue", [jumps, looks_at_a_window, gives_few], ids=lambda each: each.__name__)
@settings(max_examples=100)
@given(opens=MARKETS, back=st.integers(1, 12_000), sick=st.tuples(st.integers(0, 12), st.integers(1, 9)))
def test_a_venue_that_is_sick_for_a_while_leaves_no_gap_that_is_none(
    venue: Venue, opens: list[int], back: int, sick: tuple[int, int]
) -> None:
    """Whatever it answers with nothing instead, from one question on, for a few of them or until it is given up."""
    answers = count()

    def sickening(ask: Ask, there: list[int]) -> list[int]:
        return [] if 0 <= next(answers) - sick[0] < sick[1] else venue(ask, there)

    kept, covered, walk, _ = walked(sickening, opens, NOW - back * MINUTE, NOW)
    assert sorted(kept) == [at for at in opens if any(start <= at < end for start, end in covered)]
    assert walk.refused or covered == [(NOW - back * MINUTE, NOW)]


def test_a_page_that_ends_in_a_gap_goes_on_behind_it() -> None:
    opens = [*every_minute(0, 1000 * MINUTE), *every_minute(5000 * MINUTE, 5100 * MINUTE)]
    for venue in (jumps, looks_at_a_window):
        kept, covered, _, _ = walked(venue, opens, 0, 6000 * MINUTE)
        assert kept == opens
        assert covered == [(0, 6000 * MINUTE)]


def test_what_a_venue_hides_is_not_called_a_gap() -> None:
    opens = every_minute(NOW - 3 * DAY, NOW)
    kept, covered, walk, pages = walked(does_not_listen, opens, NOW - 2 * DAY, NOW)
    first = NOW - 720 * MINUTE
    assert kept == opens[-720:]
    assert covered == [(first, NOW)]
    assert walk.unproven == (NOW - 2 * DAY, first)
    assert pages == 2


def test_years_before_a_symbol_was_listed_take_few_pages() -> None:
    opens = every_minute(NOW - 2 * DAY, NOW)
    for venue in (jumps, looks_at_a_window):
        assert walked(venue, opens, NOW - 39 * DAY, NOW)[3] < 20


def test_a_symbol_that_was_listed_yesterday_is_believed_to_be_new() -> None:
    kept, covered, walk, pages = walked(jumps, every_minute(NOW - 700 * MINUTE, NOW), 0, NOW)
    assert (len(kept), covered, walk.unproven, pages) == (700, [(0, NOW)], None, 2)


def test_days_that_open_at_another_hour_hide_no_bars() -> None:
    """A venue whose days open at 16:00 has one for 4 February that is none of ours."""
    opens = every_minute(10 * DAY + 100 * MINUTE, 10 * DAY + 200 * MINUTE)

    def eastern(ask: Ask, there: list[int]) -> list[int]:
        days = [at - DAY + 16 * 60 * MINUTE for at in there] if ask.timeframe == DAY else there
        return looks_at_a_window(ask, days, 90)

    kept, _, _, _ = walked(eastern, opens, 9 * DAY, 11 * DAY)
    assert kept == opens


def test_only_bars_that_have_closed_and_stand_are_asked_for() -> None:
    assert closed(10 * MINUTE + 59_999, MINUTE) == 10 * MINUTE
    assert [closed(10 * MINUTE + SETTLED + later, MINUTE) for later in (-1, 0)] == [9 * MINUTE, 10 * MINUTE]
    assert closed(8 * DAY, 7 * DAY) == 4 * DAY  # weeks open on a Monday, and 1970 began on a Thursday
