"""A graph as source text: a function per stage, a line per node, its value in a variable.

Operators stand where they are used and steps are called as they are. What a stage keeps for the next bar, or
hands to another stage of the same symbol, is a variable of the function around it; what goes to another symbol
lies in a row with a place per symbol. One such text serves all symbols: `lane(symbol)` is called for each. The
first lines of an average crossed by the close:

    def lane(symbol):
        ema_1_state = ema_1_start
        crosses_above_2_state = crosses_above_2_start

        def stage_0_0_bar(bar, signal, seen):
            nonlocal ema_1_state, crosses_above_2_state
            close_0 = bar.close
            ema_1_state = ema_step(ema_1_state, close_0, 26)
            ema_1 = ema_1_state[0]

A node's value ends in its number and everything else in a word, so that no guest's name can meet one of ours.
"""

from collections import deque
from math import inf, nan
from typing import Any

from cryptoflow.domain.graph import Graph, Kind, Node
from cryptoflow.domain.language import period_number
from cryptoflow.engine.chains import is_foreign
from cryptoflow.engine.outputs import FLAGS, NUMBERS
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.stages import Stage, stages

SIGNS = {"add": "+", "sub": "-", "mul": "*", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=="}
SIGNS |= {"and": "and", "or": "or"}
DENT = "    "


class Text:
    """The text of one graph, and what it refers to."""

    def __init__(self, graph: Graph, plan: Plan, reads: bool = False) -> None:
        self.reads = reads
        self.nodes, self.outputs, self.functions = graph.nodes, graph.outputs, plan.functions
        self.symbols, self.base = plan.symbols, plan.account.timeframe
        self.stages = stages(graph)
        self.stage_of = {place: stage for stage in self.stages for place in stage.places}
        self.kept, self.rows = self.handed_on()
        self.names: dict[str, Any] = {"nan": nan, "inf": inf, "deque": deque, "period_number": period_number}
        for place in self.rows:
            self.names[f"{self.variable(place)}_row"] = [self.missing(graph.nodes[place])] * len(plan.symbols)
        for place, node in enumerate(graph.nodes):
            if node.op == "call":
                function = plan.functions[node.name]
                self.names |= {f"{node.name}_step": function.step, f"{self.variable(place)}_start": function.state()}

    def handed_on(self) -> tuple[set[int], set[int]]:
        """Return the nodes whose values another stage of their symbol reads, and those that other symbols read."""
        kept: set[int] = set()
        rows = {place for place, node in enumerate(self.nodes) if node.op == "rank"}
        for place, node in enumerate(self.nodes):
            for source in node.inputs:
                if node.op == "rank":
                    rows.add(source)
                else:
                    self.hand_on(source, self.stage_of[place], kept, rows)
        for source in self.outputs.values():
            self.hand_on(source, self.stages[-1], kept, rows)
        return kept, rows

    def hand_on(self, source: int, reader: Stage, kept: set[int], rows: set[int]) -> None:
        """Note how a value gets to the stage that reads it."""
        if source in self.stage_of and self.stage_of[source] != reader:
            same = self.stage_of[source].stream.symbol == reader.stream.symbol
            (kept if same else rows).add(source)

    def missing(self, node: Node) -> bool | float:
        """Return what a node says before it has seen a bar."""
        return False if node.kind is Kind.FLAG else nan

    def lane(self, symbol: str) -> str:
        """Write the function that holds all stages of a stream's symbol, "" for the strategy's own."""
        mine = [stage for stage in self.stages if stage.stream.symbol == symbol]
        start, body = [], []
        for stage in mine:
            lines, kept = [], []
            for place in stage.places:
                first, variables = self.start(place)
                start += first
                kept += variables
                lines += self.move(place, stage)
                if place in self.rows:
                    lines.append(f"{self.variable(place)}_row[symbol] = {self.variable(place)}")
            if stage is self.stages[-1]:
                lines += self.signal(stage)
            head = [f"nonlocal {', '.join(kept)}"] if kept else []
            body += [
                "",
                f"def {name_of(stage)}(bar, signal, seen):",
                *(DENT + line for line in head + (lines or ["pass"])),
            ]
        table = ", ".join(f"({stage.stream.timeframe}, {stage.level}): {name_of(stage)}" for stage in mine)
        lines = [*start, *body, "", f"return {{{table}}}"]
        return "\n".join(["def lane(symbol):", *((DENT + line).rstrip() for line in lines), ""])

    def variable(self, place: int) -> str:
        """Return the variable of a node."""
        node = self.nodes[place]
        return f"{node.name or node.op}_{place}"

    def read(self, place: int, stage: Stage) -> str:
        """Return what a stage writes to read a node: a number, a variable, or the place in a row."""
        node = self.nodes[place]
        if node.op == "number":
            return repr(node.settings[0] != 0.0 if node.kind is Kind.FLAG else node.settings[0])
        if place in self.stage_of and node.stream.symbol == stage.stream.symbol:
            return self.variable(place)
        named = node.stream.symbol
        return f"{self.variable(place)}_row[{self.symbols.index(named) if named else 'symbol'}]"

    def as_float(self, place: int, stage: Stage) -> str:
        """Return how a node is read where a float is needed; what a guest yields may be a whole number."""
        node, read = self.nodes[place], self.read(place, stage)
        if node.kind is Kind.FLAG:
            return f"1.0 if {read} else 0.0"
        call = self.nodes[node.inputs[0]] if node.op == "field" else node
        guest = call.op == "call" and is_foreign(self.functions[call.name].step)
        return f"float({read})" if guest or node.op in ("lift", "shift") else read

    def start(self, place: int) -> tuple[list[str], list[str]]:
        """Return the lines that begin what a node keeps from bar to bar, and the variables it moves."""
        node, name, lines, variables = self.nodes[place], self.variable(place), [], []
        if node.op == "call":
            function = self.functions[node.name]
            lines.append(f"{name}_state = {name}_start")
            variables.append(f"{name}_state")
            if function.windowed:
                bound = function.bind(dict(zip(function.settings, node.settings, strict=True)))
                lines.append(f"{name}_ring = [nan] * {max(1, bound.memory)}")
        elif node.op == "shift":
            lines.append(f"{name}_past = deque([{self.missing(node)}] * {int(node.settings[0])})")
        elif node.op == "every":
            lines.append(f"{name}_span = None")
            variables.append(f"{name}_span")
        if place in self.kept:
            lines.append(f"{name} = {self.missing(node)}")
            variables.append(name)
        return lines, variables

    def move(self, place: int, stage: Stage) -> list[str]:
        """Write how a node moves by one bar."""
        node, out = self.nodes[place], self.variable(place)
        if node.op == "call":
            return self.call(place, stage)
        if node.op == "field":
            call = node.inputs[0]
            fields = self.functions[self.nodes[call].name].state._fields
            return [f"{out} = {self.variable(call)}_state[{fields.index(node.name)}]"]
        if node.op == "every":
            return self.every(place)
        given = [self.read(source, stage) for source in node.inputs]
        match node.op:
            case "column":
                return [f"{out} = bar.{node.name}"]
            case "lift":
                return [f"{out} = {given[0]}"]
            case "neg":
                return [f"{out} = -{given[0]}"]
            case "not":
                return [f"{out} = not {given[0]}"]
            case "shift":
                return [f"{out}_past.append({given[0]})", f"{out} = {out}_past.popleft()"]
            case "div":
                return [f"{out} = nan if {given[1]} == 0.0 else {given[0]} / {given[1]}"]
            case "ne":
                return [f"{out} = {given[0]} < {given[1]} or {given[0]} > {given[1]}"]
        return [f"{out} = {given[0]} {SIGNS[node.op]} {given[1]}"]

    def call(self, place: int, stage: Stage) -> list[str]:
        """Write how a function takes the bar, and what it says."""
        node, out = self.nodes[place], self.variable(place)
        function = self.functions[node.name]
        given = [f"{out}_state", *([f"{out}_ring"] if function.windowed else [])]
        given += [self.as_float(source, stage) for source in node.inputs]
        given += [f"bar.{name}" for name in function.columns]
        given += [repr(int(x) if whole else x) for x, whole in zip(node.settings, function.whole, strict=True)]
        value = f"{out}_state[{function.state._fields.index(function.outputs[0])}]"
        said = f"{value} != 0.0" if node.kind is Kind.FLAG else value
        return [f"{out}_state = {node.name}_step({', '.join(given)})", f"{out} = {said}"]

    def every(self, place: int) -> list[str]:
        """Write how a bar is flagged whose close lies in another span; higher bars carry their close as `open_at`."""
        node, out = self.nodes[place], self.variable(place)
        timeframe, duration = node.stream.timeframe, int(node.settings[0])
        open_at, close_at = "bar.open_at", f"bar.open_at + {self.base}"
        if timeframe:
            open_at, close_at = f"bar.open_at - {timeframe}", "bar.open_at"
        return [
            f"{out}_before = period_number({open_at}, {duration}) if {out}_span is None else {out}_span",
            f"{out}_span = period_number({close_at}, {duration})",
            f"{out} = {out}_span != {out}_before",
        ]

    def signal(self, stage: Stage) -> list[str]:
        """Write the fields of the signal that the strategy fills; the others stay as they were made.

        Where somebody reads the values as they are, they are written in the order of the outputs, a flag as 0 or 1.
        """
        if self.reads:
            sources = enumerate(self.outputs.values())
            return [f"seen[{slot}] = {self.as_float(source, stage)}" for slot, source in sources]
        flags = [
            f"signal.{field} = 1 if {self.read(self.outputs[name], stage)} else 0"
            for name, field in FLAGS.items()
            if name in self.outputs
        ]
        return flags + [
            f"signal.{field} = {self.as_float(self.outputs[name], stage)}"
            for name, field in NUMBERS.items()
            if name in self.outputs
        ]


def name_of(stage: Stage) -> str:
    """Return the name of a stage's function."""
    return f"stage_{stage.stream.timeframe}_{stage.level}_bar"
