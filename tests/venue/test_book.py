"""The book is a function of the ticks there have been, so snapshots and changes always agree."""

from hypothesis import given
from hypothesis import strategies as draw

from cryptoflow.venue.book import Book, Change, Level, book, change, top
from tests.venue.markets import tape

TAPE = tape()
numbers = draw.integers(0, int(TAPE.last[-1]))


def changed(side: list[Level], by: list[Level]) -> list[Level]:
    """A side of a book as a client keeps it."""
    kept = {**dict(side), **dict(by)}
    return [(price, quantity) for price, quantity in kept.items() if quantity]


def kept(before: Book, by: Change) -> Book:
    """A book as a client keeps it."""
    bids, asks = changed(before.bids, by.bids), changed(before.asks, by.asks)
    return Book(by.last, sorted(bids, reverse=True), sorted(asks))


@given(first=numbers, second=numbers)
def test_a_snapshot_and_the_changes_since_are_the_later_snapshot(first: int, second: int) -> None:
    first, second = sorted((first, second))
    before, after = book(TAPE, first), book(TAPE, second)
    assert kept(before, change(before, after)) == after


@given(number=numbers)
def test_a_book_is_deep_and_sorted_and_never_crossed(number: int) -> None:
    found = book(TAPE, number)
    assert len(found.bids) >= 50 <= len(found.asks)
    assert [price for price, _ in found.bids] == sorted({price for price, _ in found.bids}, reverse=True)
    assert [price for price, _ in found.asks] == sorted({price for price, _ in found.asks})
    assert found.bids[0][0] < found.asks[0][0]
    assert all(quantity > 0 for _, quantity in (*found.bids, *found.asks))
    assert (found.bids[0], found.asks[0]) == (top(TAPE, number).bid, top(TAPE, number).ask)


@given(number=numbers.filter(bool))
def test_what_trades_is_the_best_price_of_its_side(number: int) -> None:
    tick, best = TAPE.tick(number), top(TAPE, number)
    assert tick.price == (best.ask if tick.bought else best.bid)[0]


def test_neighbouring_books_share_most_of_their_levels() -> None:
    moved = [change(book(TAPE, number), book(TAPE, number + 1)) for number in range(1_000, 1_050)]
    assert all(each.bids and each.asks for each in moved)
    assert sum(len(each.bids) for each in moved) / len(moved) < 40
