"""What a spec says once it is warm does not depend on the first bar of its data, or the probe says what does."""

from pathlib import Path

import pytest

from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.history import Window
from cryptoflow.pipelines.probing.evidence import Evidence
from cryptoflow.pipelines.probing.warmup import warmup
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.plugins.guests import admit
from tests.cli.projects import small
from tests.pipelines.probing.projects import DAILY, WAITING, asking, indicating, leaky

CONFIGS = Path(__file__).parents[3] / "configs"
PIPELINES = sorted(CONFIGS.glob("*.yaml"))
FORGETS = "0.9 * state.value + x if state.value == state.value else x"


@pytest.fixture(autouse=True)
def nobody_stays():
    yield
    admit([])


def probed(spec: Path, *sets: str, draws: int = 3) -> Evidence:
    return warmup(resolve(spec, sets=sets), draws=draws)[0]


def told(folder: Path, enter: str, *sets: str) -> Evidence:
    """The outcome for the small project with another entry."""
    spec = small(folder)
    strategy = folder / "configs" / "strategies" / "cross.yaml"
    strategy.write_text(strategy.read_text().replace("crosses_above(sma(close, 3), sma(close, slow))", enter))
    return probed(spec, *sets)


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.stem)
def test_every_shipped_pipeline_is_warm_when_it_says_so(file, tmp_path):
    found, _ = warmup(resolve(file), home=tmp_path)
    assert (found.passed, found.moved, found.draws) == (True, None, 6)
    assert found.signals > 1_000


def test_too_short_a_warm_up_is_named_with_the_bar_the_indicator_and_what_would_do(tmp_path):
    found = told(tmp_path, "close > ema(close, 12)\nscore: ema(close, 12)", "warmup=10")
    assert not found.passed
    assert found.moved is not None
    assert (found.moved.field, found.moved.strategy, found.moved.symbol) == ("score", "cross", "BTC/USDT")
    assert abs(float(found.moved.was) / float(found.moved.became) - 1) > 1e-9
    assert found.when.startswith("when its data begins with the bar 2024-01-0")
    assert found.hint == "ema(close, 12) needs more than `warmup: 10`; without that line the spec takes 120"


@pytest.mark.long
def test_an_indicator_that_claims_too_few_bars_is_told_how_many_would_do(tmp_path):
    guest = indicating(FORGETS).replace("step = static", "settle = 1\n    step = static")
    spec = leaky(tmp_path, guest)
    strategy = tmp_path / "configs" / "strategies" / "seer.yaml"
    strategy.write_text(strategy.read_text().replace("crosses_above(leak(close), 0)", "leak(close) > 10 * close"))
    found = probed(spec, "warmup=null")
    assert not found.passed
    assert found.hint.startswith("leak(close) needs more than ")
    assert found.hint.endswith("would do")


def test_what_never_forgets_its_first_bar_is_told_so(tmp_path):
    found = told(tmp_path, "obv() > 100", "warmup=40")
    assert not found.passed
    assert found.hint == "obv() never forgets its first bar, so no warm-up is enough: decide by something that does"


def test_what_the_sizer_reads_is_compared_too(tmp_path):
    found = probed(small(tmp_path), "sizing={use: volatility_target, target: 60%, bars: 40}", "warmup=20")
    assert found.moved is not None
    assert found.moved.strategy == ""
    assert "of the sizer, BTC/USDT, bar 2024-01-0" in str(found.moved)
    assert "needs more than `warmup: 20`" in found.hint


def test_a_strategy_whose_state_never_forgets_is_told_so(tmp_path):
    found = probed(leaky(tmp_path, asking(**DAILY)), draws=1)
    assert found.moved is not None
    assert (found.moved.field, found.moved.strategy) == ("signal.enter", "seer")
    assert found.hint.startswith("the State of seer never forgets its first bar, so no warm-up is enough")


@pytest.mark.long
def test_a_strategy_whose_state_forgets_in_time_is_warm(tmp_path):
    found = probed(leaky(tmp_path, asking(**WAITING)), "warmup=60")
    assert (found.passed, found.moved, found.draws) == (True, None, 3)


@pytest.mark.long
def test_a_let_that_has_not_settled_is_named_with_its_indicator(tmp_path):
    found = probed(leaky(tmp_path, asking().replace("sma(", "ema(")), draws=1)
    assert found.moved is not None
    assert (found.moved.field, found.moved.strategy) == ("mean", "seer")
    assert found.hint == "ema(close, 8) needs more than `warmup: 20`; without that line the spec takes 80"


def test_a_period_without_warm_bars_to_compare_is_refused(tmp_path):
    with pytest.raises(CryptoflowError, match="none are left to compare"):
        warmup(resolve(small(tmp_path), sets=["warmup=22"]), window=Window("2024-01-01", "2024-01-01"))
