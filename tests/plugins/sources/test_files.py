import gzip
import io
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pyarrow as pa
import pytest
from pyarrow import parquet
from pydantic import ValidationError

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import Bars
from cryptoflow.plugins.sources.csv import Csv
from cryptoflow.plugins.sources.parquet import Parquet
from tests.real_data import needs

HOUR = 3_600_000
START = 1_704_067_200_000
HEADER = "ts,open,high,low,close,volume"
NUMBERS = "10,11,9,10.5,3"


def read(folder: Path, lines: list[str], **settings: object) -> Bars:
    (folder / "x.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Csv(path="x.csv", **settings).load(Asked("BTC/USDT", HOUR, START, START + 24 * HOUR, 0, folder))


def refusal(folder: Path, lines: list[str], **settings: object) -> str:
    with pytest.raises(CryptoflowError) as raised:
        read(folder, lines, **settings)
    assert raised.value.code == ExitCode.INVALID
    return str(raised.value)


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("x.csv", data)
    return out.getvalue()


def hours(*times: object) -> list[str]:
    return [f"{time},{NUMBERS}" for time in times]


@pytest.mark.parametrize(
    ("times", "taken"),
    [
        (("1704067200", "1704070800"), "seconds since 1970"),
        (("1704067200.0", "1704070800.0"), "seconds since 1970"),
        (("1704067200000", "1704070800000"), "milliseconds since 1970"),
        (("1704067200000000", "1704070800000000"), "microseconds since 1970"),
        (("1704067200000000000", "1704070800000000000"), "nanoseconds since 1970"),
        (("2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"), "moments"),
        (("2024-01-01 00:00:00 UTC", "2024-01-01 01:00:00 UTC"), "moments"),
        (("2024-01-01T02:00:00+02:00", "2024-01-01T02:00:00+01:00"), "moments"),
    ],
)
def test_times_are_read_in_any_unit_and_the_unit_is_stated(tmp_path, times, taken):
    bars = read(tmp_path, [HEADER, *hours(*times)])
    assert bars.open_at.tolist() == [START, START + HOUR]
    assert bars.notes == (f"x.csv: ts read as {taken}",)


def test_text_without_a_zone_is_read_only_when_the_zone_is_given(tmp_path):
    naive = [HEADER, *hours("2024-01-01 00:00", "2024-01-01 01:00")]
    assert "add `zone: UTC`" in refusal(tmp_path, naive)
    bars = read(tmp_path, naive, zone="UTC")
    assert bars.open_at.tolist() == [START, START + HOUR]
    assert bars.notes == ("x.csv: ts read as moments in UTC, as told",)


@pytest.mark.parametrize(
    "header",
    ["Date;Open;High;Low;Close;Volume", "open_time;o;h;l;c;v", "<TIME>;OPEN PRICE;max;min;Last;base-volume"],
)
def test_columns_are_found_by_the_names_others_give_them(tmp_path, header):
    assert read(tmp_path, [header, f"{START};10;11;9;10.5;3"], separator=";").close.tolist() == [10.5]


def test_columns_in_another_order_and_others_beside_them_do_no_harm(tmp_path):
    bars = read(tmp_path, ["n,volume,close,open,low,high,ts", f"x,3,10.5,10,9,11,{START}"])
    assert (bars.open[0], bars.high[0], bars.low[0], bars.close[0], bars.volume[0]) == (10, 11, 9, 10.5, 3)


def test_a_file_without_names_is_read_by_the_names_given(tmp_path):
    lines = hours(START)
    assert "name them in the source" in refusal(tmp_path, lines)
    assert len(read(tmp_path, lines, columns=("time", "open", "high", "low", "close", "volume"))) == 1


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [HEADER, *hours(START), f"{START + HOUR},10,9,9,10,1"],
            "x.csv: high is below open or close: line 3 (2024-01-01",
        ),
        ([HEADER, *hours(START, START)], "x.csv: a time stands twice: line 3"),
        ([HEADER, *hours(START + HOUR, START)], "a bar opens before the one above it: line 3"),
        ([HEADER, *hours(START + 1)], "a time is off the 1h grid: line 2 (2024-01-01 00:00:00.001 UTC)"),
        ([HEADER, f"{START},10,11,,10,1"], "a number is missing or infinite: line 2"),
        ([HEADER, *hours(START), f"{START + HOUR},10,11,9,ten,1"], "x.csv: close is no number: line 3 ('ten')"),
        (
            [HEADER, *hours("2024-01-01T00:00Z", "today")],
            "a time is not written like '2024-01-01T00:00Z': line 3 ('today')",
        ),
        (
            [HEADER, *hours("2024-01-01T00:00:00Z", "2024-01-01T01:00:00")],
            "a time names no zone, unlike the others: line 3 ('2024-01-01T01:00:00')",
        ),
        ([HEADER, *hours(START, 1704070800)], "a time is in seconds, the others in milliseconds: line 3 (1704070800)"),
        ([HEADER, *hours("1704067200.0005")], "a bar opens within a millisecond: line 2 (2024-01-01"),
        ([HEADER, *hours(START), f",{NUMBERS}"], "there is no time: line 3"),
        ([HEADER, *hours(START), "1,2"], "x.csv: a row of 2 columns in a table of 6: line 3 ('1,2')"),
        ([HEADER, *hours(START + 48 * HOUR)], "its bars open from 2024-01-03 00:00 UTC to 2024-01-03 00:00 UTC"),
        ([HEADER, *hours(*range(START, START + 20 * HOUR, 4 * HOUR))], "holds bars of 4h, but 1h was asked for"),
        (["ts,open,high,low,volume", *hours(START)], "has no column for close; it has ts, open, high, low, volume"),
        ([""], "x.csv is empty"),
        ([HEADER], "x.csv"),
    ],
)
def test_what_is_wrong_is_told_with_the_line_it_stands_in(tmp_path, lines, said):
    assert said in refusal(tmp_path, lines)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ([f"{HEADER},note", f'{START},{NUMBERS},"one', "", 'two"', f"{START + HOUR},10,11,9,?,1,"], 5),
        ([f'{HEADER},"a', 'note"', f"{START},{NUMBERS},", f"{START + HOUR},10,11,9,?,1,"], 4),
        ([HEADER, "", *hours(START), "", "", f"{START + HOUR},10,11,9,?,1", ""], 6),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_counted_as_an_editor_does(tmp_path, lines, line, end):
    (tmp_path / "x.csv").write_text(end.join([*lines, ""]), newline="")
    with pytest.raises(CryptoflowError, match=rf"close is no number: line {line} \('\?'\)"):
        Csv(path="x.csv").load(Asked("BTC/USDT", HOUR, 0, START + 24 * HOUR, 0, tmp_path))
    text = (tmp_path / "x.csv").read_text()
    (tmp_path / "x.csv").write_text(text.replace("?", "11").replace("9,11,1", "9,12,1"), newline="")
    with pytest.raises(CryptoflowError, match=rf"high is below open or close: line {line} "):
        Csv(path="x.csv").load(Asked("BTC/USDT", HOUR, 0, START + 24 * HOUR, 0, tmp_path))


