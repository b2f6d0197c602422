"""A kept book is the venue's book, or not there."""

import asyncio

from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.domain.ticks import Filled, Moved
from cryptoflow.market.streams.channels import Kind, Stream
from cryptoflow.market.streams.feed import Feed
from cryptoflow.market.streams.lines.kept import KeptBook
from cryptoflow.market.streams.said import Changes, Page, Snapshot
from cryptoflow.market.streams.sequences import Hole
from tests.market.streams.rehearsal import in_no_time
from tests.market.streams.scripted import Socket, known, served

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


def test_a_snapshot_that_comes_after_the_book_has_mended_itself_does_not_set_it_back() -> None:
    kept = KeptBook(STREAM)
    kept.learn(Page([Snapshot(10, 0, [(8.0, 1.0)], [], 0)], newest=True))
    list(kept.settled(0))
    kept.take([changes(13, 14, [(9.0, 2.0)])])
    kept.hold()
    kept.take([changes(11, 12, [])])
    kept.learn(Page([Snapshot(11, 0, [(8.0, 3.0)], [], 0)], newest=True))
    assert kept.book.number == 14
    assert kept.book.bids == {8.0: 1.0, 9.0: 2.0}


def test_a_book_is_not_given_out_while_its_venue_is_away_however_often_it_is_cut() -> None:
    async def given() -> list[bool]:
        loop, number, last = asyncio.get_running_loop(), 100, [5.0, 11.0]

        async def depth(socket: Socket, transport: asyncio.Transport) -> None:
            nonlocal number
            until = loop.time() + last.pop(0)
            while loop.time() < until:
                number += 1
                data = f'{{"E":1,"U":{number},"u":{number},"b":[["10","{number}"]],"a":[]}}'
                await socket.send_str(f'{{"stream":"btcusdt@depth@100ms","data":{data}}}')
                await asyncio.sleep(0.1)
            transport.abort()

        def answer(request: web.Request) -> web.StreamResponse:
            if "depth" not in request.path:
                return known(request)
            return web.json_response({"lastUpdateId": number, "bids": [["10", str(number)]], "asks": [["11", "1"]]})

        async def refuse(_: web.Request) -> web.StreamResponse | None:
            return None if last else web.Response(status=503)

        async with (
            served(depth, answer, refuse=refuse, subscribed=1) as url,
            Feed("binance", ["BTC/USDT"], ["book"], url=url) as feed,
        ):
            there = []
            for seconds in (3, 9, 5, 13):
                await asyncio.sleep(seconds)
                there.append(feed.book("BTC/USDT") is not None)
            return there

    assert in_no_time(given) == [True, True, True, False]


def test_a_book_that_cannot_be_mended_is_not_there() -> None:
    kept = KeptBook(STREAM)
    kept.learn(Page([Snapshot(10, 0, [(8.0, 1.0)], [], 0)], newest=True))
    list(kept.settled(0))
    kept.take([changes(13, 14, [])])
    kept.miss()
    assert list(kept.settled(5)) == [Filled("BTC/USDT", "book", 10, 13, 0, 5)]
    assert not kept.begun
