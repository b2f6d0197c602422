"""What each kind of plugin promises the engine: its verb, and what it says about itself."""

from collections.abc import Callable, Mapping, MutableSequence, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from pydantic import Field, ValidationError

from cryptoflow.domain.discipline.gates import Finding
from cryptoflow.domain.review import Reading
from cryptoflow.domain.steps import BadSetting, Bound, Function
from cryptoflow.errors import CryptoflowError
from cryptoflow.market.asked import Asked
from cryptoflow.plugins.registry import Plugin

if TYPE_CHECKING:
    from cryptoflow.clock import Clock
    from cryptoflow.market.live.joined import Live

Lookback = Annotated[int, Field(ge=1, le=100_000, json_schema_extra={"unit": "bars"})]
"""A number of bars to look back on."""

Ring = MutableSequence[float]
"""The floats a windowed step keeps between bars: NaN at first, never longer or shorter."""

FURTHER_VERBS: Mapping[str, tuple[str, ...]] = {"rule": ("size_factor", "reading"), "source": ("listen",)}
"""Verbs that a plugin of a kind may have beside the one it must have."""

RECURSIVE, WILDER = 10, 20
"""Bars per bar of look-back until an endless average has forgotten its start; Wilder's fades half as fast."""


GROUPS = (
    *("averages", "oscillators", "bands and channels", "trend"),
    *("volatility", "volume", "statistics", "candles"),
)
"""What an indicator may be about, in the order of the manual."""


class Indicator(Plugin):
    """A series from series: `step` moves its state by one bar.

    `step(state, *inputs, *columns, *settings) -> state`; a windowed one takes its ring after the state.
    `inputs` are series the strategy names, `columns` those of the bar that come by themselves, `outputs` the
    fields of the state a strategy may read, the first being the value of the bare call. A windowed step depends
    on its window alone, unless it `fades` as well: then it passes over a missing value as a recursive one does.
    """

    group: ClassVar[str] = ""
    inputs: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[str, ...]] = ()
    outputs: ClassVar[tuple[str, ...]] = ("value",)
    windowed: ClassVar[bool] = False
    fades: ClassVar[bool] = False
    settle: ClassVar[int] = RECURSIVE
    State: ClassVar[type[Any]]
    step: ClassVar[Callable[..., Any]]

    def warmup(self) -> int:
        """Bars until the value can be trusted: the window, or `settle` times it where the past only fades."""
        return self._longest() * (1 if self.windowed and not self.fades else self.settle)

    def memory(self) -> int:
        """How many floats the ring has."""
        return self._longest() if self.windowed else 0

    def _longest(self) -> int:
        return max((n for n in vars(self).values() if isinstance(n, int)), default=1)

    @classmethod
    def function(cls) -> Function:
        """The indicator as the expression language and the engine see it."""
        fields = cls.model_fields
        return Function(
            name=cls.plugin_name,
            inputs=cls.inputs,
            columns=cls.columns,
            settings=tuple(fields),
            whole=tuple(field.annotation is int for field in fields.values()),
            outputs=cls.outputs,
            windowed=cls.windowed,
            state=cls.State,
            step=cls.step,
            bind=cls._bind,
            summary=(cls.__doc__ or "").split("\n")[0],
        )

    @classmethod
    def _bind(cls, settings: Mapping[str, float]) -> Bound:
        try:
            plugin = cls.model_validate(dict(settings))
        except ValidationError as error:
            raise refusal(error) from None
        return Bound(plugin.numbers(), plugin.warmup(), plugin.memory())


class Reader(Plugin):
    """A plugin that reads indicators: `let` names expressions over its settings and `bars_per_year`."""

    let: ClassVar[Mapping[str, str]] = {}


class Strategy(Reader):
    """What is wanted of a symbol, in Python: `decide(state, bar, held, signal, *let, *settings) -> state`.

    It is asked at the close of every bar of every symbol, in the order of time. `held` is the strategy's own
    position; `signal` says nothing until it is written to. `State` is a NamedTuple whose defaults are the start.
    """

    State: ClassVar[type[Any]]
    decide: ClassVar[Callable[..., Any]]

    def warmup(self) -> int:
        """Bars that the state needs, beyond what the expressions of `let` do."""
        return 0


class Sizer(Reader):
    """How much an entry would like to be: `notional(equity, cash, price, stop, *let, *past, *settings)` in quote.

    `stop` is a price, NaN without one; NaN as an answer means that no size can be said and refuses the entry.
    One that `spends` sends the amount itself with a market order, any other the lots it comes to. One that asks
    for the `past` is given four numbers of its strategy's closed trades: how many, how many won, and what these
    and the others came to, in shares of their costs.
    """

    spends: ClassVar[bool] = False
    past: ClassVar[bool] = False
    notional: ClassVar[Callable[..., float]]


