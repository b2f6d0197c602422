"""A kept book is the venue's book, or not there."""

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.ticks import Filled, Moved
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.lines.kept import KeptBook
from cryptoflow.market.streams.said import Changes, Page, Snapshot
from cryptoflow.market.streams.sequences import Hole

STREAM = Stream("BTC/USDT", Kind.BOOK)
LEVELS = st.lists(st.tuples(st.sampled_from([8.0, 9.0, 10.0]), st.sampled_from([0.0, 1.0, 2.0])), max_size=3)


def changes(first: int, last: int, bids: list[tuple[float, float]]) -> Changes:
    """Return changes of the bids."""
    return Changes(first, last, last, bids, [], last)


@given(moves=st.lists(LEVELS, min_size=1, max_size=12), snapshot=st.integers(0, 12), data=st.data())
def test_a_book_begun_anywhere_in_its_stream_ends_as_the_whole_stream_makes_it(
    moves: list[list[tuple[float, float]]], snapshot: int, data: st.DataObject
) -> None:
    books: list[dict[float, float]] = [{7.0: 1.0}]
    for bids in moves:
        books.append({price: quantity for price, quantity in (books[-1] | dict(bids)).items() if quantity})
    kept, begin = KeptBook(STREAM), min(snapshot, len(moves))
    stream = [changes(2 * place + 1, 2 * place + 2, bids) for place, bids in enumerate(moves)]
    joined = data.draw(st.integers(0, begin))
    twice = [each for each in stream[joined:] for _ in range(data.draw(st.integers(1, 2)))]
    asked = data.draw(st.integers(0, len(twice)))
    for each in twice[:asked]:
        assert kept.take([each]) == ()
    kept.learn(Page([Snapshot(2 * begin, 0, list(books[begin].items()), [], 0)], newest=True))
    list(kept.settled(0))
    for each in twice[asked:]:
        kept.take([each])
    assert kept.book.bids == books[-1]
    assert kept.book.best() == (max(books[-1]), 0.0)
    assert kept.book.number == 2 * len(moves)


def test_a_snapshot_older_than_the_stream_does_not_begin_a_book() -> None:
    kept = KeptBook(STREAM)
    kept.take([changes(11, 12, [(9.0, 1.0)])])
    kept.learn(Page([Snapshot(8, 0, [(8.0, 1.0)], [], 0)], newest=True))
    assert kept.wants()
    kept.learn(Page([Snapshot(10, 0, [(8.0, 1.0)], [], 0)], newest=True))
    assert not kept.wants()
    assert kept.book.bids == {8.0: 1.0, 9.0: 1.0}


def test_changes_that_do_not_follow_wait_and_a_snapshot_after_them_fills_the_hole() -> None:
    kept = KeptBook(STREAM)
    kept.learn(Page([Snapshot(10, 0, [(8.0, 1.0)], [], 0)], newest=True))
    assert list(kept.settled(0)) == [Moved("BTC/USDT", 10, 0, 0)]
    assert kept.take([changes(13, 14, [(9.0, 2.0)])]) == ()
    assert kept.book.number == 10
    assert kept.miss() == Hole(10, 13)
    kept.hold()
    kept.learn(Page([Snapshot(12, 0, [(8.0, 3.0)], [], 0)], newest=True))
    assert list(kept.settled(5)) == [Filled("BTC/USDT", "book", 10, 13, 2, 5), Moved("BTC/USDT", 14, 14, 5)]
    assert kept.book.top(5) == ([(9.0, 2.0), (8.0, 3.0)], [])


def test_a_book_that_cannot_be_mended_is_not_there() -> None:
    kept = KeptBook(STREAM)
    kept.learn(Page([Snapshot(10, 0, [(8.0, 1.0)], [], 0)], newest=True))
    list(kept.settled(0))
    kept.take([changes(13, 14, [])])
    kept.miss()
    assert list(kept.settled(5)) == [Filled("BTC/USDT", "book", 10, 13, 0, 5)]
    assert not kept.begun
