"""Values written as YAML that the loader reads back as the same values."""

from collections.abc import Iterable
from typing import Any, TypeVar

import yaml

from cryptoflow.spec.scalars import scalar
from cryptoflow.spec.tree import Quoted


def to_yaml(values: Any) -> str:
    """The YAML text of plain values, keys in their order.

    >>> print(to_yaml({"name": "1e3", "period": "2023-01-01..2023-12-31"}), end="")
    name: "1e3"
    period: 2023-01-01..2023-12-31
    """
    text: str = yaml.dump(
        values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, default_flow_style=None
    )
    return text


Node = TypeVar("Node", bound=yaml.CollectionNode)


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 would read as something else than text, which PyYAML's 1.1 does not know."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        return _opened(super().represent_mapping(tag, mapping, flow_style), mapping.values())

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        return _opened(super().represent_sequence(tag, sequence, flow_style), sequence)


def _opened(node: Node, values: Iterable[Any]) -> Node:
    """Line by line where a value is a reference: between brackets it would need quotes, which make it text."""
    if any(isinstance(value, str) and "${" in value for value in values):
        node.flow_style = False
    return node


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = isinstance(scalar(text), str) and text.isprintable() and not isinstance(text, Quoted)
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=None if plain else '"')


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)
