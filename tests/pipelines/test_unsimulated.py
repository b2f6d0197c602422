"""What a backtest does not simulate is told of when a spec asks for it, and only then."""

import pytest

from cryptoflow.cli.app import run
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.unsimulated import SENTENCES, unsimulated
from tests.cli.projects import small

KEYS = {
    "execution.algo": "{use: twap}",
    "execution.route": "{use: best_price}",
    "execution.latency": "250ms",
    "execution.naked_limit": "5s",
    "risk.flash_drop": "{share: 8%}",
    "risk.emergency": "aggressive",
    "round_wait": "5s",
    "notify": "[{use: telegram}]",
    "sweep": "{params: {cross.slow: 5..9}}",
    "strategies.cross.rest_in": "[panic]",
}

SHORT = "execution.entry.expires 300s is shorter than a bar of 1h: a resting entry meets one open only"


def told(folder, *sets):
    return list(unsimulated(resolve(small(folder), sets=sets)))


def test_a_spec_that_asks_for_nothing_unusual_is_told_nothing(tmp_path):
    assert told(tmp_path) == []


@pytest.mark.parametrize("key", KEYS)
def test_a_key_without_effect_is_told_by_its_name(tmp_path, key):
    (line,) = told(tmp_path, f"{key}={KEYS[key]}")
    assert line.startswith(f"not simulated: {key} ")


def test_every_key_of_the_table_is_tried_here():
    assert {".".join(path) for path in SENTENCES} <= KEYS.keys()


def test_a_latency_of_whole_bars_is_simulated(tmp_path):
    assert told(tmp_path, "market.timeframe=1m", "execution.latency=60s") == []


@pytest.mark.parametrize(
    ("order", "expires", "lines"),
    [
        (
            "limit",
            "300s",
            [SHORT],
        ),
        ("limit", "1h", []),
        ("market", "300s", []),
    ],
)
def test_an_entry_that_rests_for_less_than_a_bar_is_told(tmp_path, order, expires, lines):
    assert told(tmp_path, f"execution.entry.order={order}", f"execution.entry.expires={expires}") == lines


def test_what_is_not_simulated_is_said_on_standard_error_and_in_the_report(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    line = "not simulated: execution.latency below a bar (fills begin with the open of a bar of 1h)"
    assert run(["backtest", str(small(tmp_path)), "--set", "execution.latency=250ms"]) == 0
    assert line in capsys.readouterr().err
    assert line in next(tmp_path.rglob("report.html")).read_text()
