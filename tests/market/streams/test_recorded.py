"""What venues really said, read and kept."""

import gzip
import zipfile
from collections.abc import Iterator

from cryptoflow.domain.codes import BUY, SELL
from cryptoflow.domain.ticks import Closed, Tick, Top
from cryptoflow.market.streams.channels import Kind, Stream, streams_of
from cryptoflow.market.streams.dialects.binance import Binance
from cryptoflow.market.streams.dialects.bybit import Bybit
from cryptoflow.market.streams.lines.kept import KeptBook
from cryptoflow.market.streams.lines.tops import Tops
from cryptoflow.market.streams.said import Changes, Forming, Named, Page, Snapshot, Unsure
from tests.real_data import needs

BINANCE = "raw/binance_ws/spot_btcusdt_20240808.gz"
BYBIT = "raw/bybit/xrpusdt-ob500.data.zip"


def lines(file: str) -> Iterator[tuple[int, bytes]]:
    """Return the messages of a capture, with when they came in nanoseconds."""
    with gzip.open(needs(file) / file, "rb") as messages:
        for line in messages:
            at, _, message = line.partition(b" ")
            yield int(at), message


def test_a_book_of_binance_kept_for_six_minutes_has_the_best_prices_that_the_venue_says() -> None:
    streams = streams_of(["BTC/USDT"], ["book", "top"])
    dialect, book, tops, compared, changed = Binance(streams), KeptBook(streams[0]), {}, 0, 0
    for at, message in lines(BINANCE):
        if message.startswith(b'{"lastUpdateId"'):
            book.learn(dialect.answer(streams[0], message, 0, at))
            assert not book.wants(), "the stream bridges the snapshot"
            continue
        stream, items, *_ = dialect.read(message, at)
        if stream == streams[1]:
            tops.update({top.number: top for top in items if isinstance(top, Top)})
        elif stream == streams[0]:
            book.take(items)
            if book.begun:
                changed += 1
                bid, ask = book.book.best()
                assert 0 < bid < ask
                assert (bid, ask) == (max(book.book.bids), min(book.book.asks))
                if top := tops.get(book.book.number):
                    assert (top.bid, top.ask) == (bid, ask)
                    assert (top.bid_quantity, top.ask_quantity) == (book.book.bids[bid], book.book.asks[ask])
                    compared += 1
    assert not book.wants()
    assert (changed, compared) == (3_448, 564)


def test_a_book_of_bybit_keeps_its_500_levels() -> None:
    streams = streams_of(["XRP/USDT"], ["book"])
    dialect, book = Bybit(streams), KeptBook(streams[0])
    with zipfile.ZipFile(needs(BYBIT) / BYBIT) as whole:
        for line in whole.read(whole.namelist()[0]).splitlines():
            book.take(dialect.read(line.replace(b"orderbook.500", b"orderbook.50"), 1).items)
            bid, ask = book.book.best()
            assert 0 < bid < ask
            assert len(book.book.bids) == len(book.book.asks) == 500
    assert not book.wants()
    assert book.book.number == 20_254_918


def test_small_symbols_of_binance_are_read_in_every_channel() -> None:
    file = "raw/cryptofeed/BINANCE.ws.1.0.gz"
    with gzip.open(needs(file) / file, "rt") as capture:
        messages = [line.partition(": ")[2].strip().encode() for line in capture if line[0].isdigit()]
    dialect = Binance(streams_of(["NKN/USDT", "LRC/BTC"], ["ticks", "bars 1m", "top", "book"]))
    found = [item for message in messages if message for item in dialect.read(message, 7).items]
    kinds = {kind: sum(type(item) is kind for item in found) for kind in (Tick, Forming, Top, Changes)}
    assert kinds == {Tick: 2, Forming: 2, Top: 83, Changes: 165}
    assert Tick("NKN/USDT", 15_683_430, 1_633_998_523_963, 0.3528, 58.0, BUY, 7) in found


def test_messages_of_binance_mean_what_its_manual_says() -> None:
    dialect = Binance(streams_of(["BTC/USDT"], ["ticks", "bars 1m"]))
    sold = b'{"stream":"btcusdt@aggTrade","data":{"e":"aggTrade","a":5,"p":"10.5","q":"0.25","T":99,"m":true}}'
    assert dialect.read(sold, 7).items == (Tick("BTC/USDT", 5, 99, 10.5, 0.25, SELL, 7),)
    kline = (
        b'{"stream":"btcusdt@kline_1m","data":{"e":"kline","k":'
        b'{"t":60000,"o":"1","h":"4","l":"0.5","c":"2","v":"9","x":true}}}'
    )
    assert dialect.read(kline, 7).items == (Closed("BTC/USDT", 60_000, 60_000, 1.0, 4.0, 0.5, 2.0, 9.0, 7),)
    assert dialect.read(kline.replace(b"true", b"false"), 7).items == (Forming(60_000),)
    assert dialect.read(b'{"result":null,"id":1}', 7).answers == 1
    assert dialect.read(b'{"error":{"code":2,"msg":"Invalid"},"id":2}', 7).refused == '{"code":2,"msg":"Invalid"}'
    for leaving in (b'{"e":"serverShutdown","E":9}', b'{"stream":"","data":{"e":"serverShutdown","E":9}}'):
        assert dialect.read(leaving, 7).leaving


