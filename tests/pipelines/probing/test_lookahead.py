"""A look into the future is caught and named, and nothing else is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cryptoflow.cli.app import run
from cryptoflow.domain.codes import Topic
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.checks import check
from cryptoflow.market.detail import grown
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.history import Window, load_history
from cryptoflow.pipelines.probing.evidence import Evidence
from cryptoflow.pipelines.probing.feed import feed_of
from cryptoflow.pipelines.probing.futures import KINDS, Draw
from cryptoflow.pipelines.probing.lookahead import lookahead
from cryptoflow.pipelines.probing.moved import first_moved
from cryptoflow.pipelines.probing.retold import retell
from cryptoflow.pipelines.probing.trace import compiled
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.guests import admit
from tests.cli.projects import small
from tests.pipelines.probing.projects import WAITING, asking, indicating, leak, leaky

CONFIGS = Path(__file__).parents[3] / "configs"
PIPELINES = sorted(CONFIGS.glob("*.yaml"))
HOUR = 3_600_000
SHIFT = """
import csv
with open("data/BTCUSDT.csv") as lines:
    CLOSES = [float(bar["close"]) for bar in csv.DictReader(lines)]
KNOWN = {now: later - now for now, later in zip(CLOSES, [*CLOSES[1:], nan])}
"""


@pytest.fixture(autouse=True)
def nobody_stays():
    yield
    admit([])


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def probed(project: Path, guest: str, draws: int = 1) -> Evidence:
    return lookahead(resolve(leaky(project, guest)), draws=draws)[0]


def recent(resolved: Resolved, bars: int = 1_200) -> Window:
    period = resolved.pipeline.period
    assert period is not None
    days = max(30, bars * int(resolved.pipeline.market.timeframe) // 86_400_000)
    return Window(f"{datetime.fromtimestamp(period.end / 1000, UTC) - timedelta(days=days):%Y-%m-%d}", None)


def leaking(name: str, field: str, bar: str) -> object:
    return pytest.param(name, field, bar, id=name, marks=() if name == "shift" else pytest.mark.long)


@pytest.mark.parametrize(
    ("name", "field", "bar"),
    [
        leaking("shift", "signal.leave", "2024-01-08 10:00 UTC"),
        leaking("same_bar_close", "signal.leave", "2024-01-08 10:00 UTC"),
        leaking("centred_window", "signal.enter", "2024-01-08 04:00 UTC"),
        leaking("full_sample", "signal.leave", "2024-01-03 10:00 UTC"),
        leaking("open_stamped_day", "signal.enter", "2024-01-08 05:00 UTC"),
        leaking("through_pandas", "signal.leave", "2024-01-08 10:00 UTC"),
    ],
)
def test_a_strategy_that_knows_the_future_is_named_with_its_field_and_bar(project, capsys, name, field, bar):
    spec = leaky(project, leak(name))
    assert run(["probe", "lookahead", str(spec), "--draws", "1"]) == 6
    said = capsys.readouterr().out
    assert f"moved     {field} of strategy seer, BTC/USDT, bar {bar}: " in said
    assert "without the bars after it\nreads     data/BTCUSDT.csv\n" in said


def test_what_a_module_keeps_from_an_earlier_pass_is_caught_by_a_second_one(project, capsys):
    spec = leaky(project, leak("global_state"))
    assert run(["probe", "lookahead", str(spec), "--draws", "1"]) == 6
    said = capsys.readouterr().out
    assert "moved     signal.enter of strategy seer, BTC/USDT, bar 2024-01-02 04:00 UTC: 0, but 1" in said
    assert "in a second pass of the same process" in said


@pytest.mark.long
def test_an_indicator_that_knows_the_future_is_named_with_what_it_decides(project):
    found = probed(project, indicating("KNOWN[x]", SHIFT))
    assert found.moved is not None
    assert (found.moved.field, found.moved.decides) == ("leak(close)", ("enter_long", "exit_long"))
    assert (found.moved.became, found.when) == ("missing", "without the bars after it")


def test_a_strategy_that_only_plain_python_can_run_passes_when_it_keeps_to_what_it_is_given(project):
    found = probed(project, asking("[bar.close > mean][0]"))
    assert (found.passed, found.moved, found.reads, found.draws) == (True, None, (), 1)
    assert found.orders >= 3


@pytest.mark.long
def test_a_strategy_that_is_compiled_passes_when_it_keeps_to_what_it_is_given(project):
    found = probed(project, asking(**WAITING), draws=8)
    assert (found.passed, found.moved, found.reads, found.draws) == (True, None, (), 8)
    assert found.orders >= 3


@pytest.mark.long
def test_a_strategy_that_does_something_else_when_it_is_compiled_is_caught(project):
    known = "from sys import argv\nKEY = 100.0 if argv[0].endswith('worker.py') else 0.0"
    found = probed(project, asking("bar.close > mean + KEY", known=known))
    assert not found.passed
    assert found.when == "when it is compiled"


@pytest.mark.long
def test_an_indicator_that_keeps_to_what_it_is_given_passes(project):
    found = probed(project, indicating(), draws=2)
    assert (found.passed, found.moved, found.reads, found.draws) == (True, None, (), 2)


@pytest.mark.long
def test_a_file_of_finer_bars_is_told_anew_as_well(project):
    resolved = resolve(leaky(project, leak("shift")), sets=["market.timeframe=4h", "market.detail=1h"])
    found, _ = lookahead(resolved, draws=2)
    assert found.moved is not None
    assert (found.moved.field.partition(".")[0], found.reads) == ("signal", ("data/BTCUSDT.csv",))


@pytest.mark.long
def test_chance_is_told_from_a_look_ahead(project):
    found = probed(project, asking("bar.close > mean + KEY", known="from os import urandom\nKEY = 0.8 * urandom(1)[0]"))
    assert not found.passed
    assert found.when == "on the same bars in another process"


OUTSIDE = """
import socket
from cryptoflow.market.synthetic import bars
with open({file!r}) as opened, socket.socket() as line:
    line.connect_ex(("127.0.0.1", 9))
