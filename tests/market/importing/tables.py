"""A day of hours that are true, written as others write them, and everything that may happen to such a file."""

import gzip
import io
import json
from zipfile import ZipFile

import pyarrow as pa
from pyarrow import feather, parquet

HOUR = 3_600_000
START = 1_709_251_200_000
"""2024-03-01, a Friday."""

NOW = START + 24 * HOUR + HOUR // 2
"""When the files are read: half an hour into the next day."""

HEAD = "Date,Open,High,Low,Close,Volume"
HOURS = 24


def numbers(hour: int) -> tuple[float, float, float, float, float]:
    """Open, high, low, close and volume of an hour."""
    return 62_000.5 + hour, 62_100.25 + hour, 61_900.0 + hour, 62_010.75 + hour, 100.125 + hour


def lines() -> list[str]:
    """The day as a CSV file, its names in line 1, the hour `h` in line `h + 2`."""
    return [HEAD, *(f"2024-03-01T{hour:02}:00:00Z,{','.join(map(str, numbers(hour)))}" for hour in range(HOURS))]


def rows() -> list[list[object]]:
    """The day as lists."""
    return [[START + hour * HOUR, *numbers(hour)] for hour in range(HOURS)]


def klines(unit: int = 1) -> list[list[object]]:
    """The day as a venue answers it: twelve fields, prices as text."""
    return [
        [at * unit, *(str(number) for number in prices), (at + HOUR) * unit - 1, "6e6", 900, "50", "3e6", "0"]
        for at, *prices in ((START + hour * HOUR, *numbers(hour)) for hour in range(HOURS))
    ]


def objects() -> list[dict[str, object]]:
    """The day as objects."""
    names = ("timestamp", "open", "high", "low", "close", "volume")
    return [dict(zip(names, row, strict=True)) for row in rows()]


def columns() -> dict[str, list[object]]:
    """The day as columns."""
    names = ("date", "open", "high", "low", "close", "volume")
    return dict(zip(names, map(list, zip(*rows(), strict=True)), strict=True))


def text(table: list[list[object]], separator: str = ",") -> bytes:
    return "".join(separator.join(map(str, row)) + "\n" for row in table).encode()


def joined(table: list[str], end: str = "\n") -> bytes:
    return (end.join(table) + end).encode()


def zipped(*files: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return out.getvalue()


def in_parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    parquet.write_table(table, out)
    return out.getvalue()


def in_feather(table: pa.Table) -> bytes:
    out = io.BytesIO()
    feather.write_feather(table, out, compression="lz4")
    return out.getvalue()


def dated() -> pa.Table:
    """The day as freqtrade keeps it: dates with their zone."""
    table = columns()
    return pa.table({**table, "date": pa.array(table["date"], pa.timestamp("ms", "UTC"))})


SHAPES: dict[str, tuple[str, bytes]] = {
    "csv": ("BTCUSDT-1h.csv", joined(lines())),
    "csv newest first": ("BTCUSDT-1h.csv", joined([HEAD, *lines()[:0:-1]])),
    "csv below a line of advertising": ("BTCUSDT-1h.csv", joined(["https://bars.example", *lines()])),
    "csv without names": ("BTCUSDT-1h.csv", text(rows())),
    "csv of a spreadsheet": ("BTCUSDT-1h.csv", b"\xff\xfe" + "\r\n".join(lines()).encode("utf-16-le")),
    "klines in milliseconds": ("BTCUSDT-1h-2024-03.csv", text(klines())),
    "klines in microseconds": ("BTCUSDT-1h-2024-03.csv", text(klines(1000))),
    "klines in a zip": ("BTCUSDT-1h-2024-03.zip", zipped(("BTCUSDT-1h-2024-03.csv", text(klines())))),
    "tabs": ("BTCUSDT-1h.tsv", joined(lines()).replace(b",", b"\t")),
    "semicolons": ("BTCUSDT-1h.csv", joined(lines()).replace(b",", b";")),
    "gzip": ("BTCUSDT-1h.csv.gz", gzip.compress(joined(lines()))),
    "parquet": ("BTCUSDT-1h.parquet", in_parquet(pa.table(columns()))),
    "feather": ("BTC_USDT-1h.feather", in_feather(dated())),
    "json of rows": ("BTC_USDT-1h.json", json.dumps(rows()).encode()),
    "json of klines": ("BTCUSDT-1h.json.gz", gzip.compress(json.dumps(klines()).encode())),
    "json of objects": ("BTCUSDT_1h.json", json.dumps(objects(), indent=1).encode()),
    "json of columns": ("BTCUSDT_1h.json", json.dumps(columns()).encode()),
    "json of columns by row": (
        "BTCUSDT_1h.json",
        json.dumps({name: dict(enumerate(each)) for name, each in columns().items()}).encode(),
    ),
    "lines of objects": ("BTCUSDT_1h.jsonl", "\n".join(map(json.dumps, objects())).encode()),
    "lines of lists": ("BTCUSDT_1h.jsonl", "\n".join(map(json.dumps, rows())).encode()),
}
"""A name for the file, and what is in it: always the same day."""
