"""Indicators run over columns of bars, as each of the two drivers runs them."""

from math import nan

import numpy as np

from cryptoflow.domain.graph import Kind, Node
from cryptoflow.engine.batch.scans import Scan


def series(function, columns):
    return np.array([columns[name] for name in (*function.inputs, *function.columns)])


def plain(function, bound, rows):
    """All outputs, bar by bar, as the event driver computes them."""
    state, ring, out = function.state(), [nan] * bound.memory, []
    for bar in zip(*rows.tolist(), strict=True):
        state = function.step(state, *([ring] if function.windowed else []), *bar, *bound.settings)
        out.append([getattr(state, name) for name in function.outputs])
    return np.array(out).T


def batch(function, bound, rows, block=5_000):
    """The same from the batch driver's compiled scan, block after block."""
    scan = Scan(function, Node("call", Kind.SERIES, settings=bound.settings, name=function.name), block)
    cuts = range(0, rows.shape[1], block)
    parts = [[np.ascontiguousarray(row[cut : cut + block]) for row in rows] for cut in cuts]
    return np.hstack([scan.over(len(part[0]), part).copy() for part in parts])