def test_messages_of_bybit_mean_what_its_manual_says() -> None:
    dialect = Bybit(streams_of(["BTC/USDT"], ["ticks", "bars 1m", "top", "book"]))
    sold = (
        b'{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":9,'
        b'"data":[{"T":99,"s":"BTCUSDT","S":"Sell","v":"0.25","p":"10.5","i":"a-1","BT":false}]}'
    )
    assert dialect.read(sold, 7).items == [Named("a-1", Tick("BTC/USDT", 0, 99, 10.5, 0.25, SELL, 7))]
    first = b'{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":9,"data":{"b":[["10","1"]],"a":[["11","2"]],"u":3}}'
    later = b'{"topic":"orderbook.1.BTCUSDT","type":"delta","ts":10,"data":{"b":[["10","0"],["9","4"]],"a":[],"u":4}}'
    assert dialect.read(first, 7).items == [Top("BTC/USDT", 3, 9, 10.0, 1.0, 11.0, 2.0, 7)]
    assert dialect.read(later, 7).items == [Top("BTC/USDT", 4, 10, 9.0, 4.0, 11.0, 2.0, 7)]
    whole = b'{"topic":"orderbook.50.BTCUSDT","type":"snapshot","ts":9,"data":{"b":[["10","1"]],"a":[],"u":3}}'
    assert dialect.read(whole, 7).items == [Snapshot(3, 9, [(10.0, 1.0)], [], 7)]
    assert dialect.read(b'{"success":true,"ret_msg":"subscribe","op":"subscribe","req_id":"4"}', 7).answers == 4
    assert dialect.read(b'{"success":true,"ret_msg":"pong","op":"ping"}', 7).answers is None
    refused = b'{"success":false,"ret_msg":"handler not found","op":"subscribe","req_id":"5"}'
    assert dialect.read(refused, 7)[2:4] == (5, "handler not found")


def test_an_older_top_is_not_told_and_a_restarted_venue_is_believed() -> None:
    line, best = Tops(Stream("BTC/USDT", Kind.TOP)), Top("BTC/USDT", 5, 0, 1.0, 1.0, 2.0, 1.0, 0)
    coming = [best._replace(number=number) for number in (5, 7, 6, 7, 8, 1, 2)]
    assert [top.number for each in coming for top in line.take([each])] == [5, 7, 8, 1, 2]


def test_the_last_bar_of_an_answer_has_closed_only_by_what_the_venues_clock_has_told() -> None:
    stream = Stream("BTC/USDT", Kind.BARS, 60_000)
    rows = b'[[0,"1","2","1","2","5",59999,"0",1,"0","0","0"],[60000,"2","3","2","3","6",119999,"0",1,"0","0","0"]]'
    first = Closed("BTC/USDT", 60_000, 0, 1.0, 2.0, 1.0, 2.0, 5.0, 7)
    last = Closed("BTC/USDT", 60_000, 60_000, 2.0, 3.0, 2.0, 3.0, 6.0, 7)
    for told, bars in ((0, [first, Unsure(last)]), (119_999, [first, Unsure(last)]), (120_000, [first, last])):
        assert Binance([stream]).answer(stream, rows, told, heard_at=7) == Page(bars, newest=True)


def test_best_prices_without_a_moment_get_that_of_the_venues_clock() -> None:
    dialect = Binance(streams_of(["BTC/USDT"], ["top"]), lambda ours: ours // 1_000_000 + 500)
    message = b'{"stream":"btcusdt@bookTicker","data":{"u":3,"b":"10","B":"1","a":"11","A":"2"}}'
    assert dialect.read(message, 7_000_000).items == (Top("BTC/USDT", 3, 507, 10.0, 1.0, 11.0, 2.0, 7_000_000),)


def test_the_more_books_are_kept_the_smaller_are_their_snapshots() -> None:
    asked = []
    for books in (1, 37, 73):
        streams = streams_of([f"C{place}/USDT" for place in range(books)], ["book"])
        question = Binance(streams).ask(streams[0], 0)
        asked.append((question.params["limit"], question.cost))
        assert books * question.cost <= 360
    assert asked == [("1000", 10.0), ("500", 5.0), ("100", 1.0)]
