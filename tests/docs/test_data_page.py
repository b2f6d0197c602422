"""The page about bars of one's own says what the code does: its project runs, its mistakes give their messages."""

import json
import re
import shlex
from pathlib import Path

import pytest
from pyarrow import csv, parquet

from cryptoflow.cli.app import run
from cryptoflow.errors import CryptoflowError
from cryptoflow.market import text_files
from cryptoflow.market.asked import Asked
from cryptoflow.market.columns import NAMES
from cryptoflow.market.files import selected
from cryptoflow.market.importing.file_names import Said, said
from cryptoflow.market.importing.reading import read
from cryptoflow.market.importing.sifting import sift
from cryptoflow.market.placeholders import filled
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.segments import runs_of
from cryptoflow.market.store.store import Store
from cryptoflow.market.times import HOUR, moment
from cryptoflow.settings import Settings, settings
from cryptoflow.spec.durations import Timeframe
from tests.market import charts
from tests.market.importing.tables import NOW, SHAPES
from tests.market.store.stores import Still

Capsys = pytest.CaptureFixture[str]

PAGE = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
SPEC = "configs/mine.yaml"
BARS = Path("data") / "BTCUSDT_2h.csv"
GOLDEN = Path(__file__).parents[1] / "golden" / "imports"


DAY_AFTER = 1_709_424_000_000
"""2024-03-03: when the example's bars were imported, as the page has it."""


def rows(head: str, table: int = 1) -> list[list[str]]:
    """The cells of the table whose head begins like this, the first one or another, without their backticks."""
    lines = PAGE.split(f"\n| {head} |")[table].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line[1:-1].split("|")] for line in lines]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project of the page, which is the current folder."""
    for name, text in re.findall(r"^`(\S+)`\n\n```\w+\n(.*?)```$", PAGE, re.MULTILINE | re.DOTALL):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ran(capsys: Capsys, *sets: str) -> dict[str, dict[str, float | str]]:
    """Run the project's backtest, and return what it prints."""
    assert run(["backtest", SPEC, "--json", *(word for each in sets for word in ("--set", each))]) == 0
    found: dict[str, dict[str, float | str]] = json.loads(capsys.readouterr().out)
    return found


def refused(capsys: Capsys, *sets: str) -> str:
    """Run the project's backtest, which is to be refused, and return why."""
    assert run(["backtest", SPEC, "--json", *(word for each in sets for word in ("--set", each))]) == 3
    return str(json.loads(capsys.readouterr().out)["errors"][0]["what"])


@pytest.fixture
def store(project: Path) -> Path:
    """The project with the bars of its file in the store."""
    key = Key("binance", "BTC/USDT", 7_200_000)
    told = text_files.read(BARS, ",", (), None)
    bars = selected(told, Asked(key.symbol, key.timeframe, 0, DAY_AFTER))
    store = Store(project / ".cryptoflow" / "data", Still(DAY_AFTER))
    store.dataset(key).add(bars, runs_of(bars), f"import {BARS.name}")
    return project


def transcripts(section: str) -> list[tuple[str, str]]:
    """Every command of a section's consoles with what it prints."""
    text = re.split(r"^## ", PAGE.split(f"\n## {section}\n")[1], flags=re.MULTILINE)[0]
    blocks = re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    found = [part.partition("\n")[::2] for block in blocks for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    return [(command.removeprefix("cryptoflow "), output) for command, output in found]


def printed(capsys: Capsys, command: str) -> str:
    """What a command prints, without what another version of the Parquet library would write otherwise."""
    run(shlex.split(command))
    said = capsys.readouterr()
    lines = (re.sub(r"-[0-9a-f]{16}\.", "-….", line).rstrip() for line in (said.out + said.err).splitlines())
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(("command", "output"), transcripts("The store"))
def test_a_command_on_the_page_prints_what_stands_below_it(capsys: Capsys, command: str, output: str) -> None:
    sizes = re.compile(r"[0-9.]+ KiB")
    assert sizes.sub("", printed(capsys, command)) == sizes.sub("", output)


@pytest.mark.usefixtures("store")
def test_the_python_of_the_page_prints_what_stands_below_it(capsys: Capsys) -> None:
    code, output = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]
    exec(code, {})
    assert capsys.readouterr().out == output


def test_the_settings_on_the_page_are_those_of_the_code() -> None:
    told = {name: default for name, default, _ in rows("setting")}
    assert told == {
        "CRYPTOFLOW_COLUMN_FILES": str(Settings().column_files),
        "CRYPTOFLOW_COLUMN_BYTES": Settings().column_bytes.human_readable().replace(".0GiB", " GiB"),
    }


@pytest.mark.usefixtures("project")
def test_the_project_of_the_page_runs_as_told(capsys: Capsys) -> None:
    found = ran(capsys)
    assert (found["data"]["rows"], found["data"]["gaps"], found["metrics"]["trades"]) == (16, 1, 1)
    assert "BTCUSDT_2h.csv: Date read as moments" in Path(str(found["artifacts"]["report"])).read_text()


@pytest.mark.usefixtures("project")
def test_the_same_bars_from_parquet_give_the_same_run(capsys: Capsys) -> None:
    parquet.write_table(csv.read_csv(BARS), BARS.with_suffix(".parquet"))
    source = "sources.history={use: parquet, path: '../data/{symbol}_{timeframe}.parquet'}"
    there, here = ran(capsys, source), ran(capsys)
    assert (there["data"], there["metrics"]) == (here["data"], here["metrics"])


