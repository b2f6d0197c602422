"""What every source promises, built in now or later: an example of each is asked the same questions."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import csv, parquet

from cryptoflow.clock import MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.asked import Asked
from cryptoflow.market.bars import COLUMNS, Bars
from cryptoflow.market.checks import check
from cryptoflow.market.store.key import Key
from cryptoflow.market.store.store import Store
from cryptoflow.plugins.kinds import Listening
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.settings import settings
from cryptoflow.spec.values import Period
from tests.market import charts
from tests.market.rest.stub import Stub, beside

HOUR = 3_600_000
MAY = Period("2024-05-01..2024-05-31")


def synthetic(folder: Path):
    return find("source", "synthetic")()


def from_csv(folder: Path):
    csv.write_csv(table(), folder / "BTCUSDT-1h.csv")
    return find("source", "csv")(path="{symbol}-{timeframe}.csv")


def from_parquet(folder: Path):
    parquet.write_table(table(), folder / "BTC.parquet")
    return find("source", "parquet")(path="{base}.parquet")


def from_store(folder: Path):
    key = Key("binance", "BTC/USDT", HOUR)
    Store(folder / "data", MachineClock()).dataset(key).add(made_up(), [(MAY.start, MAY.end)], "made up")
    return find("source", "store")()


def from_ccxt(folder: Path):
    return find("source", "ccxt")()


def from_stream(folder: Path):
    return find("source", "stream")()


@cache
def table() -> pa.Table:
    made = made_up()
    return pa.table({name: getattr(made, name) for name in COLUMNS})


def made_up() -> Bars:
    return find("source", "synthetic")().load(Asked("BTC/USDT", HOUR, MAY.start, MAY.end, 7, Path()))


def from_yahoo(folder: Path):
    return find("source", "yahoo")()


def half_hours(symbol: str, asked: charts.Asked) -> charts.Answer:
    """The made-up hours as halves of hours: all of each happens in its first half."""
    made = find("source", "synthetic")().load(Asked("BTC/USDT", HOUR, *charts.asked_span(asked), 7, Path()))
    columns = (getattr(made, name).tolist() for name in COLUMNS)
    rows = []
    for at, open_, high, low, close, volume in zip(*columns, strict=True):
        rows.append((at, open_, high, low, close, volume))
        rows.append((at + HOUR // 2, close, close, close, close, 0.0))
    return 200, charts.chart(symbol, rows, instrumentType="CURRENCY", exchangeTimezoneName="UTC")


@pytest.fixture(autouse=True)
def yahoo_is_here(monkeypatch):
    """Answer what is asked of Yahoo on this machine."""
    with charts.serving(half_hours) as url:
        monkeypatch.setenv("CRYPTOFLOW_VENUES__YAHOO__URL", url)
        yield


EXAMPLES = {
    "ccxt": from_ccxt,
    "stream": from_stream,
    "synthetic": synthetic,
    "csv": from_csv,
    "parquet": from_parquet,
    "store": from_store,
    "yahoo": from_yahoo,
}


NEEDED = {"csv": {"path": "a.csv"}, "parquet": {"path": "a.parquet"}}
"""Settings without which a source cannot be."""


def question(folder: Path, start: int, end: int) -> Asked:
    return Asked("BTC/USDT", HOUR, start, end, 7, folder, "binance", folder)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A venue that has the bars of the other examples, for sources that ask one."""
    made = {int(bar["open_at"]): bar for bar in table().to_pylist()}

    def row(_symbol: str, at: int, timeframe: int) -> list[object]:
        return [at, *(repr(made[at][name]) for name in COLUMNS[1:]), at + timeframe - 1, "0", 1, "0", "0", "0"]

    missing = [at for at in range(MAY.start, MAY.end, HOUR) if at not in made]
    gaps = ((0, MAY.start), *((at, at + HOUR) for at in missing), (MAY.end, 2**53))
    with beside(Stub(MachineClock().now, gaps=gaps, row=row).serving()) as url:
        yield url


@pytest.fixture(autouse=True)
def sent_there(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send what is asked of a venue to this one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("CRYPTOFLOW_VENUES__BINANCE__URL", address)
    settings.cache_clear()


@pytest.fixture(params=sorted(built_in("source")))
def load(request, tmp_path):
    source = EXAMPLES[request.param](tmp_path)
    return lambda start=MAY.start, end=MAY.end: source.load(question(tmp_path, start, end))


def test_the_same_question_has_the_same_answer(load):
    assert load().fingerprint() == load().fingerprint()


def test_bars_are_of_the_symbol_the_timeframe_and_the_span_asked_for(load):
    bars = load(MAY.start + 5 * HOUR, MAY.start + 50 * HOUR)
    assert (bars.symbol, bars.timeframe) == ("BTC/USDT", HOUR)
    assert MAY.start + 5 * HOUR <= bars.open_at[0]
    assert bars.open_at[-1] < MAY.start + 50 * HOUR
    assert len(bars) + bars.gaps() == 45


def test_bars_pass_the_check(load):
    check(load())


def test_a_part_equals_the_same_part_of_the_whole(load):
    start, end = MAY.start + 100 * HOUR, MAY.start + 200 * HOUR
    assert load(start, end).fingerprint() == load().between(start, end).fingerprint()


def test_columns_are_as_compiled_code_takes_them(load):
    bars = load()
    for name in COLUMNS:
        column = getattr(bars, name)
        assert column.dtype == (np.int64 if name == "open_at" else np.float64)
        assert column.flags.c_contiguous
        assert column.flags.writeable


def test_a_span_without_bars_is_a_problem_of_the_data(load):
    with pytest.raises(CryptoflowError) as raised:
        load(MAY.start, MAY.start)
    assert raised.value.code == ExitCode.INVALID


def test_those_that_listen_say_so_and_all_others_cannot_feed_a_real_decision():
    listening = {
        name for name in built_in("source") if isinstance(find("source", name)(**NEEDED.get(name, {})), Listening)
    }
    assert listening == {"stream"}


def test_all_examples_are_equal_bars(tmp_path):
    prints = {make(tmp_path).load(question(tmp_path, MAY.start, MAY.end)).fingerprint() for make in EXAMPLES.values()}
    assert len(prints) == 1
