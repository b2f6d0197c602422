"""Values written as YAML that the loader reads back as the same values."""

from typing import Any

import yaml

from cryptoflow.spec.scalars import scalar


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


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 would read as something else than text, which PyYAML's 1.1 does not know."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    plain = isinstance(scalar(text), str) and text.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=None if plain else '"')


_Dumper.add_representer(str, _text)
_Dumper.add_multi_representer(str, _text)