def test_a_cell_of_several_lines_is_one_wherever_the_file_is_cut_to_be_read(tmp_path):
    times = range(START, START + 24 * HOUR, HOUR)
    lines = [f'{time},{NUMBERS},"{"long " * 20_000}\n"' for time in times]
    assert len(read(tmp_path, [f"{HEADER},note", *lines])) == 24


def test_every_row_that_cannot_be_read_is_told_at_once(tmp_path):
    said = refusal(tmp_path, [HEADER, f"{START},ten,11,9,10,1", *hours("today"), f"{START},10,11,9,?,1"])
    assert "open is no number: line 2 ('ten')" in said
    assert "close is no number: line 4 ('?')" in said
    assert "line 3 ('today')" in said


@pytest.mark.parametrize("pack", [gzip.compress, zipped, lambda data: b"\xef\xbb\xbf" + data])
def test_a_file_is_read_whatever_it_is_packed_in(tmp_path, pack):
    (tmp_path / "x.csv").write_bytes(pack("\n".join([HEADER, *hours(START)]).encode()))
    assert len(Csv(path="x.csv").load(Asked("BTC/USDT", HOUR, 0, START + HOUR, 0, tmp_path))) == 1


def test_rows_outside_the_span_are_not_held_against_a_file(tmp_path):
    broken = f"{START - HOUR},0,0,0,0,-1"
    assert len(read(tmp_path, [HEADER, broken, *hours(START)])) == 1


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"PAR1\xff\xfe\x00")
    with pytest.raises(CryptoflowError, match=r"x\.csv"):
        Csv(path="x.csv").load(Asked("BTC/USDT", HOUR, 0, START, 0, tmp_path))


