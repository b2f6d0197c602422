"""What ships runs: every pipeline is valid, fits its tier, trades, and decides alike in both engines."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from cryptoflow.domain.codes import Topic
from cryptoflow.engine.plan import Outcome
from cryptoflow.pipelines.assemble import plan_of
from cryptoflow.pipelines.backtest import WHOLE, backtest, decide
from cryptoflow.pipelines.history import Window, load_history
from cryptoflow.pipelines.limits import tier_for
from cryptoflow.pipelines.resolve import read, resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.shipped import tiers
from tests.real_data import needs

CONFIGS = Path(__file__).parents[2] / "configs"
PIPELINES = sorted(CONFIGS.glob("*.yaml"))
STRATEGIES = sorted((CONFIGS / "strategies").glob("*.yaml"))
README = (CONFIGS / "README.md").read_text(encoding="utf-8")

YEARS = {"5m": "2024", "1h": "2022-2025H1", "1d": "2017-2025H1"}
"""How the names of the recorded files end, by timeframe."""

ENOUGH = 10
"""Closed trades below which a period shows nothing."""

SHORT = 1_200
"""Bars on which the plain engine is quick; of bars too short to trade much in them, a month is taken."""

SOUND = [file for file in PIPELINES if file.stem != "reckless"]
"""All but the one that ships to be stopped, which `test_reckless.py` looks at."""

every_pipeline = pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.stem)


def played(resolved: Resolved, window: Window = WHOLE, engine: str = "batch") -> Outcome:
    """Run a spec without leaving a run folder."""
    history = load_history(resolved, window)
    return decide(plan_of(resolved, history.first_decisions), history, engine)


def trades(outcome: Outcome) -> int:
    return int((outcome.tape["topic"] == Topic.TRADE).sum())


def last_bars(resolved: Resolved) -> Window:
    """The end of the spec's period, short enough for the plain engine."""
    period = resolved.pipeline.period
    assert period is not None
    end = datetime.fromtimestamp(period.end / 1000, UTC)
    days = max(30, SHORT * int(resolved.pipeline.market.timeframe) // 86_400_000)
    return Window(f"{end - timedelta(days=days):%Y-%m-%d}", None)


def assert_alike(resolved: Resolved) -> None:
    """Both engines write the same tape, line for line, and the same equity."""
    window = last_bars(resolved)
    batch, event = played(resolved, window), played(resolved, window, "event")
    assert len(batch.tape) == len(event.tape) > 0
    for field in batch.tape.dtype.names:
        assert np.array_equal(batch.tape[field], event.tape[field], equal_nan=True), field
    assert np.allclose(batch.equity, event.equity, rtol=1e-9, atol=0)


def real(file: Path) -> Resolved:
    """The pipeline on recorded bars of Binance instead of made-up ones, or a skipped test."""
    spec = resolve(file)
    timeframe = str(spec.pipeline.market.timeframe)
    names = f"ohlcv/binance_spot/{{symbol}}_{timeframe}_{YEARS[timeframe]}.parquet"
    folder = needs(*(names.format(symbol=str(symbol).replace("/", "")) for symbol in spec.pipeline.market.symbols))
    return resolve(file, sets=[f"sources.history={{use: parquet, path: '{folder / names}'}}"])


@pytest.mark.parametrize("file", SOUND, ids=lambda file: file.stem)
def test_a_shipped_pipeline_trades(file: Path, tmp_path: Path) -> None:
    run = backtest(resolve(file), home=tmp_path)
    metrics = run.view.metrics
    assert metrics.trades >= ENOUGH
    assert -0.15 < metrics.max_drawdown < 0, "the drawdown limit would have ended the run"
    assert (run.folder / "report.html").is_file()


@every_pipeline
def test_a_shipped_pipeline_needs_no_more_than_the_tier_of_its_capital(file: Path) -> None:
    spec = resolve(file)
    assert spec.needs_tier <= tier_for(float(spec.pipeline.capital), tiers(), None).tier


@every_pipeline
def test_a_shipped_pipeline_can_trade_with_the_least_capital_of_its_tier(file: Path) -> None:
    spec = resolve(file)
    least = tier_for(float(spec.pipeline.capital), tiers(), None).equity.low
    assert trades(played(resolve(file, sets=[f"capital={1.25 * least:g} USDT"]))) >= ENOUGH


@every_pipeline
def test_both_engines_decide_a_shipped_pipeline_alike(file: Path) -> None:
    assert_alike(resolve(file))


@every_pipeline
def test_a_shipped_pipeline_trades_on_recorded_bars_and_both_engines_agree(file: Path) -> None:
    spec = real(file)
    outcome = played(spec)
    assert trades(outcome) >= ENOUGH
    assert np.isfinite(outcome.equity).all()
    assert (outcome.equity > 0).all()
    assert_alike(spec)


@every_pipeline
def test_the_cautious_overlay_lies_over_every_pipeline(file: Path) -> None:
    assert resolve(file, env="cautious").pipeline.risk.preset == "strict"


@pytest.mark.parametrize("file", STRATEGIES, ids=lambda file: file.stem)
def test_a_shipped_strategy_is_valid_used_and_says_when_it_suffers(file: Path) -> None:
    reading = read(file)
    assert (reading.kind, reading.problems) == ("strategy", ())
    assert any(f"strategies/{file.name}" in pipeline.read_text(encoding="utf-8") for pipeline in PIPELINES)
    assert re.match(r"# .+\n# Suffers ", file.read_text(encoding="utf-8"))


def test_the_pipelines_show_what_a_spec_can_do() -> None:
    specs = {file.stem: resolve(file) for file in PIPELINES}
    entries = {spec.pipeline.execution.entry.order for spec in specs.values()}
    assert {"market", "limit", "stop_limit"} <= entries
    assert {spec.needs_tier for spec in specs.values()} == {1, 2, 3}
    assert specs["majors_mix"].files[0].name == "majors_mix.yaml"
    assert CONFIGS / "majors_trend.yaml" in specs["majors_mix"].files
    assert specs["majors_mix"].allocations == (0.4, 0.3, 0.3)


def test_the_page_lists_every_file_as_it_is() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in README.splitlines() if line[:3] == "| `"]
    listed = {row[0].strip("`"): row for row in rows}
    there = {file.relative_to(CONFIGS).as_posix() for file in (*PIPELINES, *STRATEGIES, *CONFIGS.glob("env/*"))}
    assert set(listed) == {*there, "tiers/"}
    for file in PIPELINES:
        spec = resolve(file)
        tier = tier_for(float(spec.pipeline.capital), tiers(), None).tier
        shown = [str(spec.pipeline.market.timeframe), str(spec.pipeline.capital), str(tier)]
        assert listed[file.name][2:] == shown
