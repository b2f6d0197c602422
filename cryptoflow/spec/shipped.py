"""The configs that ship with the package: the tier table, and strategies that a spec may use by name."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.spec.document import display, load
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.tier_file import TierFile

DIGESTS = {
    "0-observer.yaml": "12fe5f777c8d4dd1609835a29b10e348563c6d05a7dad8d2ef6e7f77a8f1a30b",
    "1-sniper.yaml": "e4dc8f88490e1023384c4eebc56e034ee0966f669d9b4e5d9f7606c8f6214c8c",
    "2-hunter.yaml": "c3878bcb3a9d828de80038173be86008bd32b4c983fcc3bd5488b030df5a1e14",
    "3-strategist.yaml": "c82b86210080a70ae7458509d43836fcbd0e8dc405c47e84a2da17bc759a529d",
    "4-architect.yaml": "ed6248abe6e9247147e0f56b3840824188e5c1169842b03acb6d56eb04d1bd4d",
}
"""What the text of each shipped tier file comes to: in a checkout they lie where a hand may loosen them."""


@cache
def configs() -> Path:
    """The folder of shipped configs: inside the package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "configs"
    return inside if inside.is_dir() else package.parent / "configs"


@cache
def tiers() -> tuple[TierFile, ...]:
    """The tier table, lowest first."""
    return tuple(tier(file) for file in tier_files())


def tier_files(folder: Path | None = None) -> tuple[Path, ...]:
    """The files of the shipped tier table, lowest first; one that is not as it ships is refused by its name."""
    folder = folder or configs() / "tiers"
    names = sorted({*DIGESTS, *(file.name for file in folder.glob("[0-9]-*.yaml"))})
    if problems := [problem for name in names if (problem := changed(folder / name))]:
        raise CryptoflowError(problems, code=ExitCode.REFUSED)
    return tuple(folder / name for name in names)


def changed(file: Path) -> Problem | None:
    """Say what is not as it ships about a file of the shipped tier table."""
    fix = "put it back as it ships; what is tighter goes into a project of your own, which `cryptoflow init` begins"
    if not file.is_file():
        return Problem(f"{display(file)} is missing, a file of the tier table that ships", fix=fix)
    if DIGESTS.get(file.name) != text_digest(file):
        return Problem(f"{display(file)} is not the file of the tier table that ships", fix=fix)
    return None


def text_digest(file: Path) -> str:
    """The digest of a file's text, the same however its lines end."""
    return sha256(file.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


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
