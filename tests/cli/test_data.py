"""`cryptoflow data`, as its users meet it."""

import csv
import json
import os
import re
import shlex
import shutil
import time
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from rich.console import Console

from cryptoflow.cli.app import run
from cryptoflow.cli.data import app
from cryptoflow.market import parquet_files
from cryptoflow.market.store.key import Key
from cryptoflow.pipelines.data.frame import frame
from cryptoflow.report.data_tables import bars_table, datasets_table, gaps_table, manifest_table
from cryptoflow.spec.durations import Duration
from tests.cli.conftest import ROOT
from tests.cli.projects import small
from tests.market.store.stores import KEY, MINUTE, START, filled, made

Capsys = pytest.CaptureFixture[str]

HOUR = 60 * MINUTE
HOURS = Key("binance", "BTC/USDT", HOUR)
ETHER = Key("bybit", "ETH/USDT", HOUR)

ADDED = "made up: 590 bars, added on 2025-03-05 22:00 UTC"
NOT_THERE = (
    "the store has no bars of ETH/USDT 1h of bybit from 2025-01-01 00:00 UTC on\n"
    "hint: it has them from 2024-01-30 22:00 UTC to 2024-03-12 14:00 UTC; "
    "`cryptoflow data show ETH/USDT --timeframe 1h --venue bybit` says what is missing in them\n"
)
"""What an export says of days on which there are no bars."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with three datasets, two of them of one symbol, which is the current folder."""
    store = tmp_path / ".cryptoflow" / "data"
    filled(store, made(600, without=range(60, 70)))
    for key in (HOURS, ETHER):
        filled(store, made(1_000, key=key), key)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(capsys: Capsys, *arguments: str, code: int = 0) -> Any:
    assert run(["data", *arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def told(capsys: Capsys, *arguments: str, code: int = 0) -> Any:
    assert run(["data", *arguments]) == code
    return capsys.readouterr()


def test_the_list_has_every_dataset_and_what_lies_ready(project: Path, capsys: Capsys) -> None:
    frame("ETH/USDT")  # BTC/USDT of an hour has the same numbers here, and so the same file
    frame("ETH/USDT")
    found = said(capsys, "list")
    assert [(each["symbol"], each["timeframe"], each["bars"], each["missing"]) for each in found["datasets"]] == [
        ("BTC/USDT", "1m", 590, 10),
        ("BTC/USDT", "1h", 1_000, 0),
        ("ETH/USDT", "1h", 1_000, 0),
    ]
    columns = found["columns"]
    assert (columns["files"], columns["hits"], columns["misses"], columns["evictions"]) == (1, 1, 1, 0)
    assert columns["bytes"] == 64 + 48 * 1_000
    shown = told(capsys, "list", "--venue", "bybit")
    assert "ETH/USDT" in shown.out
    assert "BTC/USDT" not in shown.out
    assert "1 dataset, " in shown.err
    assert " KiB. Runs load it at once.\n" in shown.err
    assert "Runs load 2 of them at once; the first run on another takes a moment longer" in told(capsys, "list").err


@pytest.mark.parametrize("command", ["list", "gaps", "verify"])
def test_an_empty_store_says_how_to_fill_it(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said(capsys, command)["datasets"] == []
    spoken = told(capsys, command).err
    assert "`cryptoflow data download SPEC` fetches those of a spec, `cryptoflow data import FILE` takes" in spoken
    fetched = "hint: `cryptoflow data download ETH/EUR --timeframe 4h --venue kraken --since 2024-01-01` fetches them\n"
    assert fetched in told(capsys, "show", "ETH/EUR", "--timeframe", "4h", "--venue", "kraken", code=3).err
    assert not (tmp_path / ".cryptoflow").exists()


@pytest.mark.parametrize("command", [datasets_table, gaps_table, bars_table, manifest_table])
def test_a_table_of_long_names_and_numbers_fits_into_100_columns(tmp_path: Path, command: Any) -> None:
    key = Key("krakenfutures", "1000SHIB/USDT:USDT", MINUTE)
    bars = made(100_000, without=range(9, 99), key=key)
    dataset = filled(tmp_path, bars, key)
    written = StringIO()
    what = dataset.last(3).bars if command is bars_table else dataset.manifest()
    table = command([what] if command in (datasets_table, gaps_table) else what)
    Console(file=written, width=100).print(table)
    text = written.getvalue()
    assert max(map(len, text.splitlines())) <= 100
    assert "…" not in text
    assert command is bars_table or "1000SHIB/USDT:USDT" in text


def test_a_dataset_is_shown_with_its_last_bars(project: Path, capsys: Capsys) -> None:
    shown = told(capsys, "show", "BTC/USDT", "--timeframe", "1m", "--rows", "2").out
    parts = ("BTC/USDT 1m of binance", "590, 10 missing", "2024-01-30 23:00 UTC to 2024-01-30 23:10 UTC", ADDED)
    assert all(part in shown for part in parts)
    assert shown.count("2024-01-31 07:5") == 2
    (found,) = said(capsys, "show", "ETH/USDT", "--rows", "1")["datasets"]
    assert [each["open_at"] for each in found["last"]] == ["2024-03-12T13:00:00Z"]
    assert found["origins"][0]["added"] == found["bars"] == 1_000


def test_a_spec_means_the_bars_that_its_run_would_take(project: Path, capsys: Capsys) -> None:
    spec = small(project)
    found = said(capsys, "list", str(spec))["datasets"]
    assert [each["timeframe"] for each in found] == ["1m", "1h"]
    assert said(capsys, "gaps", str(spec), "--timeframe", "1h")["datasets"][0]["gaps"] == []


@pytest.mark.parametrize("command", ["list", "show", "gaps", "verify", "export --to {timeframe}.csv"])
def test_a_spec_is_one_wherever_it_lies(
    project: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    small(project)
    told(capsys, *command.split(), "./configs/small.yaml")
    monkeypatch.chdir(project / "configs")
    told(capsys, *command.split(), "../configs/small.yaml")


def test_gaps_are_listed_with_what_they_lack(project: Path, capsys: Capsys) -> None:
    assert said(capsys, "gaps", "BTC/USDT", "--timeframe", "1m")["datasets"][0]["gaps"] == [
        {"start": "2024-01-30T23:00:00Z", "end": "2024-01-30T23:10:00Z", "bars": 10}
    ]
    assert "2024-01-30 23:10" in told(capsys, "gaps").out
    assert told(capsys, "gaps", "ETH/USDT").err == "no gaps\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("show", "BTC/USD"), 3, "did you mean `BTC/USDT`?"),
        (
            ("show", "XMR/EUR", "--venue", "okx"),
            3,
            "it has BTC/USDT, ETH/USDT; `cryptoflow data download XMR/EUR --timeframe",
        ),
        (
            ("show", "SOL/USDT"),
            3,
            "it has BTC/USDT, ETH/USDT; `cryptoflow data download SOL/USDT --timeframe 1h --venue",
        ),
        (("show", "BTC/USDT", "--timeframe", "4h"), 3, "it has BTC/USDT 1m of binance, BTC/USDT 1h of binance"),
        (("show", "BTC/USDT", "--timeframe", "soon"), 2, "--timeframe: "),
        *(
            ((command, "BTC/USDT", "--timeframe", length, *more), 2, "is called 1h\nhint: write 1h")
            for command, *more in (["list"], ["show"], ["gaps"], ["verify"], ["prune"], ["export", "--to", "x.csv"])
            for length in ("60m", "1H")
        ),
        (("show", "none.yaml"), 3, "none.yaml"),
        (("prune", "BTC/USDT"), 2, "say which, like: BTC/USDT --timeframe 1m --venue binance"),
        (("export", "BTC/USDT", "--to", "x.csv"), 2, 'give each a file of its own: --to "x-{timeframe}.csv"'),
        (("export", "ETH/USDT", "--to", "x.xls"), 2, "endings are: .csv, .parquet, .feather"),
        (("export", "ETH/USDT", "--to", "{coin}.csv"), 2, "{coin} is no placeholder"),
        (("export", "ETH/USDT", "--to", "x.csv", "--since", "May"), 2, "--since: May: that is no day"),
        (("export", "ETH/USDT", "--to", "x.csv", "--since", "2025-01-01"), 3, NOT_THERE),
        (("export", "ETH/USDT", "--to", "x.csv", "--since", "2024-02-02", "--until", "2024-02-01"), 2, "--until lies"),
        (("export", "ETH/USDT", "--to", "folder.csv", "--replace"), 2, "folder.csv is a folder"),
        (("export", "ETH/USDT", "--to", "file.csv/x.csv"), 4, "file.csv/x.csv cannot be written: "),
        (("export", "ETH/USDT", "--to", "/proc/x.csv"), 4, "/proc/x.csv cannot be written: "),
        (("export", "ETH/USDT", "--to", f"{'x' * 300}.csv"), 4, "x.csv cannot be written: File name too long"),
        (("prune", "--venue", "bybit"), 2, "no symbol is named"),
        (("prune", "--timeframe", "1h"), 2, "no symbol is named"),
        (("prune", "ETH/USDT", "--columns"), 2, "--columns is for the files of all datasets"),
        (("verify", "--venue", "bybt"), 3, "the store has no bars of bybt\nhint: did you mean `bybit`?"),
        (("list", "--venue", "nowhere"), 3, "the store has no bars of nowhere\nhint: it has those of: binance, bybit"),
        (("gaps", "--venue", "bybit", "--timeframe", "1m"), 3, "no bars of 1m of bybit\nhint: it has those of 1h"),
        (("show",), 2, "NAME..."),
    ],
)
def test_what_cannot_be_done_says_why(
    project: Path, capsys: Capsys, arguments: tuple[str, ...], code: int, message: str
) -> None:
    (project / "folder.csv").mkdir()
    (project / "file.csv").touch()
    spoken = told(capsys, *arguments, code=code)
    assert message in spoken.err
    assert not spoken.out


@pytest.mark.parametrize("command", ["list", "gaps"])
def test_a_damaged_dataset_is_told_to_programs_and_the_others_are_there(
    project: Path, capsys: Capsys, command: str
) -> None:
    file = project / ".cryptoflow/data/bars/bybit/ETH_USDT/1h/manifest.json"
    file.write_text("{")
    found = said(capsys, command, code=3)
    assert [each["timeframe"] for each in found["datasets"]] == ["1m", "1h"]
    assert [problem["what"].partition(" of this")[0] for problem in found["problems"]] == [f"{file} is no manifest"]
    spoken = told(capsys, command, code=3)
    assert "BTC/USDT" in spoken.out
    assert f"{file} is no manifest" in spoken.err


def test_verify_ends_with_6_and_names_the_file(project: Path, capsys: Capsys) -> None:
    assert told(capsys, "verify").out.splitlines() == [
        "BTC/USDT 1m of binance: 590 bars in 1 file, 10 missing, sound",
        "BTC/USDT 1h of binance: 1,000 bars in 1 file, sound",
        "ETH/USDT 1h of bybit: 1,000 bars in 1 file, sound",
    ]
    (file,) = (project / ".cryptoflow/data/bars/bybit/ETH_USDT/1h").glob("*.parquet")
    content = bytearray(file.read_bytes())
    content[99] ^= 1
    file.write_bytes(content)
    assert f"{file}: its bytes are not those that were written (1,000 bars, 2024)" in told(capsys, "verify", code=6).err
    found = said(capsys, "verify", code=6)
    assert [each["ok"] for each in found["datasets"]] == [True, True, False]
    file.with_name("manifest.json").write_text("{")
    assert "is no manifest" in said(capsys, "verify", "ETH/USDT", code=6)["datasets"][0]["problems"][0]["what"]


def test_prune_removes_what_nobody_needs_and_no_bars(project: Path, capsys: Capsys) -> None:
    frame("ETH/USDT")
    stray = project / ".cryptoflow/data/bars/bybit/ETH_USDT/1h/2024-0123456789abcdef.parquet"
    stray.write_bytes(b"left")
    assert said(capsys, "prune", "--dry-run")["files"] == [str(stray)]
    assert stray.exists()
    assert told(capsys, "prune").out == f"{stray.relative_to(project)}\n"
    assert [Path(each).suffix for each in said(capsys, "prune", "--columns")["files"]] == [".bars"]
    begun = project / ".cryptoflow/data/bars/okx/SOL_USDT/1h/2024-0123456789abcdef.parquet-7-7.unfinished"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(b"half")
    assert said(capsys, "prune")["files"] == [str(begun)]
    assert said(capsys, "prune") == {"dry_run": False, "files": [], "bytes": 0}
    assert len(said(capsys, "list")["datasets"]) == 3


def test_prune_leaves_a_column_file_that_may_still_be_written(project: Path, capsys: Capsys) -> None:
    frame("ETH/USDT")
    now, begun = time.time(), []
    for age in (3_500, 3_700):
        begun.append(project / ".cryptoflow/data/columns" / f"{age}.bars-7-7.unfinished")
        begun[-1].write_bytes(b"half")
        os.utime(begun[-1], (now - age, now - age))
    assert said(capsys, "prune")["files"] == [str(begun[1])]


def test_prune_removes_a_dataset_by_its_name(project: Path, capsys: Capsys) -> None:
    arguments = ("prune", "BTC/USDT", "--timeframe", "1h")
    would = said(capsys, *arguments, "--dry-run")["files"]
    assert sorted(Path(each).name.partition("-")[0] for each in would) == ["2024", "manifest.json"]
    assert len(said(capsys, "list")["datasets"]) == 3
    assert said(capsys, *arguments)["files"] == would
    assert [each["timeframe"] for each in said(capsys, "list", "BTC/USDT")["datasets"]] == ["1m"]


def test_what_is_exported_is_read_back_the_same(project: Path, capsys: Capsys) -> None:
    for kind in ("csv", "parquet", "feather"):
        told(capsys, "export", "BTC/USDT", "ETH/USDT", "--timeframe", "1h", "--to", f"out/{{symbol}}.{kind}")
    with (project / "out" / "BTCUSDT.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    bars = made(1_000, key=HOURS)
    assert [float(row["close"]) for row in rows] == bars.close.tolist()
    assert rows[0]["open_at"] == "2024-01-30 22:00:00.000Z"
    read = parquet_files.read(project / "out" / "ETHUSDT.parquet", None)
    assert (read.open_at.tolist(), read.notes) == (bars.open_at.tolist(), ("ETHUSDT.parquet: open_at read as moments",))
    message = "out/BTCUSDT.csv is there already"
    assert message in told(capsys, "export", "BTC/USDT", "--timeframe", "1h", "--to", "out/BTCUSDT.csv", code=2).err
    (again,) = said(
        capsys, "export", "BTC/USDT", "--timeframe=1h", "--to=out/BTCUSDT.csv", "--since=2024-03-12", "--replace"
    )["files"]
    assert again == {
        "file": "out/BTCUSDT.csv",
        "venue": "binance",
        "symbol": "BTC/USDT",
        "timeframe": "1h",
        "start": "2024-03-12T00:00:00Z",
        "end": "2024-03-12T14:00:00Z",
        "bars": 14,
    }


def test_who_looks_at_bars_writes_none(project: Path, capsys: Capsys) -> None:
    told(capsys, "show", "ETH/USDT")
    told(capsys, "export", "ETH/USDT", "--to", "{venue}/{symbol}.csv")
    assert not (project / ".cryptoflow/data/columns").exists()
    assert sorted(file.name for file in (project / "bybit").iterdir()) == ["ETHUSDT.csv"]


def test_bars_of_two_venues_are_written_into_two_files(project: Path, capsys: Capsys) -> None:
    other = HOURS._replace(venue="kraken")
    filled(project / ".cryptoflow/data", made(5, key=other), other)
    done = said(capsys, "export", "BTC/USDT", "--timeframe", "1h", "--to", "{venue}.csv")["files"]
    assert [(each["file"], each["bars"]) for each in done] == [("binance.csv", 1_000), ("kraken.csv", 5)]


def test_a_frame_of_pandas_has_an_index_in_utc(project: Path) -> None:
    found = frame("BTC/USDT", timeframe="1m")
    assert (len(found), str(found.index.dtype), list(found)) == (
        590,
        "datetime64[ms, UTC]",
        ["open", "high", "low", "close", "volume"],
    )
    assert found.index[0].timestamp() * 1000 == START
    assert found.close.tolist() == made(600, without=range(60, 70), key=KEY).close.tolist()


def test_a_backtest_takes_the_bars_of_the_store(project: Path, capsys: Capsys) -> None:
    spec = small(project)
    text = spec.read_text().replace("period: 2024-01-03..2024-01-20", "period: 2024-02-05..2024-02-25")
    spec.write_text("\n".join(line for line in text.splitlines() if not line.startswith("sources:")) + "\n")
    assert run(["backtest", str(spec), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["rows"] == 21 * 24 + 20
    assert run(["backtest", str(spec), "--set", "market.venue=kraken"]) == 3
    assert (
        "cryptoflow data download BTC/USDT --venue kraken --timeframe 1h --since 2024-02-04" in capsys.readouterr().err
    )


def examples() -> list[str]:
    """Every line of the examples that the commands of this file and `import` print with --help."""
    own = {"list", "show", "gaps", "verify", "export", "import", "prune"}
    texts = [str(each.callback.__doc__) for each in app.registered_commands if each.callback and each.name in own]
    return re.findall(r"^ +cryptoflow data (.+)$", "\n".join(texts), re.MULTILINE)


@pytest.mark.parametrize("line", examples())
def test_an_example_of_the_help_runs(project: Path, capsys: Capsys, line: str) -> None:
    shutil.copytree(ROOT / "configs", project / "configs")
    for name, head, length in (
        ("BTCUSDT-1m-2024-01", "time,open,high,low,close,volume", "1m"),
        ("prices", "Date,open,high,low,Last,volume", "1h"),
        ("old", "time,open,high,low,close,volume", "1d"),
    ):
        bars = made(30, key=Key("x", "BTC/USDT", int(Duration(length))), start=START // (24 * HOUR) * 24 * HOUR)
        columns = (getattr(bars, each).tolist() for each in ("open_at", "open", "high", "low", "close", "volume"))
        rows = (",".join(map(str, row)) for row in zip(*columns, strict=True))
        (project / f"{name}.csv").write_text("\n".join([head, *rows, ""]))
    with ZipFile(project / "BTCUSDT-1m-2024-01.zip", "w") as archive:
        archive.write(project / "BTCUSDT-1m-2024-01.csv", "BTCUSDT-1m-2024-01.csv")
    if line.startswith("import BTCUSDT"):
        shutil.rmtree(project / ".cryptoflow")
    words = (sorted(map(str, Path().glob(word))) if "*" in word else [word] for word in shlex.split(line))
    assert run(["data", *(each for word in words for each in word)]) == 0, capsys.readouterr().err
