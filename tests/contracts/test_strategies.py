"""What every strategy in Python promises, whoever wrote it."""

from collections.abc import Iterator
from dataclasses import asdict
from math import isnan, nan
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.domain.ask import show_position, silence
from cryptoflow.domain.codes import SELL, Topic
from cryptoflow.domain.records import Bar, Held, Position, Signal
from cryptoflow.domain.steps import Script
from cryptoflow.engine.batch.cache import OPTIONS
from cryptoflow.engine.batch.compile import prepare
from cryptoflow.engine.chains import converse, namespace
from cryptoflow.engine.memory import rows
from cryptoflow.engine.plan import Columns, Plan, Verbs
from cryptoflow.engine.runtime.run import run
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.scripts import script_of
from cryptoflow.plugins import skeleton
from cryptoflow.plugins.guests import admit
from cryptoflow.plugins.kinds import Strategy
from tests.parity.draws import START, series

DRAWN = Path(__file__).parents[1] / "parity" / "plugins" / "drawn.py"
MINE = "my_strategy"
SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=15)

LOOP = """

def loop(mind, bars, held, signals, seen, settings):
    for row in range(len(bars)):
        silence(signals[row])
        ask(0, mind, bars[row], held[row], signals[row], seen[row], settings)
"""


class Project(NamedTuple):
    """A spec whose only strategy is one in Python."""

    spec: Path
    plugin: Strategy
    script: Script


@pytest.fixture(params=[MINE, "drawn_script"], scope="module")
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    folder = tmp_path_factory.mktemp("project")
    file, _ = skeleton.write("strategy", MINE, folder)
    if request.param != MINE:
        file = file.with_name(DRAWN.name)
        file.write_text(DRAWN.read_text())
    said = {
        "cryptoflow": 1,
        "name": "contract",
        "discipline": "off",
        "market": {"venue": "binance", "symbols": ["BTC/USDT"], "timeframe": "1m"},
        "plugins": [file.name],
        "strategies": [{"id": "only", "use": request.param}],
        "sizing": {"use": "fraction", "share": "40%"},
    }
    spec = folder / "spec.yaml"
    spec.write_text(yaml.safe_dump(said))
    (plugin,) = (each.plugin for each in resolve(spec).strategies)
    assert plugin is not None
    yield Project(spec, plugin, script_of(plugin))
    admit([])


def plan(project: Project, *sets: str) -> Plan:
    return plan_of(resolve(project.spec, sets=sets), [START])


class Cases(NamedTuple):
    """What a strategy may be asked with, a row per bar."""

    bars: list[Bar]
    held: list[Held]
    seen: np.ndarray[Any, Any]


def cases(seed: int, script: Script, count: int = 60) -> Cases:
    """Draw bars, positions in gain and loss and none, and values near the prices, the first of them missing."""
    rng = np.random.default_rng(seed)
    drawn = series(seed, count)
    columns = zip(*(column.tolist() for column in drawn), strict=True)
    bars = [Bar(open_at, 1, *prices) for open_at, *prices in columns]
    held = [
        Held(2.0, bar.close / (1 + share), share, int(rng.integers(1, 40)), int(rng.integers(0, 2)), nan, nan, 0)
        if rng.random() < 0.5
        else Held(pending=int(rng.random() < 0.2))
        for bar in bars
        for share in [float(rng.normal() * 0.02)]
    ]
    seen = drawn.close[:, None] * (1 + 0.01 * rng.standard_normal((len(bars), script.reads)))
    seen[: int(rng.integers(0, 5))] = nan
    return Cases(bars, held, np.where(rng.random(seen.shape) < 0.3, np.round(rng.random(seen.shape)), seen))


def asked(project: Project, drawn: Cases) -> tuple[list[Signal], list[Any]]:
    """What it says as plain Python, and the states it goes through."""
    given = tuple(project.plugin.numbers())
    counts = (int(value) if whole else value for value, whole in zip(given, project.script.whole, strict=True))
    numbers, signals, states = tuple(counts), [Signal() for _ in drawn.bars], [project.script.state()]
    for bar, held, signal, seen in zip(drawn.bars, drawn.held, signals, drawn.seen.tolist(), strict=True):
        states.append(project.script.decide(states[-1], bar, held, signal, *seen, *numbers))
    return signals, states


@pytest.fixture(scope="module")
def compiled(project: Project) -> Any:
    """The conversation as the batch driver compiles it."""
    assert project.script.plain == ""
    scope = namespace(Verbs((), (), (), (), (project.script,)), prepare) | {"silence": prepare(silence)}
    exec(converse([project.script], plain=False) + LOOP, scope)
    scope["ask"] = numba.njit(**OPTIONS)(scope["ask"])
    return numba.njit(**OPTIONS)(scope["loop"])


