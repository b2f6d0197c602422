"""A new project: a first spec that explains itself, its strategy, and what belongs around them."""

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.home import STATE
from cryptoflow.pipelines.schema import schema, write
from cryptoflow.spec.names import Name
from cryptoflow.spec.shipped import configs
from cryptoflow.spec.written import MisreadError

TEMPLATES = Path(__file__).with_name("project")
TIER = "1-sniper.yaml"
WRITTEN, EXTENDED, KEPT = "written", "extended", "kept"

SCHEMAS = {
    Path(STATE) / "schema.json": "pipeline",
    Path(STATE) / "strategy.schema.json": "strategy",
    Path(STATE) / "tier.schema.json": "tier",
}
"""What editors read, as the first line of each file that `init` writes says."""

EDITORS = "# yaml-language-server: $schema=../../.cryptoflow/tier.schema.json\n"

TIGHTEN = """\
# The limits of an account of 500 to 2,000 as they ship with the package. A project may tighten them here (a smaller
# order, a smaller loss in a day), never loosen them; everything in the project goes by this file, backtests too.
"""


class Project(NamedTuple):
    """What `init` did: the files it wrote, those it added lines to, and those it left as they were."""

    folder: Path
    spec: Path
    written: tuple[Path, ...]
    extended: tuple[Path, ...]
    kept: tuple[Path, ...]


def init(folder: Path, name: str | None = None) -> Project:
    """Write a new project into a folder; a file of one's own is never overwritten.

    Specs, strategies and tiers that are there already refuse the whole; a README stays as it is, and a
    `.gitignore` gains the lines it lacks.
    """
    called = named(folder, name)
    spec = Path("configs") / f"{called.replace('-', '_')}.yaml"
    words = {"name": called, "file": spec.name}
    texts = {
        spec: _filled("pipeline.yaml", words),
        Path("configs/strategies/ema_cross.yaml"): _filled("strategies/ema_cross.yaml", words),
        Path("configs/tiers") / TIER: tier_text(spec.name),
    }
    there = [str(folder / path) for path in texts if (folder / path).exists()]
    if there or (folder.exists() and not folder.is_dir()):
        raise CryptoflowError(
            f"{', '.join(there or [str(folder)])} {'exist' if len(there) > 1 else 'exists'} already",
            fix="choose another folder or another --name, or move what is there away",
            code=ExitCode.USAGE,
        )
    for path, text in texts.items():
        _write(folder / path, text)
    for path, kind in SCHEMAS.items():
        write(schema(kind), folder / path)
    done: dict[str, list[Path]] = {WRITTEN: [*texts, *SCHEMAS], EXTENDED: [], KEPT: []}
    done[_readme(folder / "README.md", words)].append(Path("README.md"))
    done[_ignored(folder / ".gitignore")].append(Path(".gitignore"))
    return Project(folder, folder / spec, *(tuple(done[what]) for what in (WRITTEN, EXTENDED, KEPT)))


def named(folder: Path, name: str | None) -> str:
    """Return what the first spec is called: as asked, or like its folder as far as letters and digits go."""
    asked = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") if name is None else name
    try:
        return str(Name(asked))
    except MisreadError as error:
        if name is None:
            return "first"
        raise CryptoflowError(f"the name is {name!r}, but {error.law}", fix=error.fix, code=ExitCode.USAGE) from error


def tier_text(spec: str) -> str:
    """Return the shipped file of the tier in which real money starts, with this project's spec for its pipeline."""
    text = (configs() / "tiers" / TIER).read_text(encoding="utf-8")
    return EDITORS + TIGHTEN + re.sub(r"(?m)^pipeline: .*$", f"pipeline: ../{spec}", text)


def _readme(file: Path, words: Mapping[str, str]) -> str:
    if file.exists():
        return KEPT
    _write(file, _filled("README.md", words))
    return WRITTEN


def _ignored(file: Path) -> str:
    """Keep state and keys out of version control, whatever else is kept out already."""
    wanted = _filled("gitignore", {})
    if not file.exists():
        _write(file, wanted)
        return WRITTEN
    before = file.read_text(encoding="utf-8")
    missing = [line for line in wanted.splitlines() if not line.startswith("#") and line not in before.splitlines()]
    if not missing:
        return KEPT
    end = "" if before.endswith("\n") or not before else "\n"
    _write(file, f"{before}{end}" + "".join(f"{line}\n" for line in missing))
    return EXTENDED


def _filled(template: str, words: Mapping[str, str]) -> str:
    return Template((TEMPLATES / f"{template}.txt").read_text(encoding="utf-8")).substitute(words)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
