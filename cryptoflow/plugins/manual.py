"""The manual page of a plugin, read from the class itself."""

from collections.abc import Iterable, Mapping
from inspect import cleandoc
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from cryptoflow.plugins.kinds import Indicator, Reader, Strategy
from cryptoflow.plugins.registry import Plugin
from cryptoflow.spec.written import Written

WORDS: Mapping[Any, str] = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}


class Setting(NamedTuple):
    """One setting: its name, what it takes, what it stands for, and in which range; an empty default is required."""

    name: str
    type: str
    unit: str
    default: str
    range: str
    doc: str


class Manual(NamedTuple):
    """What `plugins show` shows."""

    kind: str
    name: str
    text: str
    settings: tuple[Setting, ...]
    example: str
    reads: tuple[tuple[str, str], ...] = ()
    """What it reads of indicators: names, and the expressions they stand for."""


def describe(plugin: type[Plugin]) -> Manual:
    """Return the manual page of a plugin."""
    return Manual(
        kind=plugin.plugin_kind,
        name=plugin.plugin_name,
        text=cleandoc(plugin.__doc__ or ""),
        settings=tuple(_setting(name, field) for name, field in plugin.model_fields.items()),
        example=_call(plugin) if issubclass(plugin, Indicator) else _block(plugin),
        reads=tuple(plugin.let.items()) if issubclass(plugin, Reader) else (),
    )


def _setting(name: str, field: FieldInfo) -> Setting:
    extra = field.json_schema_extra
    return Setting(
        name=name,
        type=words(field.annotation),
        unit=str(extra.get("unit", "")) if isinstance(extra, dict) else "",
        default="" if field.is_required() else shown(field.get_default(call_default_factory=True)),
        range=", ".join(f"{word} {bound:g}" for word, bound in bounds([field])),
        doc=field.description or "",
    )


def words(annotation: Any) -> str:
    """Say what a setting of this type takes.

    >>> words(int), words(float | None), words(Literal["long", "short"]), words(tuple[str, ...])
    ('a whole number', 'a number, or nothing', 'long or short', 'a list: text')
    """
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        told = " or ".join(words(each) for each in arguments if each is not NoneType)
        return f"{told}, or nothing" if NoneType in arguments else told
    if origin is Literal:
        return " or ".join(shown(each) for each in arguments)
    if origin in (tuple, list):
        return f"a list: {words(arguments[0])}"
    if isinstance(annotation, type) and issubclass(annotation, Written):
        return f"{annotation.noun.rstrip(',')}, like {annotation.example}"
    return WORDS.get(annotation, getattr(annotation, "__name__", str(annotation)))


def shown(value: object) -> str:
    """A value as one writes it in a spec.

    >>> shown(None), shown(True), shown(()), shown(0.02)
    ('null', 'true', '[]', '0.02')
    """
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case tuple() | list():
            return f"[{', '.join(shown(each) for each in value)}]"
        case _:
            return str(value)


def bounds(fields: Iterable[FieldInfo]) -> list[tuple[str, float]]:
    """Return the bounds that settings have, each with its word; of several the strictest is meant."""
    found: dict[str, float] = {}
    for law in (law for field in fields for law in field.metadata):
        for name, pick in (("ge", max), ("gt", max), ("le", min), ("lt", min)):
            bound = getattr(law, name, None)
            if bound is not None:
                found[name] = pick(bound, found.get(name, bound))
    spoken = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}
    return [(spoken[name], found[name]) for name in spoken if name in found]


def _call(plugin: type[Indicator]) -> str:
    series = ("close", *(f"close[{n}]" for n in range(1, len(plugin.inputs))))[: len(plugin.inputs)]
    settings = (shown(field.default) for field in plugin.model_fields.values())
    call = f"{plugin.plugin_name}({', '.join((*series, *settings))})"
    return call if len(plugin.outputs) == 1 else f"{call}.{plugin.outputs[1]}"


def _block(plugin: type[Plugin]) -> str:
    settings = {
        name: (field.examples or ["..."])[0] if field.is_required() else field.default
        for name, field in plugin.model_fields.items()
        if field.is_required() or field.default not in (None, ())
    }
    told = ", ".join(
        f"{name}: {value if plugin.model_fields[name].examples else _scalar(value)}" for name, value in settings.items()
    )
    if issubclass(plugin, Strategy):
        return f"{{id: mine, use: {plugin.plugin_name}{f', with: {{{told}}}' if told else ''}}}"
    return f"{{use: {plugin.plugin_name}{f', {told}' if told else ''}}}"


def _scalar(value: object) -> str:
    return f'"{value}"' if type(value) is str else shown(value)
