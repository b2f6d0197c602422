"""What every indicator promises, built in now or later."""

from inspect import signature
from math import inf, nan

import numpy as np
import pytest

from cryptoflow.domain.steps import BadSetting
from cryptoflow.plugins.kinds import GROUPS
from cryptoflow.plugins.registry import find, names
from tests.contracts.compiling import same
from tests.contracts.scanning import batch, plain, series

BARS = 700
HOLE = 350
COLUMNS = ("open", "high", "low", "close", "volume")
RISING = {name: {"slow": 2} for name in ("macd", "ppo", "adosc", "kama")} | {"uo": {"middle": 2, "slow": 3}}
"""What is smallest where one setting has to be above another."""
COUNTS_FROM_THE_START = {"obv", "ad"}


def market(seed=1, holes=False, bars=BARS):
    """A random walk with flat, steep and untraded stretches, as columns and two series of one's own."""
    draw = np.random.default_rng(seed)
    close = 100 + np.cumsum(draw.normal(size=bars))
    close[120:160] = close[120]
    close[200:230] = close[200] + np.arange(30)
    opens = np.roll(close, 1)
    high, low = np.maximum(close, opens) + draw.random(bars), np.minimum(close, opens) - draw.random(bars)
    high[130:160] = low[130:160] = opens[130:160] = close[130]
    volume = draw.random(bars) * (draw.random(bars) > 0.1)
    volume[300:340] = 0.0
    columns = {"open": opens, "high": high, "low": low, "close": close, "volume": volume}
    columns |= {"x": close, "y": close + np.cumsum(draw.normal(size=bars))}
    if holes:
        for column in columns.values():
            column[draw.integers(0, bars, 6)] = draw.choice([nan, inf, -inf], 6)
    return columns


def agree(ours, theirs, since):
    """From bar `since` of theirs on missing on the same bars, and equal to 1e-9 of the largest value theirs takes."""
    span = theirs.shape[1] - since
    np.testing.assert_array_equal(np.isnan(ours[:, -span:]), np.isnan(theirs[:, -span:]))
    off = np.nanmax(abs(ours[:, -span:] - theirs[:, -span:]), axis=1)
    assert (off <= 1e-9 * np.nanmax(abs(theirs), axis=1)).all()


@pytest.fixture(params=names("indicator"))
def indicator(request):
    return find("indicator", request.param)


@pytest.fixture
def function(indicator):
    return indicator.function()


def forgets(indicator):
    """Whether what has left its window is gone, missing values and all."""
    return indicator.windowed and not indicator.fades


def small(indicator):
    """Settings as small as they may be, so that every window turns over many times."""
    chosen = {}
    for name, field in indicator.model_fields.items():
        lowest = max((law.ge for law in field.metadata if hasattr(law, "ge")), default=None)
        chosen[name] = field.default if lowest is None else lowest
    return chosen | RISING.get(indicator.plugin_name, {})


def test_the_docstring_tells_formula_warm_up_and_reference(indicator):
    for line in ("Formula", "Warm-up", "Reference"):
        assert f"\n    {line}: " in indicator.__doc__
    assert indicator.group in GROUPS


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
    ours = plain(function, bound, rows)
    for block in (BARS, 97):
        theirs = batch(function, bound, rows, block)
        assert all(same(a, b) for a, b in zip(ours.flat, theirs.flat, strict=True))


@pytest.mark.parametrize("known", [60, 350, 699])
def test_other_bars_afterwards_change_nothing_before(function, known):
    told, other = (series(function, market(seed)) for seed in (1, 7))
    changed = np.hstack([told[:, :known], 3 * other[:, known:]])
    before, after = (batch(function, function.bind({}), rows)[:, :known] for rows in (told, changed))
    np.testing.assert_array_equal(before, after)


def test_it_gives_values_no_later_than_after_its_warm_up(indicator, function):
    bound = function.bind({})
    first = np.argmax(np.isfinite(plain(function, bound, series(function, market()))).all(axis=0))
    assert first < bound.warmup
    if forgets(indicator):
        assert first == bound.warmup - 1


@pytest.mark.parametrize("late", [130, 250, 390], ids=["flat", "walking", "trading again"])
@pytest.mark.parametrize("name", sorted(set(names("indicator")) - COUNTS_FROM_THE_START))
def test_after_its_warm_up_it_does_not_matter_where_it_began(name, late):
    function = find("indicator", name).function()
    bound = function.bind({})
    rows = series(function, market(seed=3, bars=late + bound.warmup + 400))
    early, later = (batch(function, bound, rows[:, start:]) for start in (0, late))
    agree(later, early, late + bound.warmup - 1)


def test_a_missing_value_is_forgotten_as_the_readme_says(indicator, function):
    bound = function.bind({})
    rows = series(function, market(seed=4))
    rows[:, HOLE] = nan
    heard = np.isfinite(plain(function, bound, rows)).all(axis=0)
    deaf = bound.warmup if forgets(indicator) else 1
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


@pytest.mark.parametrize("name", [name for name in names("indicator") if forgets(find("indicator", name))])
def test_a_spike_leaves_no_trace_once_it_is_out_of_the_window(name):
    function = find("indicator", name).function()
    bound = function.bind({})
    calm, spiked = (series(function, market(seed=6)) for _ in range(2))
    spiked[:, 250] *= 1e6
    after = 250 + 2 * bound.warmup + 1
    agree(batch(function, bound, spiked), batch(function, bound, calm), after)
