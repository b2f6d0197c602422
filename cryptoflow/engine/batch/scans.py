"""Compiled scans: a step moved over columns of bars from where the last block left it, several side by side."""

from collections.abc import Sequence
from functools import cache
from typing import Any, get_type_hints

import numpy as np

from cryptoflow.domain.graph import Kind, Node
from cryptoflow.domain.steps import Function
from cryptoflow.engine.batch.compile import Plain, compiled, prepare

Array = np.ndarray[Any, Any]

FOUR, TWO = 3, 7
"""The most fields of a state with which four, or two, scans side by side take less time than one after the other."""


def widest(function: Function) -> int:
    """Return how many scans of a function move side by side at most.

    A recursive step waits for its own last result, and a processor that waits can work for others meanwhile. One
    with a window waits for nothing, and one with a large state has no registers left.
    """
    if function.windowed or len(function.state._fields) > TWO:
        return 1
    return 4 if len(function.state._fields) <= FOUR else 2


def scan_source(function: Function, width: int = 1) -> str:
    """Write the loop of one function over `width` streams of bars: states are read from rows, moved, written back.

    A row holds the fields of a state, then the settings.
    """
    hints = get_type_hints(function.state)
    fields = list(enumerate(function.state._fields))
    takes, before, moves, after = [], [], [], []
    for lane in range(width):
        row, ring, state = f"row{lane}", [f"ring{lane}"] if function.windowed else [], f"state{lane}"
        columns = [f"x{lane}_{n}" for n in range(len(function.inputs) + len(function.columns))]
        settings = [f"s{lane}_{n}" for n in range(len(function.settings))]
        outs = [f"out{lane}_{n}" for n in range(len(function.outputs))]
        loads = [f"int({row}[{n}])" if hints[field] is int else f"{row}[{n}]" for n, field in fields]
        takes += [row, *ring, *columns, *outs]
        for n, (setting, whole) in enumerate(zip(settings, function.whole, strict=True), len(fields)):
            before.append(f"    {setting} = " + (f"int({row}[{n}])" if whole else f"{row}[{n}]"))
        before.append(f"    {state} = State({', '.join(loads)})")
        moves.append(
            f"        {state} = step({', '.join([state, *ring, *(f'{column}[i]' for column in columns), *settings])})"
        )
        moves += [f"        {out}[i] = {state}.{name}" for out, name in zip(outs, function.outputs, strict=True)]
        after += [f"    {row}[{n}] = {state}.{field}" for n, field in fields]
    head = [f"def scan(count, {', '.join(takes)}):"]
    return "\n".join([*head, *before, "    for i in range(count):", *moves, *after]) + "\n"


@cache
def scan_of(function: Function, width: int = 1) -> Plain:
    """Return the compiled scan of a function over `width` streams of bars."""
    names = {"State": function.state, "step": prepare(function.step)}
    return compiled("scan", scan_source(function, width), names, [function.step])


class Scan:
    """One function at work on one stream of bars: its state and settings, its ring, and room for its outputs."""

    def __init__(self, function: Function, node: Node, size: int) -> None:
        self.function = function
        row = np.array([*function.state(), *node.settings, 0.0], dtype=np.float64)
        memory = function.bind(dict(zip(function.settings, node.settings, strict=True))).memory
        self.memory = [row, np.full(max(1, memory), np.nan)] if function.windowed else [row]
        self.out = np.empty((len(function.outputs), size), dtype=bool if node.kind is Kind.FLAG else np.float64)
        self.outs = list(self.out)
        self.count = 0

    def over(self, count: int, inputs: Sequence[Array]) -> Array:
        """Move on over `count` bars and return the outputs, a row each."""
        SideBySide([self]).over([count], [inputs])
        return self.out[:, :count]

    def field(self, name: str) -> Array:
        """Return one of the outputs over the bars last moved over."""
        return self.out[self.function.outputs.index(name), : self.count]


class SideBySide:
    """Scans of one function, each on a stream of its own, that one loop moves."""

    def __init__(self, scans: Sequence[Scan]) -> None:
        self.scans = scans
        self.loop, self.alone = (scan_of(scans[0].function, width) for width in (len(scans), 1))

    def over(self, counts: Sequence[int], inputs: Sequence[Sequence[Array]]) -> None:
        """Move each over its count of bars: together as far as all have any, then those that have more alone."""
        shared = min(counts)
        if shared:
            taken: list[Array] = []
            for scan, columns in zip(self.scans, inputs, strict=True):
                taken.extend((*scan.memory, *columns, *scan.outs))
            self.loop(shared, *taken)
        for scan, count, columns in zip(self.scans, counts, inputs, strict=True):
            scan.count = count
            if count > shared:
                rest = [column[shared:] for column in (*columns, *scan.outs)]
                self.alone(count - shared, *scan.memory, *rest)
