"""The spec of an old run, resolved from what the run noted, not from what its files say today."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.shipped import configs
from cryptoflow.spec.writing import to_yaml

ADDED = ("guests", "definition")
"""Keys of a recorded spec that a spec itself does not have."""


def recorded(manifest: Mapping[str, Any]) -> Resolved:
    """Resolve a run's spec as it was; data and plugin files are looked for beside the file it came from.

    The spec and its strategies are read from the manifest under the names they had then, so what has become
    of those files does not matter.
    """
    file = Path(manifest["spec_file"])
    texts = written_out(manifest["spec"], file)

    def opener(asked: Path) -> bytes:
        text = texts.get(_absolute(asked))
        if text is None:
            raise FileNotFoundError(asked)
        return text.encode()

    return resolve(file, environment={}, opener=opener)


def written_out(spec: Mapping[str, Any], file: Path) -> dict[Path, str]:
    """Return the texts of a recorded spec and of the strategies inside it, by the files they would be."""
    texts = {_absolute(file): to_yaml(_spoken(spec))}
    for strategy in spec["strategies"]:
        if "definition" in strategy:
            name = strategy["file"]
            place = file.parent / name if name else configs() / "strategies" / f"{strategy['use']}.yaml"
            texts[_absolute(place)] = to_yaml(_spoken(strategy["definition"]))
    return texts


def _spoken(values: Any) -> Any:
    """Return recorded values as one writes them: what is absent is left out."""
    if isinstance(values, Mapping):
        return {key: _spoken(inside) for key, inside in values.items() if inside is not None and key not in ADDED}
    if isinstance(values, list):
        return [_spoken(inside) for inside in values]
    return values


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they were written
