"""What every indicator promises, built in now or later."""

from inspect import signature
from math import nan

import numpy as np
import pytest

from cryptoflow.domain.graph import Kind, Node
from cryptoflow.domain.steps import BadSetting
from cryptoflow.engine.batch.scans import Scan
from cryptoflow.plugins.registry import find, names
from tests.contracts.compiling import same

BARS = 700
HOLE = 350
COLUMNS = ("open", "high", "low", "close", "volume")
COUNTS_FROM_THE_START = {"obv"}


def market(seed=1, holes=False):
    """A random walk with flat, steep and untraded stretches, as columns and two series of one's own."""
    draw = np.random.default_rng(seed)
    close = 100 + np.cumsum(draw.normal(size=BARS))
    close[120:160] = close[120]
    close[200:230] = close[200] + np.arange(30)
    opens = np.roll(close, 1)
    high, low = np.maximum(close, opens) + draw.random(BARS), np.minimum(close, opens) - draw.random(BARS)
    high[130:160] = low[130:160] = opens[130:160] = close[130]
    volume = draw.random(BARS) * (draw.random(BARS) > 0.1)
    volume[300:340] = 0.0
    columns = {"open": opens, "high": high, "low": low, "close": close, "volume": volume}
    columns |= {"x": close, "y": close + np.cumsum(draw.normal(size=BARS))}
    if holes:
        for column in columns.values():
            column[draw.integers(0, BARS, 6)] = nan
    return columns


def series(function, columns):
    return np.array([columns[name] for name in (*function.inputs, *function.columns)])


def plain(function, bound, rows):
    """All outputs, bar by bar, as the event driver computes them."""
    state, ring, out = function.state(), [nan] * bound.memory, []
    for bar in zip(*rows.tolist(), strict=True):
        state = function.step(state, *([ring] if function.windowed else []), *bar, *bound.settings)
        out.append([getattr(state, name) for name in function.outputs])
    return np.array(out).T


def batch(function, bound, rows):
    """The same from the batch driver's compiled scan."""
    node = Node("call", Kind.SERIES, settings=bound.settings, name=function.name)
    return Scan(function, node, rows.shape[1]).over(rows.shape[1], list(rows))


@pytest.fixture(params=names("indicator"))
def indicator(request):
    return find("indicator", request.param)


@pytest.fixture
def function(indicator):
    return indicator.function()


def small(indicator):
    """Settings as small as they may be, so that every window turns over many times."""
    chosen = {}
    for name, field in indicator.model_fields.items():
        lowest = max((law.ge for law in field.metadata if hasattr(law, "ge")), default=None)
        chosen[name] = field.default if lowest is None else lowest
    if indicator.plugin_name == "macd":
        chosen["slow"] = 2
    return chosen


def test_the_docstring_tells_formula_and_warm_up(indicator):
    assert "\n    Formula: " in indicator.__doc__
    assert "\n    Warm-up: " in indicator.__doc__


def test_every_setting_is_described_and_has_a_default(indicator):
    for field in indicator.model_fields.values():
        assert field.description
        assert not field.is_required()


def test_the_step_takes_what_the_class_declares(indicator, function):
    ring = ("ring",) if function.windowed else ()
    declared = ("state", *ring, *function.inputs, *function.columns, *function.settings)
    assert tuple(signature(function.step).parameters) == declared
    assert set(function.columns) <= set(COLUMNS)
    assert set(function.outputs) <= set(function.state._fields)
    assert all(type(start) in (int, float) for start in function.state())
    assert len(function.bind({}).settings) == len(function.settings)
    assert function.summary


def test_a_setting_that_makes_no_sense_is_refused_by_name(function):
    for name in function.settings:
        with pytest.raises(BadSetting) as refused:
            function.bind({name: -1.0})
        assert refused.value.name == name


@pytest.mark.parametrize("tiny", [False, True], ids=["default", "smallest"])
def test_compiled_and_plain_agree_to_the_last_bit(indicator, function, tiny):
    bound = function.bind(small(indicator) if tiny else {})
    rows = series(function, market(seed=2, holes=True))
    ours, theirs = plain(function, bound, rows), batch(function, bound, rows)
    assert all(same(a, b) for a, b in zip(ours.flat, theirs.flat, strict=True))


def test_later_bars_change_nothing(function):
    rows = series(function, market())
    whole = plain(function, function.bind({}), rows)
    half = plain(function, function.bind({}), rows[:, : BARS // 2])
    np.testing.assert_array_equal(half, whole[:, : BARS // 2])


def test_it_gives_values_no_later_than_after_its_warm_up(function):
    bound = function.bind({})
    first = np.argmax(np.isfinite(plain(function, bound, series(function, market()))).all(axis=0))
    assert first < bound.warmup
    if function.windowed:
        assert first == bound.warmup - 1


@pytest.mark.parametrize("name", sorted(set(names("indicator")) - COUNTS_FROM_THE_START))
def test_after_its_warm_up_it_does_not_matter_where_it_began(name):
    function, late = find("indicator", name).function(), 250
    bound = function.bind({})
    rows = series(function, market(seed=3))
    early, later = (plain(function, bound, rows[:, start:])[:, -(BARS - late) :] for start in (0, late))
    np.testing.assert_allclose(later[:, bound.warmup - 1 :], early[:, bound.warmup - 1 :], rtol=1e-7, atol=1e-7)


def test_a_missing_value_is_forgotten_as_the_readme_says(function):
    bound = function.bind({})
    rows = series(function, market(seed=4))
    rows[:, HOLE] = nan
    heard = np.isfinite(plain(function, bound, rows)).all(axis=0)
    deaf = bound.warmup if function.windowed else 1
    assert heard[HOLE - 1]
    assert not heard[HOLE : HOLE + deaf].any()
    assert heard[HOLE + deaf]


def test_one_missing_value_is_enough_to_say_nothing(function):
    rows = series(function, market(seed=4))
    for row in range(len(rows)):
        holed = rows.copy()
        holed[row, HOLE] = nan
        assert not np.isfinite(plain(function, function.bind({}), holed)[0, HOLE])


def test_an_infinite_value_counts_as_missing(function):
    bound = function.bind({})
    holed, endless = (series(function, market(seed=5)) for _ in range(2))
    holed[0, HOLE], endless[0, HOLE] = nan, np.inf
    np.testing.assert_array_equal(plain(function, bound, holed), plain(function, bound, endless))


@pytest.mark.parametrize("name", [name for name in names("indicator") if find("indicator", name).windowed])
def test_a_spike_leaves_no_trace_once_it_is_out_of_the_window(name):
    function = find("indicator", name).function()
    bound = function.bind({})
    calm, spiked = (series(function, market(seed=6)) for _ in range(2))
    spiked[:, 250] *= 1e6
    after = 250 + 2 * bound.warmup + 1
    np.testing.assert_allclose(
        plain(function, bound, spiked)[:, after:], plain(function, bound, calm)[:, after:], rtol=1e-9, atol=1e-9
    )
