"""What strategies compute, one round at a time: every node of their graphs once, by the plain steps."""

from collections.abc import Callable, Sequence
from typing import Any

from cryptoflow.domain.language import rank
from cryptoflow.domain.records import Bar, Rows, Signal
from cryptoflow.engine.plan import Plan
from cryptoflow.engine.runtime.higher import Higher
from cryptoflow.engine.runtime.stages import ranks
from cryptoflow.engine.runtime.text import Text

Move = Callable[[Bar, Signal, Rows[float]], None]
Rank = Callable[[list[int]], None]
Turn = tuple[int, int, int, Move]
"""A symbol, a timeframe (0 for the base one), the row of the signal, and how a stage moves by a bar of these."""


class Features:
    """All strategies' features over all symbols.

    `turns` has the stages of all graphs and symbols in an order in which they may move, cut where symbols are
    ranked: `parts` are pairs of the rankings that come first and the turns after them.
    """

    def __init__(self, plan: Plan) -> None:
        self.symbols, self.base = len(plan.symbols), plan.account.timeframe
        self.higher: dict[tuple[int, int], Higher] = {}
        self.parts: list[tuple[list[Rank], list[Turn]]] = [([], [])]
        for strategy, reads in enumerate(plan.reads()):
            self.add(plan, strategy, reads > 0)

    def add(self, plan: Plan, strategy: int, reads: bool) -> None:
        """Add a graph's stages, level by level."""
        graph = plan.graphs[strategy]
        text = Text(graph, plan, reads)
        lanes = Lanes(text, plan.symbols)
        rankings = ranks(graph)
        for level in range(text.stages[-1].level + 1):
            found = [ranking(text, graph.nodes[place].inputs[0], place) for at, place in rankings if at == level]
            if found:
                self.parts.append((found, []))
            for stage in text.stages:
                if stage.level == level:
                    for symbol in lanes.symbols_of(stage.stream.symbol):
                        timeframe = stage.stream.timeframe
                        if timeframe:
                            self.higher.setdefault((symbol, timeframe), Higher(self.base, timeframe))
                        move = lanes.moves[stage.stream.symbol, symbol][timeframe, level]
                        self.parts[-1][1].append((symbol, timeframe, strategy * self.symbols + symbol, move))

    def over(self, bars: Sequence[Bar], signals: Sequence[Signal], seen: Rows[Rows[float]]) -> None:
        """Take a round's bars in, and write its signals and what scripts and the sizer read beside them.

        There is a signal and a row of `seen` for every graph and symbol. A stream without a bar keeps its last values.
        """
        closed = self.grow(bars) if self.higher else {}
        for rankings, turns in self.parts:
            if rankings:
                here = [symbol for symbol in range(self.symbols) if bars[symbol].here]
                for place_all in rankings:
                    place_all(here)
            for symbol, timeframe, row, move in turns:
                bar = bars[symbol]
                if bar.here:
                    if timeframe:
                        for higher_bar in closed[symbol, timeframe]:
                            move(higher_bar, signals[row], seen[row])
                    else:
                        move(bar, signals[row], seen[row])

    def grow(self, bars: Sequence[Bar]) -> dict[tuple[int, int], list[Bar]]:
        """Return the higher bars that close with this round, by symbol and timeframe."""
        return {key: higher.over(bars[key[0]]) for key, higher in self.higher.items() if bars[key[0]].here}


class Lanes:
    """The functions of one graph's text: by stream and symbol, then by timeframe and level."""

    def __init__(self, text: Text, symbols: Sequence[str]) -> None:
        self.symbols = symbols
        self.moves: dict[tuple[str, int], dict[tuple[int, int], Move]] = {}
        for named in {stage.stream.symbol: None for stage in text.stages}:
            scope: dict[str, Any] = dict(text.names)
            exec(compile(text.lane(named), "<features>", "exec"), scope)  # noqa: S102 - our own text, of checked nodes
            for symbol in self.symbols_of(named):
                self.moves[named, symbol] = scope["lane"](symbol)

    def symbols_of(self, named: str) -> Sequence[int]:
        """Return the symbols whose bars a stream stands for."""
        return (self.symbols.index(named),) if named else range(len(self.symbols))


def ranking(text: Text, source: int, place: int) -> Rank:
    """Return how the symbols of a round are ranked."""
    given, out = text.names[f"{text.variable(source)}_row"], text.names[f"{text.variable(place)}_row"]

    def place_all(here: list[int]) -> None:
        for symbol, value in zip(here, rank([given[symbol] for symbol in here]), strict=True):
            out[symbol] = value

    return place_all
