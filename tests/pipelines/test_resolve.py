"""From a file to a spec with every name looked up, and back to text."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.resolve import Resolved, read, resolve
from cryptoflow.spec.shipped import tiers

STRATEGY = """\
cryptoflow: 1
strategy: cross
params: {fast: {default: 12, range: 2..200}, slow: {default: 26}, far: {default: 2%, range: 1%..5%}}
require: fast < slow
let: {quick: "ema(close, fast)", calm: "ema(close, slow)"}
enter_long: crosses_above(quick, calm)
exit_long: crosses_below(quick, calm)
stop_loss: 2 * atr(14)
take_profit: 150%
"""
SPEC = """\
cryptoflow: 1
name: btc-trend
market: {venue: binance, symbols: [BTC/USDT], timeframe: 1h}
strategies:
  - {id: trend, file: strategies/cross.yaml, with: {fast: 5}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "strategies").mkdir()
    (tmp_path / "strategies" / "cross.yaml").write_text(STRATEGY)
    return tmp_path


def resolved(folder: Path, text: str = SPEC, *sets: str) -> Resolved:
    (folder / "spec.yaml").write_text(text)
    return resolve(folder / "spec.yaml", sets=sets, environment={})


def test_a_short_spec_gets_a_safe_default_for_everything(folder: Path) -> None:
    spec = resolved(folder).canonical()
    assert spec["sizing"]["use"] == "risk_fraction"
    assert spec["risk"]["stop_loss"] == {"missing": "attach 2%", "max_distance": "15%"}
    assert spec["execution"]["costs"]["fees"] == "venue"
    assert spec["execution"]["costs"]["slippage"]["use"] == "spread_impact"
    assert spec["discipline"] == "on"
    assert spec["sources"]["history"] == {"use": "store"}
    assert spec["sources"]["live"]["use"] == "stream"


def test_a_strategy_gets_its_parameters_and_its_graph(folder: Path) -> None:
    (trend,) = resolved(folder).strategies
    assert trend.params == {"fast": 5, "slow": 26, "far": 0.02}
    assert trend.definition is not None
    assert trend.definition.take_profit is not None
    assert trend.definition.take_profit.share == 1.5
    assert trend.graph is not None
    assert set(trend.graph.outputs) == {"enter_long", "exit_long", "stop_loss"}


def test_what_is_written_back_loads_to_the_same_spec(folder: Path) -> None:
    first = resolved(folder)
    second = resolved(folder, first.to_yaml())
    assert second.canonical() == first.canonical()
    assert second.spec_hash == first.spec_hash
    assert second.to_yaml() == first.to_yaml()


def test_paths_are_written_back_relative_to_the_spec(folder: Path) -> None:
    (folder / "base.yaml").write_text(SPEC.replace("name: btc-trend\n", ""))
    (folder / "specs").mkdir()
    spec = folder / "specs" / "spec.yaml"
    spec.write_text("extends: [../base.yaml]\nname: inner\n")
    text = resolve(spec).to_yaml()
    assert "file: ../strategies/cross.yaml" in text
    spec.write_text(text)
    assert resolve(spec).pipeline.name == "inner"


def test_the_hash_changes_with_what_a_run_does_and_with_nothing_else(folder: Path) -> None:
    before = resolved(folder).spec_hash
    assert resolved(folder, "# a comment\n" + SPEC).spec_hash == before
    assert resolved(folder, SPEC, "strategies.trend.with.fast=6").spec_hash != before
    (folder / "strategies" / "cross.yaml").write_text(STRATEGY.replace("atr(14)", "atr(15)"))
    assert resolved(folder).spec_hash != before


def test_every_written_value_knows_where_it_came_from(folder: Path) -> None:
    spec = resolved(folder, SPEC, "market.timeframe=4h")
    origin = spec.origin(("market", "timeframe"))
    assert origin is not None
    assert (origin.value, origin.place.file) == ("4h", "--set")
    assert [(each.value, each.place.line) for each in origin.beat] == [("1h", 3)]
    assert spec.origin(("seed",)) is None


def test_zero_cost_takes_no_slippage(folder: Path) -> None:
    spec = resolved(folder, SPEC + "execution: {costs: none}\n")
    assert spec.slippage is None
    assert spec.canonical()["execution"]["costs"] == "none"


def test_strategies_without_an_allocation_divide_what_is_left(folder: Path) -> None:
    more = "".join(f"  - {{id: {name}, file: strategies/cross.yaml}}\n" for name in "bc")
    spec = resolved(folder, SPEC.replace("with: {fast: 5}", "allocation: 40%") + more)
    assert spec.allocations == pytest.approx((0.4, 0.3, 0.3))


