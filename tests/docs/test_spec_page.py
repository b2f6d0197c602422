"""The page of all keys shows a spec that is valid and holds every key there is."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from cryptoflow.cli.app import run
from cryptoflow.pipelines.keys import keys
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.spec.document import parse

ROOT = Path(__file__).parents[2]
SPEC = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """The spec of the page, beside the strategies that ship."""
    shutil.copytree(ROOT / "configs" / "strategies", tmp_path / "strategies")
    file = tmp_path / "every_key.yaml"
    file.write_text(SPEC)
    return file


def written(node: Any, path: str = "") -> set[str]:
    """The paths of all keys below a node, those of items of a list without their number."""
    if isinstance(node, (list, tuple)):
        return set().union(*(written(item, path) for item in node))
    if not isinstance(node, dict):
        return set()
    inside = {f"{path}.{key}".lstrip("."): value for key, value in node.items()}
    return set(inside).union(*(written(value, key) for key, value in inside.items()))


def test_the_spec_on_the_page_is_valid(spec: Path) -> None:
    assert run(["validate", str(spec)]) == 0
    assert len(resolve(spec).strategies) == 2


def test_the_spec_on_the_page_holds_every_key() -> None:
    tree = parse(SPEC.encode(), "spec.md").tree
    assert tree is not None
    assert {key.path for key in keys()} - written(tree.plain()) == set()
