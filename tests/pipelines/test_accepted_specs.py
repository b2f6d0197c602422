"""What `validate` accepts runs, or says what is missing: never a traceback."""

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptoflow.errors import CryptoflowError
from cryptoflow.pipelines.backtest import backtest
from cryptoflow.pipelines.history import Window
from cryptoflow.pipelines.resolve import read, resolve
from tests.parity.draws import SPEC, definitions, opener, specs

ODD: dict[tuple[str, ...], list[Any]] = {
    ("capital",): ["0 USDT", "0.01 USDT", "1 USDT", "99999999999999 USDT", "1000 BTC"],
    ("seed",): [0, 7, 2**63 - 1],
    ("tier",): [0, 1, 4],
    ("warmup",): [0, 1, 500],
    ("market", "timeframe"): ["1m", "4h", "1d", "1w"],
    ("market", "venue"): ["binance", "kraken", "nowhere"],
    ("market", "filters"): ["venue", "none"],
    ("sizing",): [{"use": "fraction", "share": "100%"}, {"use": "fixed", "amount": "1 USDT"}, {"use": "all_in"}],
    ("risk",): [
        {"preset": "strict"},
        {"preset": "aggressive", "stop_loss": {"missing": "reject"}},
        {"rules": [{"use": "count", "positions": 1}, {"use": "position", "limit": "1 USDT"}]},
    ],
    ("execution", "fills"): [{"touch": True, "volume": "100%"}, {"volume": "0.001%"}],
    ("execution", "costs"): [{"slippage": {"use": "volume_share"}}, {"fees": {"maker": "0%", "taker": "99%"}}],
    ("sources",): [
        {"history": {"use": "synthetic", "outages": "5%"}},
        {"history": {"use": "csv", "path": "none.csv"}},
        {"live": {"use": "stream", "top_silence": "5s", "per_connection": 10}},
        {},
    ],
}


@st.composite
def odd_specs(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a spec, and change a few of its values to what its author could have had in mind."""
    spec: dict[str, Any] = draw(specs())
    spec["sources"] = {"history": {"use": "synthetic"}}
    for path in draw(st.lists(st.sampled_from(sorted(ODD)), max_size=4, unique=True)):
        inside = spec
        for part in path[:-1]:
            inside = inside.setdefault(part, {})
        inside[path[-1]] = draw(st.sampled_from(ODD[path]))
    return spec


def ran(spec: dict[str, Any], said: list[dict[str, Any]], engine: str) -> str:
    """Run a drawn spec; say what became of it."""
    with tempfile.TemporaryDirectory() as folder:
        if read(SPEC, opener=opener(spec, said)).problems:
            return "refused at validate"
        try:
            resolved = resolve(SPEC, opener=opener(spec, said))
            run = backtest(resolved, window=Window("2024-01-01", "2024-01-02"), engine=engine, home=Path(folder))
        except CryptoflowError as error:
            assert all(problem.what and problem.fix for problem in error.problems)
            return "refused at run"
        assert (run.folder / "report.html").stat().st_size > 10_000
        assert run.view.metrics.final_equity >= 0
        return "ran"


def test_a_spec_that_validates_runs_or_says_why_not() -> None:
    became: Counter[str] = Counter()

    @settings(max_examples=60)
    @given(
        spec=odd_specs(),
        said=st.lists(definitions(), min_size=2, max_size=2),
        engine=st.sampled_from(("batch", "event")),
    )
    def draw(spec: dict[str, Any], said: list[dict[str, Any]], engine: str) -> None:
        became[ran(spec, said, engine)] += 1

    draw()
    assert became["ran"] >= 15, became


@settings(max_examples=40)
@given(spec=odd_specs(), said=st.lists(definitions(), min_size=2, max_size=2))
def test_a_resolved_spec_written_out_loads_to_the_same(spec: dict[str, Any], said: list[dict[str, Any]]) -> None:
    if read(SPEC, opener=opener(spec, said)).problems:
        return
    first = resolve(SPEC, opener=opener(spec, said))
    again = yaml.safe_load(first.to_yaml())
    assert resolve(SPEC, opener=opener(again, said)).canonical() == first.canonical()