class Measure(NamedTuple):
    """One of the limits a rule holds: its name, and what a reading of it says to people.

    `refusal` is what it says where it leaves nothing at all of an entry, if that takes other words.
    """

    name: str
    sentence: str
    refusal: str = ""

    def said(self, value: float, limit: float, *, refused: bool = False) -> str:
        """The sentence with its two numbers.

        >>> day = Measure("day", "{value:.1%} lost today, limit {limit:.1%}", "nothing after {value:.1%} lost")
        >>> day.said(0.031, 0.025), day.said(0.031, 0.025, refused=True)
        ('3.1% lost today, limit 2.5%', 'nothing after 3.1% lost')
        """
        return (self.refusal if refused and self.refusal else self.sentence).format(value=value, limit=limit)


NOTIONAL = Measure("notional", "wanted {value:,.2f}, room for {limit:,.2f}")


class Rule(Plugin):
    """How much notional an entry may still be: `headroom(order, account, *settings)`, infinite if any.

    Two more verbs, of the same arguments, are for who needs them. `size_factor` is the share that an entry, with what
    is held of its symbol, keeps of what all rules leave both. `reading` says of an entry that the rule cut or refused
    what it looked at, what it allows and which of its `measures` that is; without one, the notional wanted and what was
    left of it.

    Of its settings the `smaller` and the `larger` ones are those of which that value is the stricter: a spec can only
    tighten them. Any other is a list or a text, of which the spec has the last word.
    """

    smaller: ClassVar[tuple[str, ...]] = ()
    larger: ClassVar[tuple[str, ...]] = ()
    headroom: ClassVar[Callable[..., float]]
    size_factor: ClassVar[Callable[..., float]]
    reading: ClassVar[Callable[..., Reading]]
    measures: ClassVar[tuple[Measure, ...]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a sentence that could not be said later, in the middle of a report."""
        super().__pydantic_init_subclass__(**kwargs)
        for measure in measures_of(cls):
            try:
                measure.said(1.0, 1.0)
            except (LookupError, ValueError) as error:
                raise CryptoflowError(
                    f"{cls.__name__}: {measure.sentence!r} cannot be said of {measure.name}",
                    fix="a sentence has {value} and {limit}, like `{value:.2%} lost, limit {limit:.2%}`",
                ) from error


class Gate(Plugin):
    """What a tier asks for: `finding(evidence, days, stops, *settings)` says what is there, what is needed, and whether
    that is met; of a demotion, whether it is due.

    `days` are the returns of the newest completed days, `evidence.kept` of them, the newest first; `stops` the newest
    stop-outs in a row, `evidence.stop_outs` of them, two numbers each: when it was, and what it cost. One that
    `demotes` stands among a tier's demotions, any other among its promotions.
    """

    demotes: ClassVar[bool] = False
    finding: ClassVar[Callable[..., Finding]]


def measures_of(rule: type[Plugin]) -> tuple[Measure, ...]:
    """The limits that a rule's readings mean; one without readings has the notional that was wanted and left."""
    return getattr(rule, "measures", (NOTIONAL,))


@runtime_checkable
class Listening(Protocol):
    """A source that tells what a market says as it says it; only such a one feeds paper and live trading."""

    def listen(
        self, asked: Sequence[Asked], channels: Sequence[str], clock: "Clock"
    ) -> AbstractAsyncContextManager["Live"]:
        """Open the bars that were asked for, of one venue, and the feed of what comes right behind them."""


class Slippage(Plugin):
    """What share of the price a fill loses: `cost(side, price, quantity, volume, *settings)`."""

    cost: ClassVar[Callable[..., float]]


def refusal(error: ValidationError) -> BadSetting:
    """The first thing pydantic has against a plugin's settings, as words for people."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    limits = first.get("ctx", {})
    match first["type"]:
        case "greater_than_equal":
            what = f"{name} is {first['input']:g}, but must be at least {limits['ge']:g}"
        case "greater_than":
            what = f"{name} is {first['input']:g}, but must be above {limits['gt']:g}"
        case "less_than_equal":
            what = f"{name} is {first['input']:g}, but must be at most {limits['le']:g}"
        case "int_from_float":
            what = f"{name} is {first['input']:g}, but must be a whole number"
        case "extra_forbidden":
            what = f"there is no setting {name}"
        case "value_error":
            what = str(limits["error"])
        case _:
            what = f"{name}: {first['msg']}"
    return BadSetting(name, what)
