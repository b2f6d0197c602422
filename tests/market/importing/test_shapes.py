"""The same bars come out of every shape in which others write them, and what was recognised is said."""

from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.flaws import problems
from cryptoflow.market.importing.file_names import Said, said
from cryptoflow.market.importing.mapping import columns_of
from cryptoflow.market.importing.reading import read
from cryptoflow.market.importing.sifting import Sifted, sift
from tests.market.importing.tables import HOUR, NOW, SHAPES, joined, lines, rows, text
from tests.real_data import needs

HOURS_OF_BTC = ("BTC/USDT", HOUR, NOW)

RECOGNISED = {
    "csv below a line of advertising": "the table begins in line 2, below 'https://bars.example'",
    "csv newest first": "the newest row is on top; turned round",
    "csv of a spreadsheet": "begins with the mark of UTF-16-LE, which is no part of the table",
    "csv without names": "no names; read as six columns: time, open, high, low, close, volume",
    "feather": "date read as moments",
    "json of klines": "no names; read as klines of Binance: time, open, high, low, close, volume",
    "klines in microseconds": "time read as microseconds since 1970",
    "klines in milliseconds": "time read as milliseconds since 1970",
    "lines of objects": "timestamp read as milliseconds since 1970",
    "semicolons": "columns are set apart by semicolons",
    "tabs": "columns are set apart by tabs",
}


def taken(folder: Path, name: str, data: bytes, columns: str = "", zone: str | None = None) -> Sifted:
    (folder / name).write_bytes(data)
    told = read(folder / name, columns_of(columns) if columns else None, zone)
    return sift(told, *HOURS_OF_BTC)


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_holds_the_same_bars(shape: str, tmp_path: Path) -> None:
    name, data = SHAPES[shape]
    found = taken(tmp_path, name, data)
    assert found.flaws == ()
    assert found.bars.fingerprint() == taken(tmp_path, "x.csv", joined(lines())).bars.fingerprint()
    assert f"{name}: {RECOGNISED[shape]}" in found.bars.notes if shape in RECOGNISED else found.bars.notes


@pytest.mark.parametrize(
    ("columns", "head", "order"),
    [
        ("time,open,close,high,low,volume", "", (0, 1, 4, 2, 3, 5)),
        ("time, x, open, high, low, close, volume", "", (0, 5, 1, 2, 3, 4, 5)),
        ("volume,close,low,high,open,time", "a,b,c,d,e,f\n", (5, 4, 3, 2, 1, 0)),
        ("time=Beginn,volume=Menge BTC", "Beginn,Open,High,Low,Close,Menge BTC,Volume\n", (0, 1, 2, 3, 4, 5, 0)),
        ("close=LAST", "time,open,high,low,close,volume,last\n", (0, 1, 2, 3, 0, 5, 4)),
    ],
)
def test_columns_are_those_that_were_named(columns: str, head: str, order: tuple[int, ...], tmp_path: Path) -> None:
    table = head.encode() + text([[row[place] for place in order] for row in rows()])
    found = taken(tmp_path, "x.csv", table, columns)
    assert found.bars.fingerprint() == taken(tmp_path, "y.csv", joined(lines())).bars.fingerprint()


@pytest.mark.parametrize(
    ("columns", "said", "code"),
    [
        ("time=When", "x.csv has no column When; it has Date, Open, High, Low, Close, Volume", ExitCode.INVALID),
        ("close=Clos", "did you mean Close?", ExitCode.INVALID),
        ("time,open,high,low,close,volume,x", "x.csv has 6 columns, but 7 were named", ExitCode.INVALID),
        ("price=Close", "--columns: there is no column price", ExitCode.USAGE),
        ("time=Date,time=Open", "--columns: time is named twice", ExitCode.USAGE),
        ("time,open,high,low,close", "--columns: volume is not named", ExitCode.USAGE),
        ("time,open,high,low,close,volume,open", "--columns: open is named twice", ExitCode.USAGE),
        ("time=Date,Open", "--columns: Open does not say what the file calls it", ExitCode.USAGE),
    ],
)
def test_columns_that_are_not_there_are_refused(columns: str, said: str, code: ExitCode, tmp_path: Path) -> None:
    with pytest.raises(CryptoflowError) as raised:
        taken(tmp_path, "x.csv", joined(lines()), columns)
    assert said in str(raised.value)
    assert raised.value.code == code


