"""The tier table with the place of every limit, so that what a tier caps can be pointed at."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptoflow.errors import CryptoflowError, Place, Problem
from cryptoflow.spec.document import Opener, load, on_disk
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.shipped import tier_files
from cryptoflow.spec.tier_file import TierFile
from cryptoflow.spec.tree import Tree

LIMITS = {
    ("order", "limit"): "order",
    ("position", "limit"): "position",
    ("count", "positions"): "positions",
    ("exposure", "limit"): "leverage",
    ("daily_loss", "limit"): "daily_loss",
    ("correlation", "limit"): "position",
}
"""The limit of a tier that caps each setting of a rule."""


@dataclass(frozen=True)
class Ceilings:
    """Tiers, lowest first, each with its file and that file's tree."""

    tiers: tuple[TierFile, ...]
    trees: tuple[Tree, ...]
    files: tuple[Path, ...]

    def place(self, tier: int, rule: str, setting: str) -> Place | None:
        """Where a tier says what it allows of a rule's setting."""
        limit = LIMITS.get((rule, setting))
        if limit is None:
            return None
        number = next(number for number, each in enumerate(self.tiers) if each.tier == tier)
        said = self.trees[number].at(("limits", limit))
        return said.place if said else None


@cache
def shipped() -> Ceilings:
    """The table that ships with the package."""
    return read_tiers(tier_files())


def read_tiers(files: Iterable[Path], opener: Opener = on_disk) -> Ceilings:
    """The tiers of some files, lowest first."""
    found: dict[int, tuple[TierFile, Tree, Path]] = {}
    problems: list[Problem] = []
    for file in files:
        document = load(file, read=opener)
        problems.extend(document.problems)
        model = shaped(TierFile, document.tree, problems) if document.tree else None
        if model is not None and document.tree is not None:
            found[model.tier] = model, document.tree, file.absolute()
    if problems:
        raise CryptoflowError(problems)
    return _in_order(found)


def laid_over(project: Ceilings) -> Ceilings:
    """The shipped table with a project's own tiers in place of those of the same number."""
    rows: dict[int, tuple[TierFile, Tree, Path]] = {}
    for table in (shipped(), project):
        each = zip(table.tiers, table.trees, table.files, strict=True)
        rows |= {tier.tier: (tier, tree, file) for tier, tree, file in each}
    return _in_order(rows)


def _in_order(rows: dict[int, tuple[TierFile, Tree, Path]]) -> Ceilings:
    tiers, trees, files = zip(*(rows[number] for number in sorted(rows)), strict=True)
    return Ceilings(tiers, trees, files)