def test_a_missing_file_is_named_with_its_nearest_neighbour(tmp_path):
    (tmp_path / "BTCUSDT-1h.csv").touch()
    with pytest.raises(CryptoflowError, match=r"did you mean BTCUSDT-1h\.csv\?"):
        Csv(path="{symbol}_{timeframe}.csv").load(Asked("BTC/USDT", HOUR, 0, START, 0, tmp_path))


@pytest.mark.parametrize("path", ["{coin}.csv", "{symbol", "{symbol!r}.csv", "{0}.csv", ""])
def test_a_path_that_cannot_be_filled_is_refused_before_anything_runs(path):
    for source in (Csv, Parquet):
        with pytest.raises(ValidationError):
            source(path=path)


@pytest.mark.parametrize(
    "times",
    [
        pa.array([START, START + HOUR]),
        pa.array([START // 1000, START // 1000 + 3600]),
        pa.array([datetime(2024, 1, 1, hour, tzinfo=UTC) for hour in (0, 1)]),
        pa.array(["2024-01-01T00:00:00Z", "2024-01-01T01:00:00Z"]),
    ],
    ids=lambda times: str(times.type),
)
def test_parquet_times_of_any_type_are_read(tmp_path, times):
    write(tmp_path, times)
    bars = Parquet(path="x.parquet").load(Asked("BTC/USDT", HOUR, START, START + 24 * HOUR, 0, tmp_path))
    assert bars.open_at.tolist() == [START, START + HOUR]


def test_parquet_dates_need_their_zone(tmp_path):
    write(tmp_path, pa.array([date(2024, 1, 1), date(2024, 1, 2)]))
    day = 24 * HOUR
    with pytest.raises(CryptoflowError, match="zone: UTC"):
        Parquet(path="x.parquet").load(Asked("BTC/USDT", day, START, START + 2 * day, 0, tmp_path))
    assert (
        len(Parquet(path="x.parquet", zone="UTC").load(Asked("BTC/USDT", day, START, START + 2 * day, 0, tmp_path)))
        == 2
    )


def write(folder: Path, times: pa.Array) -> None:
    prices = {name: [value] * 2 for name, value in zip("ohlcv", (10, 11, 9, 10.5, 3), strict=True)}
    parquet.write_table(pa.table({"timestamp": times, **prices}), folder / "x.parquet")


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "x.parquet").write_text("ts,open")
    with pytest.raises(CryptoflowError, match="cannot be read as Parquet"):
        Parquet(path="x.parquet").load(Asked("BTC/USDT", HOUR, 0, START, 0, tmp_path))


def test_three_years_of_real_hours_are_read_and_their_one_gap_is_counted():
    source = Parquet(path="ohlcv/binance_spot/{symbol}_{timeframe}_2022-2025H1.parquet")
    real = needs("ohlcv/binance_spot/BTCUSDT_1h_2022-2025H1.parquet")
    bars = source.load(Asked("BTC/USDT", HOUR, 0, 2**42, 0, real))
    assert len(bars) == 29_999
    assert bars.gaps() == 1
