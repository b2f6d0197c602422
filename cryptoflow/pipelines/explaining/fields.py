"""What the models say about a value of a spec: its description, and its default."""

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cryptoflow.plugins.manual import describe
from cryptoflow.plugins.registry import Plugin
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.tree import Path


class About(NamedTuple):
    """What a value is, in which unit, and what it is when nobody says; no default: there is none."""

    text: str = ""
    default: object = None
    has_default: bool = False


NOTHING = About()


def about(path: Path, plugins: Mapping[Path, Plugin]) -> About:
    """What is known of the value at a path; settings of a plugin are described by the plugin itself.

    >>> about(("capital",), {})
    About(text='money at the start of a backtest or of paper trading', default='1000 USDT', has_default=True)
    """
    for length in range(len(path) - 1, 0, -1):
        plugin = plugins.get(path[:length])
        if plugin is not None and path[length] in type(plugin).model_fields:
            return of_plugin(type(plugin), str(path[length]))
    return of_field(field_at(Pipeline, path))


def of_plugin(plugin: type[Plugin], name: str) -> About:
    """What a plugin says of one of its settings."""
    setting = next(each for each in describe(plugin).settings if each.name == name)
    text = f"{setting.unit}: {setting.doc}" if setting.unit and setting.doc else setting.unit or setting.doc
    known = of_field(plugin.model_fields[name])
    return known._replace(text=text)


def of_field(field: FieldInfo | None) -> About:
    """What a model says of one of its fields."""
    if field is None:
        return NOTHING
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return About(field.description or "", plain(default), not field.is_required())


def plain(value: Any) -> Any:
    """A value as JSON has it, and as a spec would write it."""
    match value:
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True)
        case tuple() | list():
            return [plain(each) for each in value]
        case None | bool() | str():
            return value if type(value) in (NoneType, bool, str) else str(value)
        case int() | float() if type(value) in (int, float):
            return value
    return value if isinstance(value, dict) else str(value)


def field_at(model: type[BaseModel], path: Path) -> FieldInfo | None:
    """The field that a path leads to, None where a plugin or a strategy has the say."""
    found: FieldInfo | None = None
    kinds: list[Any] = [model]
    for part in path:
        found, kinds = _step(kinds, part)
    return found


def _step(kinds: list[Any], part: str | int) -> tuple[FieldInfo | None, list[Any]]:
    for kind in kinds:
        if isinstance(part, int) and get_origin(kind) is tuple:
            return None, [*_kinds(get_args(kind)[0])]
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            named = {field.alias or name: field for name, field in kind.model_fields.items()}
            if part in named:
                return named[str(part)], [*_kinds(named[str(part)].annotation)]
    return None, []


def _kinds(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for each in get_args(annotation):
            yield from _kinds(each)
    else:
        yield annotation