"""


@pytest.mark.long
def test_what_lies_outside_of_the_round_fails_by_being_read(project):
    file = project / "elsewhere.txt"
    file.write_text("what will be")
    found = probed(project, asking(known=OUTSIDE.format(file=str(file))))
    assert (found.passed, found.moved) == (False, None)
    assert found.reads == ("data through cryptoflow.market.synthetic", str(file), "the network (('127.0.0.1', 9))")


def test_a_step_that_opens_a_file_itself_is_refused_before_anything_runs(project):
    with pytest.raises(CryptoflowError, match="call of open is not the same"):
        resolve(leaky(project, indicating("len(open('data/BTCUSDT.csv').read())")))


@pytest.mark.long
def test_a_strategy_that_opens_a_file_while_it_decides_is_heard(project):
    found = probed(project, asking("len(open('data/BTCUSDT.csv').read()) > 9_000 and bar.close > mean"))
    assert (found.passed, found.reads) == (False, ("data/BTCUSDT.csv",))


every_pipeline = pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.stem)


@every_pipeline
def test_no_shipped_pipeline_looks_ahead(file, tmp_path):
    spec = resolve(file)
    found, _ = lookahead(spec, window=recent(spec), draws=2, home=tmp_path)
    assert (found.passed, found.moved, found.draws) == (True, None, 2)
    assert found.orders >= 3


@pytest.mark.long
@every_pipeline
def test_no_shipped_pipeline_looks_ahead_over_its_whole_period(file, tmp_path):
    found, _ = lookahead(resolve(file), draws=40, home=tmp_path)
    assert (found.passed, found.moved, found.draws) == (True, None, 40)


def test_where_nothing_is_decided_nothing_is_shown(project):
    with pytest.raises(CryptoflowError, match="nothing is ordered or refused"):
        lookahead(
            resolve(small(project), sets=["strategies.cross.with.slow=50"]), window=Window("2024-01-19", "2024-01-20")
        )


def test_an_order_at_another_price_is_named_with_field_and_bar(project):
    resolved = resolve(small(project))
    history = load_history(resolved, Window())
    plan = plan_of(resolved, history.first_decisions)
    trace = compiled(plan, feed_of(history))
    tape = trace.tape.copy()
    row = np.flatnonzero(tape["topic"] == Topic.ORDER)[3]
    tape["lots"][row] += 1
    at = int(tape["at"][row])
    moved = first_moved(plan, ["cross"], trace, trace._replace(tape=tape), at)
    assert moved is not None
    assert (moved.field, moved.strategy, moved.at) == ("order lots", "cross", at - HOUR)
    assert first_moved(plan, ["cross"], trace, trace._replace(tape=tape), at - 2 * HOUR) is None
    fewer = trace._replace(tape=np.delete(tape, row))
    missing = first_moved(plan, ["cross"], trace, fewer, at - HOUR)
    assert missing is not None
    assert missing.at == at - HOUR


@pytest.mark.parametrize("kind", KINDS)
def test_a_made_up_future_could_be_true_and_leaves_the_past_alone(project, kind):
    history = load_history(resolve(small(project)), Window())
    (bars,), feed = history.series, feed_of(history)
    (columns,) = feed.market
    cut = int(columns.open_at[100])
    (other,), _ = Draw(5, kind, cut).of(feed, HOUR, seed=3)
    check(type(bars)(bars.symbol, bars.timeframe, *other))
    for one, two in zip(columns, other, strict=True):
        assert np.array_equal(one[:101], two[:101])
    assert len(other.close) == 101 or (other.close[101:] != columns.close[101:]).any()


@pytest.mark.parametrize("kind", KINDS)
def test_finer_bars_have_the_same_future_as_those_they_make_up(project, kind):
    history = load_history(resolve(small(project), sets=["market.timeframe=4h", "market.detail=1h"]), Window())
    (bars,), (inside,), feed = history.series, history.finer, feed_of(history)
    cut = int(feed.market[0].open_at[25])
    (other,), (finer,) = Draw(5, kind, cut).of(feed, 4 * HOUR, seed=3)
    made = grown(type(bars)(inside.symbol, inside.timeframe, *finer), 4 * HOUR)
    check(made)
    assert [getattr(made, name).tolist() for name in other._fields] == [column.tolist() for column in other]
    known = int(finer.open_at.searchsorted(cut + 4 * HOUR))
    assert np.array_equal(finer.close[:known], feed.finer[0].close[:known])
    assert len(finer.close) == known or (finer.close[known:] != feed.finer[0].close[known:]).any()


def test_a_spec_with_detail_bars_is_held_to_futures_of_these(project):
    found, _ = lookahead(resolve(small(project), sets=["market.timeframe=4h", "market.detail=1h"]), draws=4)
    assert (found.passed, found.draws) == (True, 4)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_file_told_anew_holds_the_future_it_is_given(project, form):
    resolved = resolve(small(project))
    history = load_history(resolved, Window())
    original = project / "data" / "BTCUSDT.csv"
    if form == "parquet":
        import pyarrow.csv
        import pyarrow.parquet

        table = pyarrow.csv.read_csv(original)
        original = original.with_suffix(".parquet")
        pyarrow.parquet.write_table(table, original)
        resolved = resolve(
            resolved.file, sets=["sources.history={use: parquet, path: '../data/{symbol}.parquet', zone: UTC}"]
        )
        history = load_history(resolved, Window())
    cut = int(history.series[0].open_at[200])
    (other,), _ = Draw(1, "scaled", cut).of(feed_of(history), HOUR, seed=3)
    retell(original, original, resolved, other, cut + HOUR)
    ((read,), _) = feed_of(load_history(resolved, Window()))
    assert [column.tolist() for column in read] == [column.tolist() for column in other]
