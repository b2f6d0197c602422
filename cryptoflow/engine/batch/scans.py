"""Compiled scans: one per step, moving it over a column of bars from where the last block left it."""

from functools import cache
from typing import Any, get_type_hints

import numpy as np

from cryptoflow.domain.graph import Node
from cryptoflow.domain.steps import Function
from cryptoflow.engine.batch.compile import Plain, compiled, prepare

Floats = np.ndarray[Any, np.dtype[np.float64]]


def scan_source(function: Function) -> str:
    """Write the loop of one function: its state is read from a row of floats, moved, and written back."""
    hints = get_type_hints(function.state)
    fields = list(function.state._fields)
    count = len(function.inputs) + len(function.columns)
    loads = [f"int(row[{n}])" if hints[field] is int else f"row[{n}]" for n, field in enumerate(fields)]
    columns = [f"x{n}" for n in range(count)]
    settings = [f"int(given[{n}])" if whole else f"given[{n}]" for n, whole in enumerate(function.whole)]
    ring = ["ring"] if function.windowed else []
    call = ", ".join(
        ["state", *ring, *(f"{column}[i]" for column in columns), *(f"s{n}" for n in range(len(settings)))]
    )
    lines = [f"def scan({', '.join(['row', 'ring', 'given', 'count', *columns, 'out'])}):"]
    lines += [f"    s{n} = {setting}" for n, setting in enumerate(settings)]
    lines += [
        f"    state = State({', '.join(loads)})",
        "    for i in range(count):",
        f"        state = step({call})",
    ]
    lines += [f"        out[{n}, i] = state.{output}" for n, output in enumerate(function.outputs)]
    lines += [f"    row[{n}] = state.{field}" for n, field in enumerate(fields)]
    return "\n".join(lines) + "\n"


@cache
def scan_of(function: Function) -> Plain:
    """Return the compiled scan of a function."""
    names = {"State": function.state, "step": prepare(function.step)}
    return compiled("scan", scan_source(function), names, [function.step])


class Scan:
    """One function at work on one stream of bars: its state, its ring, and room for its outputs."""

    def __init__(self, function: Function, node: Node, size: int) -> None:
        self.given = np.array([*node.settings, 0.0], dtype=np.float64)
        self.function = function
        self.run = scan_of(function)
        self.count = 0
        self.row = np.array([*function.state(), 0.0], dtype=np.float64)
        memory = function.bind(dict(zip(function.settings, node.settings, strict=True))).memory
        self.ring = np.full(max(1, memory), np.nan)
        self.out = np.empty((len(function.outputs), size))

    def over(self, count: int, inputs: list[Floats]) -> Floats:
        """Move on over `count` bars and return the outputs, a row each."""
        self.run(self.row, self.ring, self.given, count, *inputs, self.out)
        self.count = count
        return self.out[:, :count]

    def field(self, name: str) -> Floats:
        """Return one of the outputs over the bars last moved over."""
        return self.out[self.function.outputs.index(name), : self.count]
