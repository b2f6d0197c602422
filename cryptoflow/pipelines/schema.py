"""The JSON Schema of specs, strategies and tier files, so that an editor completes and checks while one types."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.blocks import ANNOUNCED
from cryptoflow.plugins import registry
from cryptoflow.plugins.guests import admit
from cryptoflow.spec.block import Listed
from cryptoflow.spec.durations import Timeframe
from cryptoflow.spec.names import Expression
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.pipeline import Pipeline
from cryptoflow.spec.shipped import shipped_strategies
from cryptoflow.spec.strategy_file import StrategyFile
from cryptoflow.spec.tier_file import TierFile

Schema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that editors know best."""

KINDS: Mapping[str, type[BaseModel]] = {"pipeline": Pipeline, "strategy": StrategyFile, "tier": TierFile}

ENVIRONMENT = r"\$\{env:"
FROM_ENVIRONMENT = "FromEnvironment"

BLOCKS = (
    (("properties", "sizing"), "sizer"),
    (("$defs", "Sources", "properties", "history"), "source"),
    (("$defs", "Sources", "properties", "live"), "source"),
    (("$defs", "Costs", "properties", "slippage"), "slippage"),
    (("$defs", "Execution", "properties", "algo"), "algo"),
    (("$defs", "Execution", "properties", "route"), "router"),
)
RULES = ("$defs", "Risk", "properties", "rules")
"""Where in the schema of a pipeline the blocks of each kind of plugin stand."""

MERGED = ("Market", "Universe", "Fees", "Block")
"""Blocks that `extends` may complete, so that none of their keys is required of one file alone."""


class _Editable(GenerateJsonSchema):
    """What pydantic writes, without titles, and with lists of one that need no brackets."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  # asked by pydantic
        return False

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        listed: Any = Listed.func
        return {"anyOf": [inner, inner["items"]]} if schema["function"]["function"] is listed else inner


def schema(kind: str = "pipeline", plugin_files: Iterable[Path] = ()) -> Schema:
    """The schema of one kind of file; plugin files add the names and settings that they register."""
    if kind not in KINDS:
        fix = suggestion(kind, KINDS, "there are")
        raise CryptoflowError(f"there is no schema of a {kind}", fix=fix, code=ExitCode.USAGE)
    admit(plugin_files)
    made = _of(KINDS[kind])
    if kind == "pipeline":
        _with_plugins(made)
        _with_extends(made)
    made = {"$schema": DIALECT, "title": f"CryptoFlow {kind}", **_finished(made)}
    made["$defs"] = {**made.get("$defs", {}), FROM_ENVIRONMENT: {"type": "string", "pattern": ENVIRONMENT}}
    return made


def _of(model: type[BaseModel]) -> Schema:
    made = model.model_json_schema(by_alias=True, schema_generator=_Editable)
    made.pop("title", None)
    return made


def _with_plugins(made: Schema) -> None:
    """Name the plugins that each block may use, and the settings of each."""
    for path, kind in BLOCKS:
        _at(made, path[:-1])[path[-1]] = _refer(_at(made, path), kind)
    _at(made, RULES)["items"] = {"$ref": "#/$defs/rule"}
    for kind in ("sizer", "source", "slippage", "algo", "router", "rule"):
        made["$defs"][kind] = _block(kind)
    made["$defs"]["rule"]["required"] = ["use"]
    strategy = made["$defs"]["Strategy"]
    names = sorted({*shipped_strategies(), *registry.names("strategy")})
    strategy["properties"]["use"] = {**strategy["properties"]["use"], "anyOf": [{"enum": names}]}
    strategy["oneOf"] = [{"required": ["file"]}, {"required": ["use"]}]
    strategy["allOf"] = [_when(name, {"with": _settings("strategy", name)}) for name in registry.names("strategy")]


def _refer(field: Schema, kind: str) -> Schema:
    return {**{key: field[key] for key in ("description", "default") if key in field}, "$ref": f"#/$defs/{kind}"}


def _block(kind: str) -> Schema:
    """A block with `use:`, whose other keys depend on the plugin it names."""
    names = registry.names(kind)
    said = {name: registry.find(kind, name).__doc__ or "" for name in names}
    use: Schema = {"description": f"plugin of kind {kind}", "enum": sorted({*names, *ANNOUNCED.get(kind, ())})}
    uses = {name: _settings(kind, name) for name in names}
    then = [
        {
            "if": {"properties": {"use": {"const": name}}, "required": ["use"]},
            "then": {**settings, "description": said[name].split("\n")[0]},
        }
        for name, settings in uses.items()
    ]
    return {"type": "object", "properties": {"use": use}, **({"allOf": then} if then else {})}


def _settings(kind: str, name: str) -> Schema:
    """The settings of one plugin."""
    settings = _of(registry.find(kind, name))
    if kind != "strategy":
        settings["properties"] = {"use": True, **settings.get("properties", {})}
    return settings


def _when(name: str, properties: Schema) -> Schema:
    return {"if": {"properties": {"use": {"const": name}}, "required": ["use"]}, "then": {"properties": properties}}


def _with_extends(made: Schema) -> None:
    """Let a spec stand on others; only one that stands alone must have every key."""
    file = made["$defs"]["Strategy"]["properties"]["file"]["anyOf"][0]
    made["properties"]["extends"] = {
        "description": "specs to build on: maps merge, lists replace, later wins",
        "anyOf": [{"type": "array", "items": file}, file],
    }
    market = made["$defs"]["Market"].get("required", [])
    for name in MERGED:
        made["$defs"].get(name, {}).pop("required", None)
    alone = {"required": made.pop("required"), "properties": {"market": {"required": market}}}
    made |= {"if": {"not": {"required": ["extends"]}}, "then": alone}


def _at(made: Any, path: Iterable[str]) -> Any:
    for part in path:
        made = made[part]
    return made


def _finished(node: Any) -> Any:
    """A schema in words that every editor knows, where a value may also come from the environment."""
    if isinstance(node, list):
        return [_finished(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: inside if key in ("default", "examples") else _finished(inside) for key, inside in node.items()}
    pattern = node.get("pattern")
    if isinstance(pattern, str):
        for odd in ("ge", "gt", "le", "lt"):
            node.pop(odd, None)
        if pattern == f"^(?:{Expression.pattern})$":
            return {**{key: each for key, each in node.items() if key != "pattern"}, "type": ["string", "number"]}
        if pattern == f"^(?:{Timeframe.pattern})$":
            pattern = f"^(?:{'|'.join(Timeframe.names)})$"
        return {**node, "pattern": f"{pattern}|{ENVIRONMENT}"}
    if node.get("type") in ("integer", "number", "boolean") and "const" not in node and "enum" not in node:
        said = {key: node.pop(key) for key in ("description", "default", "examples") if key in node}
        return {**said, "anyOf": [node, {"$ref": f"#/$defs/{FROM_ENVIRONMENT}"}]}
    return node


def write(made: Schema, file: Path) -> None:
    """Write a schema, and the folders it needs."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise CryptoflowError(f"{file} cannot be written: {error.strerror}", code=ExitCode.USAGE) from error
