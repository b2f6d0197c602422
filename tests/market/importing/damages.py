"""What may happen to a file of bars: to one of its rows, to its form, or to its bytes."""

import gzip
import json
from collections.abc import Callable

import pyarrow as pa

from tests.market.importing.tables import (
    HEAD,
    HOUR,
    START,
    columns,
    dated,
    in_feather,
    in_parquet,
    joined,
    klines,
    lines,
    rows,
    text,
    zipped,
)

Table = list[str]
Damage = Callable[[Table, int], Table]
"""Damages the row of the hour given in a table of lines, whose first are the names."""


def cell(place: int, value: str) -> Damage:
    """Put something else into a column of the row."""

    def damage(table: Table, hour: int) -> Table:
        cells = table[hour + 1].split(",")
        cells[place] = value
        return [*table[: hour + 1], ",".join(cells), *table[hour + 2 :]]

    return damage


def row(change: Callable[[str], str]) -> Damage:
    """Change the whole row."""
    return lambda table, hour: [*table[: hour + 1], change(table[hour + 1]), *table[hour + 2 :]]


def inserted(change: Callable[[str], str]) -> Damage:
    """Put one more row below the row."""
    return lambda table, hour: [*table[: hour + 2], change(table[hour + 1]), *table[hour + 2 :]]


def displaced(table: Table, hour: int) -> Table:
    """Move the row to the other end."""
    moved = table.pop(hour + 1)
    return [*table, moved] if hour < 12 else [table[0], moved, *table[1:]]


def in_seconds(table: Table, hour: int) -> Table:
    """Count the times in milliseconds, but that of the row in seconds."""
    head, *bars = table
    for each, bar in enumerate(bars):
        at = START + each * HOUR
        bars[each] = f"{at // 1000 if each == hour else at},{bar.partition(',')[2]}"
    return [head, *bars]


TIME, OPEN, HIGH, LOW, CLOSE, VOLUME = range(6)

DAMAGES: dict[str, Damage] = {
    "text-in-a-number": cell(CLOSE, "sixty"),
    "decimal-comma": cell(CLOSE, '"62010,75"'),
    "thousands-separators": cell(CLOSE, '"62,010.75"'),
    "not-a-number": cell(OPEN, "NaN"),
    "infinite": cell(HIGH, "inf"),
    "overflow": cell(VOLUME, "1e400"),
    "number-missing": cell(VOLUME, ""),
    "price-zero": cell(LOW, "0"),
    "price-negative": cell(LOW, "-61900"),
    "high-below-low": cell(HIGH, "61000"),
    "low-above-high": cell(LOW, "63000"),
    "close-outside": cell(CLOSE, "70000"),
    "volume-negative": cell(VOLUME, "-1"),
    "nul-bytes": cell(CLOSE, "62\0\0\0"),
    "nul-row": row(lambda line: "\0" * len(line)),
    "bytes-that-are-no-text": cell(CLOSE, "62\udcff10"),
    "row-too-short": row(lambda line: line[:31]),
    "row-too-long": row(lambda line: line + ",1"),
    "comma-for-a-point": row(lambda line: line.replace(".", ",")),
    "names-repeated": inserted(HEAD.format),
    "names-instead-of-a-row": row(HEAD.format),
    "time-missing": cell(TIME, ""),
    "time-of-another-kind": cell(TIME, "yesterday"),
    "time-of-no-calendar": cell(TIME, "2024-02-30T00:00:00Z"),
    "time-without-zone": row(lambda line: line.replace("Z,", ",")),
    "time-in-another-unit": in_seconds,
    "time-beyond-all-counts": lambda table, hour: cell(TIME, "9" * 30)(in_seconds(table, -1), hour),
    "time-within-a-millisecond": row(lambda line: line.replace("Z,", ".0005Z,")),
    "time-off-the-grid": row(lambda line: line.replace(":00:00Z", ":07:00Z")),
    "bar-of-the-future": cell(TIME, "2034-03-01T00:00:00Z"),
    "row-displaced": displaced,
    "rows-contradict": inserted(lambda line: line.replace("62", "63")),
}
"""What makes one row impossible. Rows that contradict each other are two."""


def content(table: Table) -> bytes:
    """A table as the bytes of a file; what stands for a byte that is no text becomes one."""
    return "".join(f"{line}\n" for line in table).encode("utf-8", "surrogateescape")


def bent(data: bytes, at: int = 200) -> bytes:
    """Bytes of which one is another."""
    return data[:at] + bytes([data[at] ^ 255]) + data[at + 1 :]


def unfinished() -> bytes:
    return content([*lines(), lines()[-1].replace("03-01T23", "03-02T00")])


def spoilt_json() -> bytes:
    table: list[object] = [*rows()]
    table[3] = None
    table[5] = rows()[5][:4]
    return json.dumps(table).encode()


