"""From a tree to a model; what is well-formed in a broken spec is kept, so that the rest can still be checked."""

import json
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from cryptoflow.errors import Problem
from cryptoflow.spec.mistakes import locator, problems_of
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.strategy import Strategy
from cryptoflow.spec.tree import Path, Tree

M = TypeVar("M", bound=BaseModel)


class Shape(NamedTuple):
    """A pipeline when all is well, and its well-formed parts by key in any case."""

    pipeline: Pipeline | None
    parts: dict[str, Any]
    problems: tuple[Problem, ...] = ()


def shaped(model: type[M], tree: Tree, problems: list[Problem], *, manual: str = "", owner: str = "") -> M | None:
    """The model of a tree, or None with every mistake added to `problems`.

    Validation goes through JSON, where a list may become a tuple while a text never becomes a number.
    """
    try:
        return model.model_validate_json(json.dumps(tree.plain()), strict=True)
    except ValidationError as error:
        locate = locator(tree)
        problems.extend(problems_of(error, locate, model, manual=manual, owner=owner, known=tree.spoiled))
        return None


def shape(tree: Tree) -> Shape:
    """The pipeline that a composed tree describes."""
    problems: list[Problem] = []
    pipeline = shaped(Pipeline, tree, problems)
    if pipeline is not None:
        return Shape(pipeline, {name: getattr(pipeline, name) for name in Pipeline.model_fields})
    return Shape(None, _parts(tree), tuple(problems))


def part_of_a_spec(tree: Tree) -> list[Problem]:
    """What is wrong with a file that only overlays or extends a spec, where most keys may be missing."""

    def elsewhere(path: Path) -> bool:
        return tree.spoiled(path) or (len(path) == 1 and tree.at(path) is None)

    try:
        Pipeline.model_validate_json(json.dumps(tree.plain()), strict=True)
    except ValidationError as error:
        return problems_of(error, locator(tree), Pipeline, known=elsewhere)
    return []


def _parts(tree: Tree) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, field in Pipeline.model_fields.items():
        given = tree.get(name)
        if name == "strategies":
            items = given.value if given and isinstance(given.value, tuple) else ()
            parts[name] = tuple(shaped(Strategy, item, []) for item in items)
        elif given is None:
            parts[name] = None if field.is_required() else field.get_default()
        else:
            parts[name] = _part(field.annotation, given)
    return parts


def _part(annotation: Any, tree: Tree) -> Any:
    try:
        return TypeAdapter(annotation).validate_json(json.dumps(tree.plain()), strict=True)
    except ValidationError:
        return None
