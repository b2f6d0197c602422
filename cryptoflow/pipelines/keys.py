"""The page of all keys of a spec, read from the models and the plugins themselves."""

from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cryptoflow.market.times import timeframe_name
from cryptoflow.pipelines.blocks import ANNOUNCED
from cryptoflow.pipelines.specimen import HEAD, REMARKS, SPECIMEN
from cryptoflow.pipelines.unsimulated import SENTENCES
from cryptoflow.plugins.manual import bounds, describe, shown, words
from cryptoflow.plugins.registry import built_in, find
from cryptoflow.spec.block import Block
from cryptoflow.spec.durations import Duration
from cryptoflow.spec.pipeline import Pipeline

KINDS: Mapping[str, str] = {
    "sources.history": "source",
    "sources.live": "source",
    "sizing": "sizer",
    "risk.rules": "rule",
    "execution.algo": "algo",
    "execution.route": "router",
    "execution.costs.slippage": "slippage",
    "notify": "notifier",
}
"""The kind of plugin that each block names."""


class Key(NamedTuple):
    """One key of a spec: where it stands, what it takes, what holds without it, and what it means."""

    path: str
    takes: str
    default: str
    meaning: str

    @property
    def name(self) -> str:
        """The key itself, without the blocks around it."""
        return self.path.rpartition(".")[2]


def page() -> str:
    """Return the page: a whole spec, then a table per block."""
    return "\n".join([HEAD, f"```yaml\n{SPECIMEN}```\n", *_sections("", Pipeline, "")])


def keys(model: type[BaseModel] = Pipeline, path: str = "") -> Iterator[Key]:
    """Every key of a spec with those of the blocks inside, in the order of the models.

    >>> [key.path for key in keys() if key.path.startswith("sources")]
    ['sources', 'sources.history', 'sources.history.use', 'sources.live', 'sources.live.use']
    """
    for key, inside in _fields(model, path):
        yield key
        if inside is not None:
            yield from keys(inside, key.path)


def _sections(path: str, model: type[BaseModel], meaning: str) -> Iterator[str]:
    yield f"## {path or 'The top level'}\n"
    if meaning:
        yield f"{meaning[0].upper()}{meaning[1:]}.\n"
    fields = list(_fields(model, path))
    if model is not Block:
        yield "| key | takes | default | what it means |\n|---|---|---|---|"
        for key, _ in fields:
            yield f"| `{key.name}` | {key.takes} | {key.default} | {key.meaning} |"
        yield ""
    if path in REMARKS:
        yield f"{REMARKS[path]}\n"
    if path in KINDS:
        yield from _plugins(KINDS[path])
    for key, inside in fields:
        if inside is not None:
            yield from _sections(key.path, inside, key.meaning)


def _fields(model: type[BaseModel], path: str) -> Iterator[tuple[Key, type[BaseModel] | None]]:
    """The keys of one block, each with the model of what stands inside, where that is a block too."""
    for name, field in model.model_fields.items():
        called = field.alias or name
        full = f"{path}.{called}" if path else called
        instead = SENTENCES.get(tuple(full.split(".")), "")
        meaning = f"{field.description}{f' (not simulated: {instead})' if instead else ''}"
        yield Key(full, _takes(field, full), _default(field), meaning), _inside(field.annotation)


def _inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inside, get_args(annotation))), None)


def _takes(field: FieldInfo, path: str) -> str:
    limits = bounds(law for law in (field, *_laws(field.annotation)))
    is_time = isinstance(field.annotation, type) and issubclass(field.annotation, Duration)
    told = (f"{word} {timeframe_name(int(bound)) if is_time and bound else f'{bound:,}'}" for word, bound in limits)
    return ", ".join((_told(field.annotation, path), *told))


def _laws(annotation: Any) -> Iterator[FieldInfo]:
    """What is said of the parts of a type, like the number in `a number, or nothing`."""
    for part in get_args(annotation):
        if isinstance(part, FieldInfo):
            yield part
        else:
            yield from _laws(part)


def _told(annotation: Any, path: str) -> str:
    """Say what a key takes; a block leads to its own table."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _told(parts[0], path)
    if origin in (Union, UnionType):
        told = " or ".join(_told(part, path) for part in parts if part is not NoneType)
        return f"{told}, or nothing" if NoneType in parts else told
    if origin is tuple:
        return f"a list: {_told(parts[0], path)}"
    if origin is dict:
        return f"a map: {' to '.join(_told(part, path) for part in parts)}"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[a block](#{path.replace('.', '')})"
    return "any value" if annotation is Any else words(annotation)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    match field.default:
        case Block():
            return f"`{{use: {field.default.use}}}`"
        case BaseModel():
            return "as in its table"
        case None:
            return "nothing"
        case {}:
            return "`{}`"
        case _:
            return f"`{shown(field.default)}`"


def _plugins(kind: str) -> Iterator[str]:
    """A table of the plugins of a kind, with every setting at its default."""
    ours = sorted(built_in(kind))
    if ours:
        yield "| plugin, and its settings as they are | what it does |\n|---|---|"
        for manual in (describe(find(kind, name)) for name in ours):
            line = " ".join(manual.text.partition("\n\n")[0].split()).rstrip(".")
            yield f"| `{manual.example}` | {line} |"
        yield f"\n`cryptoflow plugins show {ours[0]}` says what the settings of one mean; each kind takes guests too.\n"
    names = ", ".join(f"`{name}`" for name in sorted(ANNOUNCED.get(kind, ())))
    if names:
        yield f"Names a spec may hold already, though no plugin answers to them yet: {names}.\n"