def spoilt_lines() -> bytes:
    table = [json.dumps(each) for each in rows()]
    table[7] = table[7][:20]
    return "\n".join(table).encode()


def spoilt_parquet() -> bytes:
    table = columns()
    table["close"][4] = None
    table["date"][6] = None
    return in_parquet(pa.table(table))


FILES: dict[str, tuple[str, bytes]] = {
    "empty": ("BTCUSDT-1h.csv", b""),
    "blank": ("BTCUSDT-1h.csv", b"\n \n"),
    "names-only": ("BTCUSDT-1h.csv", content([HEAD])),
    "names-twice": ("BTCUSDT-1h.csv", content([HEAD, *lines()])),
    "column-missing": ("BTCUSDT-1h.csv", content([line.rpartition(",")[0] for line in lines()])),
    "column-twice": ("BTCUSDT-1h.csv", content([f"{line},{line.split(',')[4]}" for line in lines()])),
    "columns-unknown": ("BTCUSDT-1h.csv", content([line + ",1" for line in lines()[1:]])),
    "columns-in-bitfinex-order": ("BTCUSD-1h.csv", text([[r[0], r[1], r[4], r[2], r[3], r[5]] for r in rows()])),
    "zone-unknown": ("BTCUSDT-1h.csv", content([line.replace("Z,", ",") for line in lines()])),
    "times-unknown": ("BTCUSDT-1h.csv", content([line.replace("2024-03-01T", "01/03/2024 ") for line in lines()])),
    "timeframe-longer": ("BTCUSDT-1m.csv", content(lines())),
    "timeframe-shorter": ("BTCUSDT-4h.csv", content(lines())),
    "timeframe-unknown": ("prices.csv", content(lines())),
    "bar-unfinished": ("BTCUSDT-1h.csv", unfinished()),
    "mark-of-utf-8": ("BTCUSDT-1h.csv", b"\xef\xbb\xbf" + content(lines())),
    "line-ends-mixed": ("BTCUSDT-1h.csv", content(lines()[:9]) + joined(lines()[9:], "\r\n")),
    "rows-twice": ("BTCUSDT-1h.csv", content([*lines()[:9], *lines()[8:]])),
    "empty-lines": ("BTCUSDT-1h.csv", content([*lines()[:9], "", *lines()[9:], "", ""])),
    "newest-first": ("BTCUSDT-1h.csv", content([HEAD, *lines()[:0:-1]])),
    "many-rows-spoilt": ("BTCUSDT-1h.csv", content([*lines()[:9], *(f"x{line}" for line in lines()[9:])])),
    "some-rows-spoilt": (
        "BTCUSDT-1h.csv",
        content([each.replace(".75,1", ".75,-1") if "T1" in each else each for each in lines()]),
    ),
    "gzip-cut": ("BTCUSDT-1h.csv.gz", gzip.compress(content(lines()), mtime=0)[:-30]),
    "gzip-bent": ("BTCUSDT-1h.csv.gz", bent(gzip.compress(content(lines()), mtime=0), -6)),
    "zip-cut": ("BTCUSDT-1h-2024-03.zip", zipped(("BTCUSDT-1h-2024-03.csv", text(klines())))[:-40]),
    "zip-bent": ("BTCUSDT-1h-2024-03.zip", bent(zipped(("BTCUSDT-1h-2024-03.csv", text(klines()))))),
    "zip-of-two": ("BTCUSDT-1h.zip", zipped(("a.csv", b"1"), ("b.csv", b"2"))),
    "parquet-cut": ("BTCUSDT-1h.parquet", in_parquet(pa.table(columns()))[:-30]),
    "parquet-nulls": ("BTCUSDT-1h.parquet", spoilt_parquet()),
    "parquet-of-text": (
        "BTCUSDT-1h.parquet",
        in_parquet(pa.table({**columns(), "close": pa.array([True] * 24)})),
    ),
    "feather-cut": ("BTC_USDT-1h.feather", in_feather(dated())[:-30]),
    "feather-old": ("BTC_USDT-1h.feather", b"FEA1" + b"\0" * 64),
    "json-cut": ("BTCUSDT-1h.json", json.dumps(rows()).encode()[:-40]),
    "json-rows-spoilt": ("BTCUSDT-1h.json", spoilt_json()),
    "json-line-cut": ("BTCUSDT-1h.jsonl", spoilt_lines()),
    "json-columns-uneven": ("BTCUSDT-1h.json", json.dumps({**columns(), "close": [1.0]}).encode()),
    "json-of-an-error": ("BTCUSDT-1h.json", b'{"code": -1121, "msg": "Invalid symbol."}'),
}
"""What happens to a whole file: a name, and what is in it."""
