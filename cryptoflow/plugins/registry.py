"""From a kind and a name to the class that does it: built-ins by file name, guests by what they register."""

import re
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from keyword import iskeyword
from math import nan
from pathlib import Path
from typing import ClassVar, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from cryptoflow.errors import CryptoflowError
from cryptoflow.plugins import guests
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.values import Limit, Money

HOME = "cryptoflow.plugins"


class Plugin(BaseModel):
    """A behaviour and its settings: the docstring is the manual page, fields are settings, one verb acts."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    plugin_kind: ClassVar[str] = ""
    plugin_name: ClassVar[str] = ""

    def numbers(self) -> tuple[float, ...]:
        """The settings as the verb takes them: floats in field order, a limit as its share and its amount.

        An absent setting is NaN, a switch 0 or 1. Text and lists are no numbers and are left out.
        """
        return tuple(number for field in type(self).model_fields for number in _numbers(getattr(self, field)))

    def named_numbers(self) -> tuple[tuple[str, bool], ...]:
        """The setting that each of the numbers stands for, and whether it is a count and no other number."""
        values = ((field, getattr(self, field)) for field in type(self).model_fields)
        return tuple((field, type(value) is int) for field, value in values for _ in _numbers(value))


def _numbers(value: object) -> Iterator[float]:
    match value:
        case None:
            yield nan
        case Limit():
            yield from (value.share, value.amount)
        case Money() | int() | float():
            yield float(value)


P = TypeVar("P", bound=Plugin)


class Door(NamedTuple):
    """The decorator of one kind: what is decorated registers under the name given, built-in or guest."""

    kind: str
    verb: str = ""

    @property
    def folder(self) -> str:
        """The kind's plural, which is its folder."""
        return "strategies" if self.kind == "strategy" else f"{self.kind}s"

    def __call__(self, name: str) -> Callable[[type[P]], type[P]]:
        """Register the class below under `name`."""

        def register(plugin: type[P]) -> type[P]:
            self._inspect(name, plugin)
            plugin.plugin_kind, plugin.plugin_name = self.kind, name
            _TABLE.setdefault(plugin.__module__, {})[self.kind, name] = plugin
            return plugin

        return register

    def _inspect(self, name: str, plugin: type[Plugin]) -> None:
        checked(name)
        if name in built_in(self.kind) and not _at_home(plugin.__module__):
            raise CryptoflowError(
                f"{self.kind} {name} is built in and cannot be replaced",
                fix=f"register it under another name, like my_{name}",
            )
        if not plugin.__doc__:
            raise CryptoflowError(
                f"{self.kind} {name} has no docstring",
                fix="the docstring is its manual page: say what it does",
            )
        if self.verb and not callable(getattr(plugin, self.verb, None)):
            raise CryptoflowError(
                f"{self.kind} {name} has no {self.verb}",
                fix=f"a {self.kind} answers through a static method named {self.verb}",
            )


source = Door("source", verb="load")
indicator = Door("indicator", verb="step")
strategy = Door("strategy", verb="decide")
sizer = Door("sizer", verb="notional")
rule = Door("rule", verb="headroom")
slippage = Door("slippage", verb="cost")
algo = Door("algo")
router = Door("router")
broker = Door("broker")
notifier = Door("notifier")
publisher = Door("publisher")
store = Door("store")
metric = Door("metric")
executor = Door("executor")
gate = Door("gate", verb="finding")

DOORS = {
    door.kind: door
    for door in (
        *(source, indicator, strategy, sizer, rule, slippage, algo, router, broker),
        *(notifier, publisher, store, metric, executor, gate),
    )
}

_TABLE: dict[str, dict[tuple[str, str], type[Plugin]]] = {}
"""What each module has registered. Modules of guest files stay here when another spec does not list them."""


def checked(name: str) -> str:
    """Return a name a plugin can have: an identifier in lower case that is no word of Python."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or iskeyword(name):
        raise CryptoflowError(
            f"{name!r} cannot name a plugin", fix="use lower-case letters, digits and underscores, like my_rule"
        )
    return name


def kinds() -> tuple[str, ...]:
    """Every kind of plugin there is, also those of which none is built in yet."""
    return tuple(DOORS)


def names(kind: str) -> tuple[str, ...]:
    """The names one may `use:` for a kind, sorted, without importing a built-in."""
    guests.installed()
    visiting = {name for found, name in _visiting() if found == kind}
    return tuple(sorted({*built_in(kind), *visiting}))


def find(kind: str, name: str) -> type[Plugin]:
    """The class behind a name; a name nobody has registered is refused with the nearest that somebody has."""
    if name in built_in(kind):
        module = f"{HOME}.{_door(kind).folder}.{name}"
        import_module(module)
        return _TABLE[module][kind, name]
    found = _visiting().get((kind, name))
    if found is None:
        guests.installed()
        found = _visiting().get((kind, name))
    if found is None:
        fix = suggestion(name, names(kind), DOORS[kind].folder) or f"no {kind} is installed"
        raise CryptoflowError(f"there is no {kind} {name!r}", fix=fix)
    return found


def built_in(kind: str) -> frozenset[str]:
    """The names of a kind that ship with the package: one per file of its folder."""
    folder = Path(__file__).with_name(_door(kind).folder)
    return frozenset(file.stem for file in folder.glob("[a-z]*.py"))


def _visiting() -> dict[tuple[str, str], type[Plugin]]:
    """What guests have registered, of files only those admitted; two guests may not share a name."""
    seen: dict[tuple[str, str], type[Plugin]] = {}
    for module, registered in _TABLE.items():
        if _at_home(module) or not guests.welcome(module):
            continue
        for key, plugin in registered.items():
            if key in seen and _file(seen[key]) != _file(plugin):
                both = " and ".join(_file(each) for each in (seen[key], plugin))
                raise CryptoflowError(f"two plugins are {key[0]} {key[1]}: {both}", fix="rename one of them")
            seen[key] = plugin
    return seen


def _file(plugin: type[Plugin]) -> str:
    return str(getattr(sys.modules.get(plugin.__module__), "__file__", plugin.__module__))


def _at_home(module: str) -> bool:
    return module.startswith(f"{HOME}.")


def _door(kind: str) -> Door:
    if kind not in DOORS:
        raise CryptoflowError(f"there is no kind of plugin {kind!r}", fix=suggestion(kind, DOORS, "kinds"))
    return DOORS[kind]