@FEW
@given(seed=SEEDS)
def test_compiled_and_plain_agree_to_the_last_bit(project: Project, compiled: Any, seed: int) -> None:
    drawn = cases(seed, project.script)
    signals, states = asked(project, drawn)
    mind = np.array([*map(float, project.script.state()), 0.0])
    told = rows(Signal, [Signal()] * len(signals))
    given = (rows(Bar, drawn.bars), rows(Held, drawn.held))
    compiled(mind, *given, told, drawn.seen, np.array([*project.plugin.numbers(), 0.0]))
    plain = rows(Signal, signals)
    for field in Signal.__slots__:
        assert np.array_equal(told[field], plain[field], equal_nan=True)
    assert mind[:-1].tolist() == [float(value) for value in states[-1]]


@FEW
@given(seed=SEEDS)
def test_it_says_the_same_when_it_is_asked_again(project: Project, seed: int) -> None:
    drawn = cases(seed, project.script)
    assert repr(asked(project, drawn)) == repr(asked(project, drawn))


def test_it_enters_and_leaves_and_leaves_in_parts(project: Project) -> None:
    told = [signal for seed in range(10) for signal in asked(project, cases(seed, project.script))[0]]
    assert any(signal.enter for signal in told)
    assert any(signal.leave and isnan(signal.leave_share) for signal in told)
    assert any(signal.leave and signal.leave_share < 1 for signal in told)


@FEW
@given(seed=SEEDS)
def test_it_writes_to_nothing_but_its_signal(project: Project, seed: int) -> None:
    drawn = cases(seed, project.script)
    before = repr((drawn.bars, drawn.held))
    asked(project, drawn)
    assert repr((drawn.bars, drawn.held)) == before


@FEW
@given(seed=SEEDS)
def test_its_state_is_the_same_after_being_kept_as_floats(project: Project, seed: int) -> None:
    for state in asked(project, cases(seed, project.script))[1]:
        kept = [float(value) for value in state]
        again = project.script.state(*(kind(value) for kind, value in zip(project.script.kinds, kept, strict=True)))
        assert repr(again) == repr(state)


@FEW
@given(seed=SEEDS, since=st.integers(60, 250))
def test_bars_that_come_later_change_nothing(project: Project, seed: int, since: int) -> None:
    whole = series(seed, 300)
    times, *prices, volume = whole
    higher = [np.where(times < times[since], column, column * 1.25) for column in prices]
    changed = Columns(times, higher[0], higher[1], higher[2], higher[3], volume)
    one, other = (known(run(plan(project), [bars]).tape, int(times[since])) for bars in (whole, changed))
    assert len(one)
    assert one.tobytes() == other.tobytes()


def known(tape: Any, at: int) -> Any:
    """What had happened when a bar opened, and what had been decided by then."""
    decided = (tape["topic"] == Topic.ORDER) | (tape["topic"] == Topic.REFUSED)
    return tape[(tape["at"] < at) | (decided & (tape["at"] == at))]


def test_it_trades_and_every_fill_is_its_own(project: Project) -> None:
    tape = run(plan(project), [series(7, 600)]).tape
    assert (tape["topic"] == Topic.TRADE).sum() > 3
    assert set(tape["strategy"]) == {0}


@FEW
@given(seed=SEEDS)
def test_what_another_strategy_holds_is_none_of_its_own(project: Project, seed: int) -> None:
    (project.spec.parent / "holder.yaml").write_text("{cryptoflow: 1, strategy: holder, enter_long: close > 0}\n")
    both = f"{{id: holder, file: holder.yaml}}, {{id: only, use: {project.plugin.plugin_name}}}"
    tape = run(plan(project, f"strategies=[{both}]"), [series(seed, 300)]).tape
    fills = tape[tape["topic"] == Topic.FILL]
    assert set(fills["strategy"]) == {0}
    assert not (tape["side"][tape["strategy"] == 1] == SELL).any()
    assert (tape["topic"][tape["strategy"] == 1] == Topic.REFUSED).all()


@given(
    lots=st.sampled_from([0.0, 3.0]),
    owner=st.sampled_from([-1, 0, 1]),
    orders=st.integers(0, 2),
    bars=st.integers(0, 9),
)
def test_held_is_flat_for_all_but_the_owner(lots: float, owner: int, orders: int, bars: int) -> None:
    position = Position(lots=lots, strategy=owner, price=100.0, last=110.0, bars=bars, stop=95.0, open_orders=orders)
    held = Held(lots=9.0, price=9.0, bars=9, pending=1)
    show_position(held, position, 1, owner)
    flat = repr(asdict(held)) == repr(asdict(Held()))
    assert flat == (owner != 1 or (lots == 0.0 and orders == 0))