def test_times_without_a_zone_are_read_when_it_is_said(tmp_path: Path) -> None:
    naive = joined([line.replace("Z,", ",") for line in lines()])
    found = taken(tmp_path, "x.csv", naive, zone="UTC")
    assert "x.csv: Date read as moments in UTC, as told" in found.bars.notes
    assert found.bars.fingerprint() == taken(tmp_path, "y.csv", joined(lines())).bars.fingerprint()


def test_lines_are_counted_as_an_editor_does_where_a_cell_has_several(tmp_path: Path) -> None:
    head, *rest = lines()
    table = [f"{head},Note", f'{rest[0]},"one\n\ntwo"', *(f"{line}," for line in rest[1:5]), "short", f"{rest[5]}x,"]
    found = taken(tmp_path, "x.csv", joined(table))
    assert [(flaw.row, flaw.what) for flaw in found.flaws] == [
        (9, "a row of 1 column in a table of 7"),
        (10, "Volume is no number"),
    ]


def test_a_name_of_a_column_may_have_several_lines(tmp_path: Path) -> None:
    head, *rest = lines()
    table = ["https://bars.example", f'{head},"a\nnote"']
    table += [f"{line}," for line in rest[:4]] + [f"{rest[4]}x,"]
    found = taken(tmp_path, "x.csv", joined(table))
    assert [(flaw.row, flaw.what) for flaw in found.flaws] == [(8, "Volume is no number")]
    assert "x.csv: the table begins in line 2, below 'https://bars.example'" in found.bars.notes


def test_a_cell_of_several_lines_is_one_wherever_the_file_is_cut_to_be_read(tmp_path: Path) -> None:
    head, *rest = lines()
    note = "long " * 20_000
    assert len(taken(tmp_path, "x.csv", joined([f"{head},Note", *(f'{line},"{note}\n"' for line in rest)])).bars) == 24


def test_milliseconds_of_the_early_seventies_are_no_seconds(tmp_path: Path) -> None:
    day = 86_400_000
    (tmp_path / "x.csv").write_bytes(text([[at * day, *rows()[0][1:]] for at in range(200, 220)]))
    found = sift(read(tmp_path / "x.csv"), "DEM/USD", day, NOW)
    assert (found.bars.ends(), found.flaws) == ((200 * day, 219 * day), ())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("[" * 100_000, "lists within lists without end"),
        ('[[1709251200000,1,2,1,1,"\\ud800"],[1709254800000,1,2,1,1,1]]', "volume is no number: row 1"),
        (f"[[{'9' * 5_000},1,2,1,1,1],[1709254800000,1,2,1,1,1]]", "a time is on no calendar: row 1"),
        (
            f"[[1709251200000,{'9' * 5_000},2,1,1,1],[1709254800000,1,2,1,1,1]]",
            "a number is missing or infinite: row 1",
        ),
    ],
    ids=["deep", "half a character", "a long time", "a long price"],
)
def test_json_that_nothing_can_hold_is_refused_in_words(tmp_path: Path, data: str, said: str) -> None:
    with pytest.raises(CryptoflowError) as raised:
        found = taken(tmp_path, "x.json", data.encode())
        raise CryptoflowError(problems("x.json", "row", found.flaws))
    assert said in str(raised.value)


def test_of_two_halves_in_two_units_the_larger_one_counts(tmp_path: Path) -> None:
    """Dumps of one venue count in microseconds from 2025 on: joined to older ones they are refused by row."""
    halves = [[row[0] * (1 if hour < 8 else 1000), *row[1:]] for hour, row in enumerate(rows())]
    found = taken(tmp_path, "x.csv", text(halves))
    assert [flaw.row for flaw in found.flaws] == list(range(1, 9))
    assert {flaw.what for flaw in found.flaws} == {"a time is in milliseconds, the others in microseconds"}