def test_a_file_without_names_is_read_with_those_of_the_spec(project: Path, capsys: Capsys) -> None:
    BARS.with_name("plain.csv").write_text(BARS.read_text().partition("\n")[2].replace(",", ";"))
    told = re.findall(r"^sources: .*$", PAGE, re.MULTILINE)
    spec = project / SPEC
    spec.write_text(re.sub(r"^sources: .*$", told[1], spec.read_text(), flags=re.MULTILINE))
    assert ran(capsys)["data"]["rows"] == 16


@pytest.mark.usefixtures("project")
def test_bars_of_a_longer_timeframe_are_no_gaps(capsys: Capsys) -> None:
    message = refused(capsys, "market.timeframe=1h", "sources.history.path=../data/BTCUSDT_2h.csv")
    assert f"`{message}`" in PAGE


@pytest.mark.usefixtures("project")
def test_decisions_wait_where_bars_before_the_period_are_missing(capsys: Capsys) -> None:
    assert run(["backtest", SPEC, "--set", "warmup=8"]) == 0
    said = next(line for line in capsys.readouterr().err.splitlines() if line.startswith("Nothing is decided"))
    assert f"`{said}`" in PAGE


@pytest.mark.usefixtures("project")
def test_detail_makes_the_long_bars_of_the_short_ones(capsys: Capsys) -> None:
    detail = ("market.timeframe=4h", "market.detail=2h", "warmup=2")
    one = ran(capsys, *detail, "sources.history.path=../data/{symbol}_2h.csv")
    lines = BARS.read_text().splitlines()
    longer = "2024-03-01T00:00:00Z,61000,61900,60900,61800,9,9"
    BARS.with_name("BTCUSDT_4h.csv").write_text("\n".join((lines[0], longer, lines[4], lines[6], lines[8])))
    two = ran(capsys, *detail, "period=2024-03-01..2024-03-02")
    assert one["data"]["rows"] == 8
    assert two["data"]["rows"] == 10
    assert "1 bars of BTC/USDT have no finer ones inside" in Path(str(two["artifacts"]["report"])).read_text()


@pytest.mark.usefixtures("project")
def test_the_stocks_of_the_page_run_as_told(capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    with charts.serving(charts.every_session) as url:
        monkeypatch.setenv("CRYPTOFLOW_VENUES__YAHOO__URL", url)
        settings.cache_clear()
        assert run(["backtest", "configs/aapl_daily.yaml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["data"]["gaps"] == 0
    assert found["metrics"]["trades"] > 0


def test_a_run_without_listings_says_what_the_page_tells(project: Path, capsys: Capsys) -> None:
    assert run(["backtest", str(project / SPEC)]) == 0
    told = "The filters and fees are from the package's table"
    assert told in capsys.readouterr().err
    assert f"`{told}`" in PAGE


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("line", "text", "message"), rows("line"))
def test_a_line_that_cannot_be_true_gives_the_message_on_the_page(
    capsys: Capsys, line: str, text: str, message: str
) -> None:
    lines = BARS.read_text().splitlines()
    lines[int(line) - 1] = text
    BARS.write_text("\n".join(lines))
    assert refused(capsys) == message


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(("change", "message"), rows("`--set`"))
def test_a_spec_that_asks_for_other_bars_gives_the_message_on_the_page(
    capsys: Capsys, change: str, message: str
) -> None:
    assert refused(capsys, change).startswith(message)


@pytest.mark.parametrize(("path", "file"), rows("path"))
def test_placeholders_are_filled_as_on_the_page(path: str, file: str) -> None:
    assert filled(path, "BTC/USDT", 3_600_000, "binance") == file


def test_the_columns_on_the_page_are_those_that_are_recognised() -> None:
    told = {ours: tuple(re.findall(r"[a-z_]+", names)) for ours, names in rows("column")}
    assert told == {"time" if ours == "open_at" else ours: names for ours, names in NAMES.items()}


@pytest.mark.parametrize(("written", "zone", "read"), rows("written"))
def test_a_time_is_read_as_on_the_page(tmp_path: Path, written: str, zone: str, read: str) -> None:
    file = tmp_path / "x.csv"
    file.write_text(f"time,open,high,low,close,volume\n{written},1,1,1,1,1\n")
    if read.startswith("refused: "):
        with pytest.raises(CryptoflowError, match=re.escape(read.removeprefix("refused: "))):
            text_files.read(file, ",", (), zone or None)
    else:
        assert moment(int(text_files.read(file, ",", (), zone or None).open_at[0])) == read


@pytest.mark.usefixtures("project")
def test_importing_says_what_the_page_says(capsys: Capsys) -> None:
    for command, answer in transcripts("Into the store"):
        code = run(shlex.split(command))
        heard = capsys.readouterr()
        assert heard.out + heard.err == answer
        assert code == (3 if heard.err else 0)


@pytest.mark.parametrize(("shape", "said"), [(row[0], row[2]) for row in rows("shape")])
def test_what_is_recognised_is_said_as_on_the_page(tmp_path: Path, shape: str, said: str) -> None:
    name, data = SHAPES[shape]
    (tmp_path / name).write_bytes(data)
    assert f"{name}: {said}" in sift(read(tmp_path / name), "BTC/USDT", HOUR, NOW).bars.notes


@pytest.mark.parametrize(("file", "venue", "symbol", "timeframe"), rows("file"))
def test_a_name_tells_what_the_page_says(file: str, venue: str, symbol: str, timeframe: str) -> None:
    assert said(Path(file)) == Said(venue, symbol, int(Timeframe(timeframe)) if timeframe else 0)


@pytest.mark.parametrize(("damage", "said"), [*rows("damage"), *rows("damage", 2)])
def test_a_damage_is_called_what_the_page_calls_it(damage: str, said: str) -> None:
    assert said in (GOLDEN / f"{damage}.txt").read_text()