@pytest.mark.parametrize(
    ("extra", "tier"),
    [
        ("", 1),
        ("execution: {entry: {order: limit}}\n", 2),
        ("execution: {algo: {use: iceberg}}\n", 2),
        ("execution: {algo: {use: vwap}}\n", 3),
        ("execution: {route: {use: smart}}\n", 2),
        ("execution: {entry: {order: stop_limit}}\n", 3),
    ],
)
def test_a_spec_says_which_tier_it_needs(folder: Path, extra: str, tier: int) -> None:
    assert resolved(folder, SPEC + extra).needs_tier == tier


def test_many_strategies_need_a_tier_that_allows_so_many(folder: Path) -> None:
    more = "".join(f"  - {{id: s{n}, file: strategies/cross.yaml}}\n" for n in range(5))
    assert resolved(folder, SPEC + more).needs_tier == 4


def test_an_observer_may_try_what_a_sniper_may_do(folder: Path) -> None:
    assert resolved(folder, SPEC + "tier: 0\n").pipeline.tier == 0


def test_a_broken_spec_is_refused_with_every_mistake_and_the_code_for_it(folder: Path) -> None:
    with pytest.raises(CryptoflowError) as refusal:
        resolved(folder, SPEC + "seed: x\nwarmup: y\n")
    assert refusal.value.code is ExitCode.INVALID
    assert len(refusal.value.problems) == 2


def test_a_strategy_or_tier_file_can_be_checked_alone(folder: Path) -> None:
    reading = read(folder / "strategies" / "cross.yaml")
    assert (reading.kind, reading.problems) == ("strategy", ())
    with pytest.raises(CryptoflowError, match="no pipeline"):
        resolve(folder / "strategies" / "cross.yaml")


def test_an_overlay_may_leave_most_out_but_is_checked(folder: Path) -> None:
    (folder / "part.yaml").write_text("risk: {preset: strict}\nseed: -1\n")
    reading = read(folder / "part.yaml")
    assert reading.kind == "part of a spec"
    assert [problem.what for problem in reading.problems] == ["seed is -1, but must be at least 0"]


def test_plugins_beside_the_spec_are_found_by_name_once_listed(folder: Path) -> None:
    (folder / "plugins").mkdir()
    (folder / "plugins" / "mine.py").write_text(
        "from cryptoflow.plugins.kinds import Sizer\n"
        "from cryptoflow.plugins.registry import sizer\n\n\n"
        '@sizer("tiny")\n'
        "class Tiny(Sizer):\n"
        '    """Very little."""\n\n'
        "    @staticmethod\n"
        "    def notional(equity, cash, price, stop):\n"
        "        return 10.0\n"
    )
    spec = resolved(folder, SPEC + "plugins: [mine.py]\nsizing: {use: tiny}\n")
    assert spec.sizer.plugin_name == "tiny"
    assert spec.needs_tier == 2
    assert list(spec.canonical()["guests"]) == ["mine.py"]
    with pytest.raises(CryptoflowError, match="tiny"):
        resolved(folder, SPEC + "sizing: {use: tiny}\n")


def test_the_shipped_tiers_have_the_numbers_of_the_rules() -> None:
    table = [
        (tier.name, str(tier.equity), tier.limits and (tier.limits.positions, str(tier.limits.order)))
        for tier in tiers()
    ]
    assert table == [
        ("observer", "0..500 USDT", None),
        ("sniper", "500..2000 USDT", (1, "100 USDT")),
        ("hunter", "2000..10000 USDT", (3, "500 USDT")),
        ("strategist", "10000..50000 USDT", (5, "2000 USDT")),
        ("architect", "50000.. USDT", (10, "10000 USDT")),
    ]
    for lower, higher in zip(tiers(), tiers()[1:], strict=False):
        assert set(lower.unlocks) < set(higher.unlocks)
        assert lower.equity.high == higher.equity.low


def test_resolving_imports_nothing_heavy(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC)
    program = (
        "import sys, json; from pathlib import Path; from cryptoflow.pipelines.resolve import resolve\n"
        "resolve(Path(sys.argv[1])); print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder / "spec.yaml")], capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "numba", "pandas", "pyarrow", "ccxt", "sqlmodel", "sqlalchemy", "redis", "asyncio", "rich"}
    assert not heavy & set(json.loads(done.stdout))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.integers(0, 4),
    junk=st.text(alphabet="abz019 .:,-[]{}&*!|>'\"%@`#?~$\\", max_size=20),
    at=st.integers(0, 40),
)
def test_any_edit_gives_a_spec_or_problems(folder: Path, line: int, junk: str, at: int) -> None:
    lines = SPEC.splitlines()
    lines[line] = lines[line][:at] + junk + lines[line][at:]
    (folder / "spec.yaml").write_text("\n".join(lines) + "\n")
    reading = read(folder / "spec.yaml", environment={})
    assert (reading.resolved is None) == (bool(reading.problems) or reading.kind != "pipeline")
