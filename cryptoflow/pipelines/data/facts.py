"""What the store knows, as programs read it."""

from typing import TYPE_CHECKING, Any

from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.market.times import timeframe_name
from cryptoflow.report.summary import iso
from cryptoflow.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cryptoflow.market.bars import Bars
    from cryptoflow.market.store.dataset import Dataset
    from cryptoflow.market.store.key import Key
    from cryptoflow.market.store.manifest import Manifest, Origin
    from cryptoflow.market.store.room import Room
    from cryptoflow.market.store.spans import Span
    from cryptoflow.pipelines.data.verify import Verdict


def listed(datasets: "Iterable[Dataset]") -> "tuple[list[Manifest], list[Problem]]":
    """Return the manifests of datasets, and what is wrong with those that cannot be read."""
    manifests, problems = [], list[Problem]()
    for dataset in datasets:
        try:
            known = dataset.manifest()
        except CryptoflowError as error:
            problems.extend(error.problems)
        else:
            manifests += [known] if known else []
    return manifests, problems


def key_facts(key: "Key") -> dict[str, str]:
    """Return what a dataset is known by."""
    return {"venue": key.venue, "symbol": key.symbol, "timeframe": timeframe_name(key.timeframe)}


def summary(manifest: "Manifest") -> dict[str, Any]:
    """Return a dataset in a few numbers."""
    start, end = manifest.ends or (None, None)
    return {
        **key_facts(manifest.key),
        "start": None if start is None else iso(start),
        "end": None if end is None else iso(end),
        "bars": manifest.rows,
        "missing": manifest.missing,
        "duplicates": manifest.duplicates,
        "defects": len(manifest.defects),
        "bytes": manifest.size,
        "content": manifest.content,
    }


def everything(manifest: "Manifest", last: "Bars") -> dict[str, Any]:
    """Return all that is known of a dataset, with its last bars."""
    from msgspec import to_builtins

    return {
        **summary(manifest),
        "covered": spans(manifest.covered, manifest.timeframe),
        "before": spans(manifest.before, manifest.timeframe),
        "gaps": spans(manifest.gaps, manifest.timeframe),
        "origins": [origin_facts(origin) for origin in manifest.origins],
        "declared": to_builtins(manifest.defects),
        "segments": [
            {"file": segment.file, "bars": segment.rows, "bytes": segment.size, "sha256": segment.bytes}
            for segment in manifest.segments
        ],
        "last": rows(last),
    }


def origin_facts(origin: "Origin") -> dict[str, Any]:
    """Return where bars came from, when they were added, and how many of them were new, known and other."""
    return {
        "what": origin.what,
        "begun_at": iso(origin.begun_at),
        "ended_at": iso(origin.ended_at),
        "added": origin.rows,
        "duplicates": origin.duplicates,
        "replaced": origin.replaced,
        "notes": list(origin.notes),
    }


def verified(verdict: "Verdict") -> dict[str, Any]:
    """Return what verifying a dataset has shown."""
    known = key_facts(verdict.key) if verdict.manifest is None else summary(verdict.manifest)
    return {**known, "ok": not verdict.problems, "problems": told(verdict.problems)}


def told(problems: "Iterable[Problem]") -> list[dict[str, str]]:
    """Return what is wrong, and what mends it."""
    return [{"what": problem.what, "fix": problem.fix} for problem in problems]


def spans(found: "Sequence[Span]", timeframe: int) -> list[dict[str, Any]]:
    """Return spans with how many bars open in each; the end is where the first bar after it opens."""
    return [{"start": iso(start), "end": iso(end), "bars": (end - start) // timeframe} for start, end in found]


def rows(bars: "Bars") -> list[dict[str, Any]]:
    """Return bars one by one."""
    columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
    return [
        {"open_at": iso(at), "open": open_, "high": high, "low": low, "close": close, "volume": volume}
        for at, open_, high, low, close, volume in zip(
            bars.open_at.tolist(), *(column.tolist() for column in columns), strict=True
        )
    ]


def mapped(room: "Room", manifests: "Iterable[Manifest]") -> dict[str, int]:
    """Return of how many datasets bars lie ready for runs, what these files take and may, and how they were of use."""
    from cryptoflow.market.store.columns import file_of

    files, limits = room.files(), settings()
    there = {each.file for each in files}
    return {
        "ready": sum(file_of(room.folder, known) in there for known in manifests),
        "files": len(files),
        "bytes": sum(file.size for file in files),
        "most_files": limits.column_files,
        "most_bytes": int(limits.column_bytes),
        **room.counts()._asdict(),
    }
