"""What a model has against a spec, in plain words and at its place."""

import re
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from cryptoflow.domain.steps import BadSetting
from cryptoflow.errors import Place, Problem
from cryptoflow.spec.block import BLOCK, LIST, WORD, Block
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.tree import Path, Tree
from cryptoflow.spec.written import MisreadError, Written, named

Locate = Callable[[Path, bool], Place | None]
"""The place of the value at a path, or of its key; of the nearest block around it when it is missing."""

KEY = "[key]"
TAGS = {WORD, LIST, BLOCK}
"""Parts of a path that tell which of several shapes was meant, and stand in no file."""

NOUNS = {
    "string": "a text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "dict": "a block of keys",
    "model": "a block of keys",
    "list": "a list",
    "tuple": "a list",
}
BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
SWITCHES = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
LENGTHS = (("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))


def locator(tree: Tree | None) -> Locate:
    """Find places in a tree; parts of a path that it does not have, like the tag of a union, are skipped."""

    def locate(path: Path, key: bool) -> Place | None:
        if tree is None:
            return None
        found, last = tree, True
        for part in path:
            inside = found.at((part,))
            found, last = (inside or found), inside is not None or (last and part in TAGS)
        if not last or (key and found.key):
            return found.key or found.place
        return found.stands

    return locate


def problems_of(
    error: ValidationError,
    locate: Locate,
    model: type[BaseModel] | None = None,
    *,
    manual: str = "",
    owner: str = "",
    known: Callable[[Path], bool] = lambda _path: False,
) -> list[Problem]:
    """Every mistake a model found, once each, in the order of the file.

    `model` is what was validated, so that unknown keys get the nearest valid one; `owner` is the plugin that has
    the settings, `manual` the hint for mistakes that have none of their own. What is `known` to be wrong at a
    path is not reported again.
    """
    mistakes = [
        details
        for details in error.errors(include_url=False)
        if not _consequence(details) and not known(details["loc"])
    ]
    found = [_problem(details, locate, model, manual, owner) for details in mistakes]
    return sorted(dict.fromkeys(found), key=lambda problem: problem.where or ("", 0, 0))


def _consequence(details: ErrorDetails) -> bool:
    """Whether a list is only too short because its items were refused, each for a reason of its own."""
    value = details["input"]
    if details["type"] != "too_short" or not isinstance(value, list | tuple):
        return False
    return bool(details["ctx"]["actual_length"] < len(value))


def _problem(details: ErrorDetails, locate: Locate, model: type[BaseModel] | None, manual: str, owner: str) -> Problem:
    path, kind, value = details["loc"], details["type"], details["input"]
    key = _name(path)
    cause = details.get("ctx", {}).get("error")
    on_key = path[-1:] == (KEY,)
    where = locate(path[:-1] if on_key else path, on_key or kind == "extra_forbidden")
    if isinstance(cause, BadSetting):
        return Problem(cause.what, locate((*path, cause.name), False), cause.fix or manual)
    if isinstance(cause, MisreadError):
        what = f"{key} is {_short(cause.text)}, but {cause.law}" if not on_key else f"`{key}`: {cause.law}"
        return Problem(what, where, cause.fix or manual)
    if kind == "extra_forbidden":
        parent = _name(path[:-1]) if len(path) > 1 else ""
        what = f"there is no key `{path[-1]}`" + (f" in {parent}" if parent else "")
        if owner and not parent:
            what = f"{owner} has no setting `{path[-1]}`"
        return Problem(what, where, suggestion(str(path[-1]), _keys(model, path[:-1]), "keys here") or manual)
    if kind == "missing":
        what, fix = _missing(path, _field(model, path))
        return Problem(what, locate(path[:-1], True), fix or manual)
    what, fix = _said(kind, key, value, details.get("ctx", {}), details["msg"], _field(model, path))
    return Problem(what, where, fix or manual)


def _missing(path: Path, field: FieldInfo | None) -> tuple[str, str]:
    name, parent = str(path[-1]), _name(path[:-1]) if len(path) > 1 else ""
    what = f"`{name}` is missing" + (f" in {parent}" if parent else "")
    if field is None:
        return what, f"add `{name}:`"
    example = str((field.examples or [_example(field.annotation)])[0])
    about = f": {field.description}" if field.description else ""
    return what, (f"add `{name}: {example}`{about}" if example else f"add `{name}:`{about}")


def _said(
    kind: str, key: str, value: object, context: Mapping[str, Any], message: str, field: FieldInfo | None
) -> tuple[str, str]:
    """What is wrong and what mends it, by pydantic's type of error."""
    shown = _short(named(value))
    if kind in BOUNDS:
        name, words = BOUNDS[kind]
        return f"{key} is {shown}, but must be {words} {_bound(context[name], value)}", ""
    if kind == "literal_error":
        return _not_one_of(key, value, re.findall(r"'([^']*)'|(\d+)", context["expected"]))
    if kind in {"too_short", "too_long"}:
        least = context.get("min_length", context.get("max_length"))
        words = "at least" if kind == "too_short" else "at most"
        example = (field.examples or [""])[0] if field else ""
        return f"{key} has {context['actual_length']} items, but needs {words} {least}", (
            f"write it like {example}" if example else ""
        )
    noun = NOUNS.get(kind.split("_")[0])
    if noun and kind.rsplit("_", 1)[-1] in {"type", "parsing", "float", "attributes"}:
        return f"{key} is {shown}, but {noun} is expected", _instead(kind, key, value, field)
    if kind == "value_error":
        return f"{key}: {context['error']}" if key else str(context["error"]), ""
    if kind == "string_pattern_mismatch":
        return f"{key} is {shown}, which has not the form it needs", ""
    return f"{key} is {shown}: {message[:1].lower()}{message[1:]}", ""


def _instead(kind: str, key: str, value: object, field: FieldInfo | None) -> str:
    match kind.split("_")[0], value:
        case "bool", str() if value.lower() in SWITCHES:
            return f"write {SWITCHES[value.lower()]}"
        case "int" | "float", str() if re.fullmatch(r"-?[0-9.]+", value):
            return "remove the quotes"
        case "list" | "tuple", str() | int() | float() if not isinstance(value, bool):
            return f"write {key}: [{value}]"
        case "dict" | "model", str() if field and Block in _kinds(field.annotation):
            return f"write {key}: {{use: {value}}}"
        case "dict" | "model", _ if field and (keys := _keys_of(field.annotation)):
            return f"keys here: {', '.join(keys)}"
    return ""


def _not_one_of(key: str, value: object, expected: list[tuple[str, str]]) -> tuple[str, str]:
    words = [text or number for text, number in expected]
    what = f"{key} is {_short(named(value))}, but must be " + (
        f"one of: {', '.join(words)}" if len(words) > 1 else words[0]
    )
    if isinstance(value, bool) and {"on", "off"} <= {*words}:
        return what, f"write {'on' if value else 'off'}"
    near = get_close_matches(str(value), words, n=1)
    return what, f"did you mean `{near[0]}`?" if near else f"write {words[0]}" if len(words) == 1 else ""


def _bound(bound: float, value: object) -> str:
    """A bound in the unit the value was written in.

    >>> _bound(0.5, "80%"), _bound(60_000, "2h"), _bound(3, 7)
    ('50%', '1m', '3')
    """
    if isinstance(value, str) and value.endswith("%"):
        return f"{bound * 100:g}%"
    if isinstance(value, str) and re.search(r"[0-9] ?(?:ms|[smhdw])$", value):
        unit, length = next(each for each in LENGTHS if bound % each[1] == 0)
        return f"{bound // length:g}{unit}"
    return f"{bound:,}".replace(",", "") if isinstance(bound, int) else f"{bound:g}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _name(path: Path) -> str:
    """What a message calls the value at a path: its key, or its list's key and position.

    >>> _name(("risk", "rules", 1)), _name(("market", "venue"))
    ('item 2 of rules', 'venue')
    """
    parts = [part for part in path if part not in {KEY, *TAGS}]
    match parts[-2:]:
        case [str(owner), int(position)]:
            return f"item {position + 1} of {owner}"
        case [*_, last]:
            return str(last)
    return ""


def _kinds(annotation: Any) -> Iterator[Any]:
    """The classes that an annotation allows, however they are wrapped."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for each in get_args(annotation):
            yield from _kinds(each)
    else:
        yield annotation


def _field(model: type[BaseModel] | None, path: Path) -> FieldInfo | None:
    """The field of the model that a path leads to."""
    found: FieldInfo | None = None
    kinds: list[Any] = [model] if model else []
    for part in path:
        for kind in () if _tells(part, kinds) else kinds:
            fields = _fields(kind)
            if isinstance(part, str) and part in fields:
                found = fields[part]
                kinds = list(_kinds(found.annotation))
                break
            if get_origin(kind) is dict or (get_origin(kind) in {tuple, list} and isinstance(part, int)):
                inner = get_args(kind)[1 if get_origin(kind) is dict else 0]
                found, kinds = None, list(_kinds(inner))
                break
    return found


def _keys(model: type[BaseModel] | None, path: Path) -> tuple[str, ...]:
    """The keys that a block at a path may have."""
    kinds: list[Any] = [model] if model else []
    for part in path:
        for kind in () if _tells(part, kinds) else kinds:
            if isinstance(part, str) and part in _fields(kind):
                kinds = list(_kinds(_fields(kind)[part].annotation))
                break
            if get_origin(kind) is dict or (get_origin(kind) in {tuple, list} and isinstance(part, int)):
                kinds = list(_kinds(get_args(kind)[1 if get_origin(kind) is dict else 0]))
                break
    return tuple(key for kind in kinds for key in _fields(kind))


def _tells(part: str | int, kinds: list[Any]) -> bool:
    """Whether a part of a path only tells which of several kinds was meant."""
    return part in TAGS and len(kinds) > 1


def _keys_of(annotation: Any) -> tuple[str, ...]:
    return tuple(key for kind in _kinds(annotation) for key in _fields(kind))


def _fields(kind: Any) -> dict[str, FieldInfo]:
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        return {}
    return {field.alias or name: field for name, field in kind.model_fields.items()}


def _example(annotation: Any) -> str:
    written = (kind for kind in _kinds(annotation) if isinstance(kind, type) and issubclass(kind, Written))
    return next((kind.example for kind in written), "")
