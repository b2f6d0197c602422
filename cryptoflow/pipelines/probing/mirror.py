"""A copy of a project in which the future is another one, for guests that look for it in files."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cryptoflow.market.placeholders import filled
from cryptoflow.pipelines.probing.feed import Feed
from cryptoflow.pipelines.probing.retold import retell
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.guests import FOLDER

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Columns

SPEC = "probed.yaml"


class Mirror(NamedTuple):
    """Where a copied project lies: its root, the spec in it, and the folder that stands for the current one."""

    root: Path
    spec: Path
    here: Path


def data_files(resolved: Resolved, feed: Feed) -> "dict[Path, Columns]":
    """Return the files that bars are read from, each with its bars; none for sources that read none of the project.

    A file whose name tells no timeframe holds the finest bars that the spec asks for.
    """
    path = getattr(resolved.history, "path", None)
    if not isinstance(path, str) or Path(path).is_absolute():
        return {}
    market = resolved.pipeline.market
    kinds = [(int(market.timeframe), feed.market)]
    if market.detail is not None:
        finer = (int(market.detail), feed.finer)
        kinds = [*kinds, finer] if "{timeframe}" in path else [finer]
    files = {
        _absolute(resolved.folder / filled(path, symbol, timeframe, str(market.venue))): bars
        for timeframe, series in kinds
        for symbol, bars in zip(resolved.symbols, series, strict=True)
    }
    return {file: bars for file, bars in files.items() if file.is_file()}


def mirror(resolved: Resolved, root: Path, feed: Feed, until: int | None) -> Mirror:
    """Copy what decides, its data with the bars from `until` on as in `feed`; with None the data stays as it is."""
    folder = _absolute(resolved.folder)
    data = data_files(resolved, feed)
    strategies = [_absolute(each.file) for each in resolved.strategies if each.file and each.entry.file]
    common = Path(os.path.commonpath([folder, *(file.parent for file in (*data, *strategies))]))

    def place(file: Path) -> Path:
        copy = root / file.relative_to(common)
        copy.parent.mkdir(parents=True, exist_ok=True)
        return copy

    spec = place(folder / SPEC)
    spec.write_text(resolved.to_yaml(), encoding="utf-8")
    for file in (*strategies, *sorted((folder / FOLDER).rglob("*.py"))):
        shutil.copyfile(file, place(file))
    for original, bars in data.items():
        if until is None:
            shutil.copyfile(original, place(original))
        else:
            retell(original, place(original), resolved, bars, until)
    here = Path.cwd()
    standing = root / here.relative_to(common) if here.is_relative_to(common) else root
    standing.mkdir(parents=True, exist_ok=True)
    return Mirror(root, spec, standing)


def _absolute(file: Path) -> Path:
    return Path(os.path.abspath(file))  # noqa: PTH100 - as it is named, links and all
