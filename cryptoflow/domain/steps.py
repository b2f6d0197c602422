"""Steps as values: what plugins hand to the parser and to the engine without either knowing a plugin."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class BadSetting(ValueError):
    """A setting its owner refuses: which one, why, and what would do."""

    def __init__(self, name: str, what: str, fix: str = "") -> None:
        super().__init__(what)
        self.name, self.what, self.fix = name, what, fix


class Bound(NamedTuple):
    """A function with its settings checked: their numbers, the bars it needs, and the floats of window it keeps."""

    settings: tuple[float, ...]
    warmup: int = 0
    memory: int = 0


class Function(NamedTuple):
    """An indicator as the expression language and the engine see it.

    `step(state, *inputs, *columns, *settings) -> state` moves it by one bar; a windowed one takes its ring of
    past values after the state. `state` is a NamedTuple class of ints and floats whose defaults are the start;
    `outputs` are its fields that a strategy may read, the first of which is the value of the bare call.
    """

    name: str
    inputs: tuple[str, ...]
    columns: tuple[str, ...]
    settings: tuple[str, ...]
    whole: tuple[bool, ...]
    outputs: tuple[str, ...]
    windowed: bool
    state: type[Any]
    step: Callable[..., Any]
    bind: Callable[[Mapping[str, float]], Bound]
    summary: str = ""


class Step(NamedTuple):
    """One behaviour of a plugin for the engine: a plain function, and what it is called with before its settings.

    A sizer may read so many values of indicators, and with `past` the closed trades of its strategy. A rule may have
    two functions more: the share of its size that an entry keeps, and what it looked at when it bound one.
    """

    name: str
    function: Callable[..., Any]
    reads: int = 0
    past: bool = False
    size_factor: Callable[..., Any] | None = None
    reading: Callable[..., Any] | None = None

    def functions(self) -> tuple[Callable[..., Any], ...]:
        """Return all there are."""
        return tuple(one for one in (self.function, self.size_factor, self.reading) if one is not None)


class Script(NamedTuple):
    """A strategy in Python as the engine sees it.

    `decide(state, bar, held, signal, *values, *settings) -> state` is asked once per bar and symbol; `state` is a
    NamedTuple class whose defaults are the start, `kinds` are the types of its fields. `plain` says why it can only
    run as plain Python, and is empty where it can be compiled.
    """

    name: str
    decide: Callable[..., Any]
    state: type[Any]
    kinds: tuple[type[Any], ...]
    whole: tuple[bool, ...]
    reads: int
    plain: str = ""
