"""The page of all indicators, read from the classes themselves."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import NamedTuple

from cryptoflow.plugins.kinds import GROUPS, Indicator
from cryptoflow.plugins.manual import shown
from cryptoflow.plugins.registry import built_in, find

HEAD = """\
# Indicators

What a strategy may call, written by the code: each row is the docstring of a file in `cryptoflow/plugins/indicators/`,
and `cryptoflow plugins show NAME` says more. [Strategies](strategies.md) are the place for calls.

- `x` and `y` are series of your own, like `close`, `volume` or another indicator; the columns of the bar that an
  indicator needs beside them come by themselves. Settings stand by position or by name, those left out are as shown.
- The first output is the value of the bare call, a dot chooses another: `macd(close).signal`.
- In formulas `x[1]` is one bar ago, and `ema[1]` what the indicator itself was one bar ago.
- A strategy decides nothing before the warm-up of its slowest indicator is over. What depends on a window alone needs
  the window; what only fades needs as many bars as it takes until two runs begun apart differ by less than 1e-9 of the
  largest value, on walks with flat and steep stretches. `obv` and `ad` count from the first bar and never forget it.
- A missing value (NaN, or infinite) empties a window; what fades passes over it and is missing on that bar alone.
- Candle patterns are 1, -1 or 0: write `hammer() > 0`.
"""

TALIB = """\
## Beside TA-Lib

The tests compare each of these with TA-Lib, on random, synthetic and recorded bars, with the settings shown and, where
TA-Lib takes them, with others, from the bar on that ends the warm-up. They agree to 1e-9 relative; values near 0, which
are what is left of sums or prices that all but cancel out, to 1e-11 of the largest value of the series.

The last column says what TA-Lib does otherwise. Where an average starts is forgotten when the warm-up ends. Where
nothing moved or was traded, TA-Lib answers 0; ours is missing, so that no rule of a strategy takes it for a low value,
or in the middle of its scale where it has one.

| indicator | TA-Lib | what TA-Lib does otherwise |
|---|---|---|"""


class Row(NamedTuple):
    """One indicator of the page, in words."""

    name: str
    call: str
    outputs: str
    summary: str
    formula: str
    warmup: str
    reference: str

    @property
    def talib(self) -> str:
        """Its functions in TA-Lib, empty where there are none."""
        functions = self.reference.partition("(")[0].partition(";")[0].strip()
        return functions.removeprefix("TA-Lib ") if functions.startswith("TA-Lib ") else ""

    @property
    def difference(self) -> str:
        """What they do otherwise."""
        return self.reference.partition("(")[2].partition(")")[0].removeprefix("which ")


def page() -> str:
    """Return the page: a table per group, and one of what differs from TA-Lib."""
    return "\n".join([HEAD, *_groups(), TALIB, *_differences(), ""])


def rows(group: str) -> list[Row]:
    """Return the indicators of a group, by name."""
    plugins = (find("indicator", name) for name in sorted(built_in("indicator")))
    return [_row(plugin) for plugin in plugins if issubclass(plugin, Indicator) and plugin.group == group]


def _groups() -> Iterator[str]:
    for group in GROUPS:
        yield f"## {group.capitalize()}\n"
        yield "| indicator | what it says | outputs | formula | warm-up | reference |\n|---|---|---|---|---|---|"
        for row in rows(group):
            cells = (f"`{row.call}`", row.summary, row.outputs, f"`{row.formula}`", row.warmup, row.reference)
            yield f"| {' | '.join(cells)} |"
        yield ""


def _differences() -> Iterator[str]:
    for row in sorted(row for group in GROUPS for row in rows(group)):
        if row.talib:
            yield f"| `{row.name}` | {row.talib} | {row.difference} |"


def _row(plugin: type[Indicator]) -> Row:
    settings = (f"{name}={shown(field.default)}" for name, field in plugin.model_fields.items())
    text = cleandoc(plugin.__doc__ or "")
    return Row(
        name=plugin.plugin_name,
        call=f"{plugin.plugin_name}({', '.join((*plugin.inputs, *settings))})",
        outputs=", ".join(plugin.outputs) if len(plugin.outputs) > 1 else "",
        summary=text.partition("\n")[0].rstrip("."),
        formula=_told(text, "Formula").replace("`", ""),
        warmup=_told(text, "Warm-up"),
        reference=_told(text, "Reference"),
    )


def _told(text: str, key: str) -> str:
    """What a docstring says after `key:`, over as many lines as it takes.

    >>> _told("A sum.\\n\\nFormula: a\\n+ b\\nWarm-up: none.", "Formula")
    'a + b'
    """
    words: list[str] = []
    for line in text.partition(f"\n{key}: ")[2].splitlines():
        if words and (not line or line.partition(":")[0] in ("Formula", "Warm-up", "Reference")):
            break
        words.append(line)
    return " ".join(words).rstrip(".")
