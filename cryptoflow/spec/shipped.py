"""The configs that ship with the package: the tier table, and strategies that a spec may use by name."""

from functools import cache
from pathlib import Path

from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.spec.document import load
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.tier_file import TierFile


@cache
def configs() -> Path:
    """The folder of shipped configs: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


@cache
def tiers() -> tuple[TierFile, ...]:
    """The tier table, lowest first."""
    return tuple(tier(file) for file in sorted((configs() / "tiers").glob("[0-9]-*.yaml")))


def tier(file: Path) -> TierFile:
    """A tier file."""
    document = load(file)
    problems: list[Problem] = list(document.problems)
    model = shaped(TierFile, document.tree, problems) if document.tree else None
    if model is None or problems:
        raise CryptoflowError(problems)
    return model


def shipped_strategies() -> tuple[str, ...]:
    """The names of the strategies that ship as files."""
    return tuple(sorted(file.stem for file in (configs() / "strategies").glob("*.yaml")))
