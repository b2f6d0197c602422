"""Other futures for the same past: bars after a moment left out, or replaced by bars that might have come."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.pipelines.probing.feed import Feed

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns

Numbers = Any


class Draw(NamedTuple):
    """One altered future: bars after the one that opens at `cut` are changed by `kind`; `number` makes it another."""

    number: int
    kind: str
    cut: int

    def told(self) -> str:
        """Say what was done to the bars after the cut."""
        return TOLD[self.kind]

    def of(self, feed: Feed, timeframe: int, seed: int) -> Feed:
        """Return the bars of every symbol with this future; where there are finer ones, it is made of these."""
        import numpy as np

        rng = np.random.default_rng([seed, self.number])
        until = self.cut + timeframe
        told = [
            KINDS[self.kind](bars, int(bars.open_at.searchsorted(until)), rng) for bars in feed.finer or feed.market
        ]
        if not feed.finer:
            return Feed(told, [])
        pairs = zip(feed.market, told, strict=True)
        return Feed([regrown(bars, finer, until, timeframe) for bars, finer in pairs], told)


def draws_of(cuts: Sequence[int], count: int) -> list[Draw]:
    """Return `count` futures, every kind at a cut before any kind comes twice there."""
    kinds = tuple(KINDS)
    return [Draw(number, kinds[number % len(kinds)], cuts[number // len(kinds) % len(cuts)]) for number in range(count)]


def regrown(bars: "Columns", finer: "Columns", until: int, timeframe: int) -> "Columns":
    """Return bars of which those from `until` on are made of the finer ones."""
    import numpy as np

    from cryptoflow.market.bars import Bars
    from cryptoflow.market.detail import grown
    from cryptoflow.pipelines.history import columns_of

    later = finer.cut(int(finer.open_at.searchsorted(until)), len(finer.open_at))
    made = columns_of(grown(Bars("", 0, *later), timeframe))
    past = bars.cut(0, int(bars.open_at.searchsorted(until)))
    return type(bars)(*(np.concatenate(pair) for pair in zip(past, made, strict=True)))


def missing(columns: "Columns", first: int, _rng: Any) -> "Columns":
    """Leave out the bars from `first` on."""
    return columns.cut(0, first)


def scaled(columns: "Columns", first: int, rng: Any) -> "Columns":
    """Let prices go on at another height and volume at another breadth."""
    price, volume = (float(rng.uniform(0.3, 0.8)) ** (1 if rng.random() < 0.5 else -1) for _ in range(2))
    factors = (price, price, price, price, volume)
    return replaced(columns, first, [column[first:] * by for column, by in zip(columns[1:], factors, strict=True)])


def shuffled(columns: "Columns", first: int, rng: Any) -> "Columns":
    """Let the same bars come in another order, each starting where the one before it ended."""
    order = rng.permutation(len(columns.open_at) - first)
    steps, volume = steps_of(columns, first)
    return replaced(columns, first, [*walk(columns, first, [step[order] for step in steps]), volume[order]])


def mirrored(columns: "Columns", first: int, _rng: Any) -> "Columns":
    """Let what rose fall, and what fell rise."""
    (open_, high, low, close), volume = steps_of(columns, first)
    return replaced(columns, first, [*walk(columns, first, [1 / open_, 1 / low, 1 / high, 1 / close]), volume])


def steps_of(columns: "Columns", first: int) -> tuple[list[Numbers], Numbers]:
    """Return the prices from `first` on as multiples of the close before them, and the volume."""
    import numpy as np

    before = columns.close[first - 1 : -1] if first else np.concatenate((columns.open[:1], columns.close[:-1]))
    prices = (columns.open, columns.high, columns.low, columns.close)
    return [column[first:] / before for column in prices], columns.volume[first:]


def walk(columns: "Columns", first: int, steps: Sequence[Numbers]) -> list[Numbers]:
    """Return prices that go on from the last close before `first` by `steps`."""
    import numpy as np

    start = columns.close[first - 1] if first else columns.open[:1].sum()
    closes = start * np.cumprod(steps[3])
    before = np.concatenate((np.full(min(1, len(closes)), start), closes[:-1]))
    open_, high, low = (before * step for step in steps[:3])
    return [open_, np.maximum(high, np.maximum(open_, closes)), np.minimum(low, np.minimum(open_, closes)), closes]


def replaced(columns: "Columns", first: int, later: Sequence[Numbers]) -> "Columns":
    """Return the bars with other numbers from `first` on, at the same times."""
    import numpy as np

    joined = [np.concatenate((column[:first], new)) for column, new in zip(columns[1:], later, strict=True)]
    return type(columns)(columns.open_at, *joined)


KINDS: dict[str, Callable[["Columns", int, Any], "Columns"]] = {
    "missing": missing,
    "scaled": scaled,
    "shuffled": shuffled,
    "mirrored": mirrored,
}
TOLD = {
    "missing": "without the bars after it",
    "scaled": "when later prices lie at another height",
    "shuffled": "when later bars come in another order",
    "mirrored": "when later prices fall where they rose",
}
