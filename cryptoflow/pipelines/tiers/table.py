"""The tier table that holds in a project: the one that ships, tightened by the project's own files."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptoflow.domain.discipline.folding import Law
from cryptoflow.domain.discipline.gates import DEMOTION, PROMOTION, Finding
from cryptoflow.domain.discipline.records import Evidence, Tier
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.explaining.ceilings import Ceilings, laid_over, read_tiers, shipped
from cryptoflow.pipelines.gates import Asked, day_demotion_of, gates_of
from cryptoflow.pipelines.home import CONFIGS, home_of, project_here, project_of
from cryptoflow.pipelines.tiers.tightening import looser
from cryptoflow.spec.shipped import configs

if TYPE_CHECKING:
    from cryptoflow.pipelines.resolved import Resolved

FOLDER, FILES = "tiers", "*.yaml"


def table_of(resolved: "Resolved") -> Ceilings:
    """Return the tier table that holds for a spec."""
    return table_beside(resolved.file)


def table_beside(spec: Path | None = None) -> Ceilings:
    """Return the tier table of a spec's project, without one of the project in which a command runs."""
    return _laid(tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files_of(spec)))


def files_of(spec: Path | None) -> tuple[Path, ...]:
    """Return a project's own tier files: those of the nearest folder `tiers` beside or above its spec."""
    for folder in folders(spec):
        if folder.resolve() == (configs() / FOLDER).resolve():
            return ()
        found = tuple(sorted(folder.glob(FILES)))
        if found:
            return found
    return ()


def folders(spec: Path | None) -> Iterator[Path]:
    """Yield where tier files may lie, the nearest first."""
    if spec is None:
        here = project_here()
        if here is not None:
            yield here / CONFIGS / FOLDER
        yield home_of().absolute().parent / CONFIGS / FOLDER
        return
    project, folder = project_of(spec), spec.resolve().parent
    for each in (folder, *folder.parents):
        yield each / FOLDER
        if each == project:
            break
    yield project / CONFIGS / FOLDER


@lru_cache(maxsize=8)
def _laid(stamps: tuple[tuple[Path, int, int], ...]) -> Ceilings:
    return laid(tuple(file for file, _, _ in stamps))


def laid(files: Sequence[Path]) -> Ceilings:
    """Return the shipped table tightened by files; what is looser in them is refused with its line."""
    if not files:
        return shipped()
    project, ships = read_tiers(files), shipped()
    problems = [
        problem
        for mine, tree in zip(project.tiers, project.trees, strict=True)
        for theirs, base in zip(ships.tiers, ships.trees, strict=True)
        if theirs.tier == mine.tier
        for problem in looser(mine, tree, theirs, base)
    ]
    if problems:
        raise CryptoflowError(problems, code=ExitCode.REFUSED)
    return laid_over(project)


def digest(table: Ceilings) -> str:
    """Return the digest of a table: the same for tables that ask and allow the same."""
    text = json.dumps([tier.model_dump(mode="json") for tier in table.tiers], sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def law_of(table: Ceilings) -> Law:
    """Return what moves are held to, as a fold of a journal needs it."""
    asked = [gates_of(tree) for tree in table.trees]
    tiers = [
        Tier(
            low=float(tier.equity.low),
            wait=int(tier.protection.wait),
            day_demotion=day_demotion_of(gates),
        )
        for tier, gates in zip(table.tiers, asked, strict=True)
    ]
    return Law(tiers, asked, promotes, demotes, [tier.protection.pace() for tier in table.tiers])


def promotes(evidence: Evidence, days: Sequence[float], stops: Sequence[float], gates: dict[str, Asked]) -> bool:
    """Say whether every gate is met that is asked of whoever comes up; a tier that asks none is shut."""
    asked = [each for each in gates.values() if each.head == PROMOTION]
    return bool(asked) and all(found(each, evidence, days, stops).met for each in asked)


def demotes(
    evidence: Evidence, days: Sequence[float], stops: Sequence[float], gates: dict[str, Asked]
) -> tuple[int, Finding]:
    """Return the first gate that sends down, by its place, and what it found; -1 where none does."""
    for place, each in enumerate(gates.values()):
        if each.head == DEMOTION:
            finding = found(each, evidence, days, stops)
            if finding.met:
                return place, finding
    return -1, Finding(0.0, 0.0, 0)


def found(asked: Asked, evidence: Evidence, days: Sequence[float], stops: Sequence[float]) -> Finding:
    """Return what a gate finds."""
    finding: Any = asked.gate.finding(evidence, days, stops, *asked.gate.numbers())
    return Finding(*finding)