def test_a_row_that_repeats_another_costs_no_bar_wherever_it_stands(tmp_path: Path) -> None:
    table = lines()
    found = taken(tmp_path, "x.csv", joined([*table[:5], table[20], *table[5:], table[3], table[3]]))
    assert found.flaws == ()
    assert found.repeated == 3
    assert found.bars.fingerprint() == taken(tmp_path, "y.csv", joined(table)).bars.fingerprint()


def test_of_three_rows_for_one_bar_none_is_taken_when_one_differs(tmp_path: Path) -> None:
    table = lines()
    found = taken(tmp_path, "x.csv", joined([*table[:6], table[5], table[5] + "9", *table[6:]]))
    assert [flaw.row for flaw in found.flaws] == [6, 7, 8]


@pytest.mark.parametrize(
    ("file", "venue", "symbol", "timeframe"),
    [
        ("BTCUSDT-1m-2024-01.csv", "", "BTC/USDT", "1m"),
        ("BTCUSDT-1m-2024-01-31.zip", "", "BTC/USDT", "1m"),
        ("ETHBTC-4h-2024-01.csv.gz", "", "ETH/BTC", "4h"),
        ("user_data/data/binance/BTC_USDT-5m.feather", "binance", "BTC/USDT", "5m"),
        ("binance/futures/BTC_USDT_USDT-8h-futures.feather", "binance", "BTC/USDT:USDT", "8h"),
        ("binance/futures/BTC_USDT_USDT-8h-funding_rate.feather", "binance", "", ""),
        ("binance/futures/BTC_USDT_USDT-8h-mark.feather", "binance", "", ""),
        ("Bitstamp_BTCUSD_1h.csv", "bitstamp", "BTC/USD", "1h"),
        ("Binance_BTCUSDT_2023_1min.csv", "binance", "BTC/USDT", "1m"),
        ("kraken-eth-eur-1d.parquet", "kraken", "ETH/EUR", "1d"),
        ("BTCUSDT_1D.csv", "", "BTC/USDT", "1d"),
        ("BTCUSDT-1M-2024.csv", "", "BTC/USDT", ""),
        ("BTCUSDT-1h-4h.csv", "", "BTC/USDT", ""),
        ("1000SHIBUSDT-15m.json", "", "1000SHIB/USDT", "15m"),
        ("prices.csv", "", "", ""),
        ("USDT.csv", "", "", ""),
    ],
)
def test_a_name_says_what_it_says_and_no_more(file: str, venue: str, symbol: str, timeframe: str) -> None:
    frames = {"": 0, "1m": HOUR // 60, "5m": HOUR // 12, "15m": HOUR // 4, "1h": HOUR, "4h": 4 * HOUR, "8h": 8 * HOUR}
    assert said(Path(file)) == Said(venue, symbol, frames.get(timeframe, 24 * HOUR))


@pytest.mark.parametrize(
    ("file", "columns", "bars"),
    [
        ("raw/binance_rest_klines/BTCUSDT_1h_2022-01-01.json.gz", "", 744),
        ("raw/binance_rest_klines/ETHUSDT_15m_2024-12-30.json.gz", "", 672),
        ("raw/bitfinex_rest_candles/BTCUSD_1m_18-01-16T00-00-00.json.gz", "time,open,close,high,low,volume", 120),
        ("ohlcv/binance_spot/BTCUSDT_1d_2017-2025H1.parquet", "", None),
        ("ohlcv/binance_usdm/SOLUSDT_1m_2025-05.parquet", "", None),
    ],
)
def test_what_venues_and_others_recorded_is_read_without_a_flaw(file: str, columns: str, bars: int | None) -> None:
    path = needs(file) / file
    found = sift(read(path, columns_of(columns) if columns else None), *said(path)[1:], 2**42)
    assert found.flaws == ()
    assert found.repeated == 0
    assert len(found.bars) == (bars or found.rows) > 100


def test_bars_in_another_order_are_not_taken_for_ours() -> None:
    file = "raw/bitfinex_rest_candles/BTCUSD_1m_18-01-16T00-00-00.json.gz"
    found = sift(read(needs(file) / file), "BTC/USD", HOUR // 60, 2**42)
    assert len(found.flaws) > len(found.bars)
