"""Scans that move side by side say what each says alone, bar by bar."""

import numpy as np
import pytest

from cryptoflow.domain.graph import Kind, Node
from cryptoflow.domain.language import WORDS
from cryptoflow.engine.batch.scans import Scan, SideBySide, widest
from cryptoflow.plugins.registry import find, names
from tests.contracts.compiling import same

BLOCKS = (0, 1, 7, 300, 92)
FUNCTIONS = {name: find("indicator", name).function() for name in names("indicator")}
FUNCTIONS |= {name: word.function for name, word in WORDS.items()}
RECURSIVE = [name for name, function in FUNCTIONS.items() if widest(function) > 1]


def columns(lane, count):
    """A walk with gaps, an infinity and a flat stretch, for each input of a function."""
    draw = np.random.default_rng(lane)
    walks = 100 + np.cumsum(draw.normal(size=(count, sum(BLOCKS))), axis=1)
    walks[:, 50:60] = walks[:, 50:51]
    walks[draw.integers(0, count, 9), draw.integers(0, sum(BLOCKS), 9)] = np.nan
    walks[0, 200] = np.inf
    return walks


def settings(function, lane):
    """Settings of its own for each lane."""
    given = {"period": 3 + lane} if "period" in function.settings else {}
    return function.bind(given).settings


def plain(function, given, rows):
    """All outputs, bar by bar."""
    state, out = function.state(), []
    for bar in zip(*rows.tolist(), strict=True):
        state = function.step(state, *bar, *given)
        out.append([getattr(state, name) for name in function.outputs])
    return np.array(out).T


@pytest.mark.parametrize("name", RECURSIVE)
def test_side_by_side_and_step_by_step_agree_to_the_last_bit(name):
    function = FUNCTIONS[name]
    lanes = range(widest(function))
    given = [settings(function, lane) for lane in lanes]
    rows = [columns(lane, len(function.inputs) + len(function.columns)) for lane in lanes]
    scans = [Scan(function, Node("call", Kind.SERIES, settings=one, name=name), sum(BLOCKS)) for one in given]
    team, at = SideBySide(scans), [0 for _ in lanes]
    found = [[] for _ in lanes]
    for count in BLOCKS:
        counts = [max(0, count - 2 * lane) for lane in lanes]  # some have fewer bars in a block, or none
        team.over(counts, [row[:, a : a + n] for row, a, n in zip(rows, at, counts, strict=True)])
        for lane in lanes:
            found[lane].append(np.array([scans[lane].field(output) for output in function.outputs]))
            at[lane] += counts[lane]
    for lane in lanes:
        theirs, ours = plain(function, given[lane], rows[lane][:, : at[lane]]), np.hstack(found[lane])
        assert ours.shape == theirs.shape
        assert all(same(a, b) for a, b in zip(ours.flat, theirs.flat, strict=True))


def test_what_keeps_a_window_moves_alone():
    assert widest(FUNCTIONS["sma"]) == 1
    assert widest(FUNCTIONS["ema"]) == 4
    assert widest(FUNCTIONS["rsi"]) == 2
