"""Checking files without running them: which are well, what tier they need, and every mistake of the others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode, Place, Problem
from cryptoflow.pipelines.documents import Document, documents
from cryptoflow.pipelines.resolve import Reading, read
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.document import display
from cryptoflow.spec.market import Universe

PIPELINE, OVERLAY, PART = "pipeline", "overlay", "part of a spec"


class Reason(NamedTuple):
    """A feature that a spec makes use of, the tier that unlocks it, and where the spec asks for it."""

    feature: str
    what: str
    tier: int
    where: Place | None


class Checked(NamedTuple):
    """What became of one file: its kind, what is wrong with it, and the tier it needs.

    A file that is no spec by itself, but a part of others or laid over them, names those in `of`. `warnings` are what
    a file that is well lacks on this machine.
    """

    file: str
    kind: str
    problems: tuple[Problem, ...] = ()
    needs_tier: int | None = None
    reasons: tuple[Reason, ...] = ()
    of: tuple[str, ...] = ()
    warnings: tuple[Problem, ...] = ()


class Options(NamedTuple):
    """What is laid over each file."""

    env: str | None
    sets: tuple[str, ...]

    def read(self, file: Path, env: str | None = None) -> Reading:
        """Read a file, laid over by one overlay at most."""
        return read(file, env=env or self.env, sets=self.sets)


def validate(paths: Sequence[Path], *, env: str | None = None, sets: Sequence[str] = ()) -> tuple[Checked, ...]:
    """Check files, all YAML files below folders, and standard input for `-`."""
    found = documents(paths)
    if not found:
        raise CryptoflowError(
            f"there is no YAML file below {', '.join(map(str, paths))}",
            fix="name a file, like configs/btc_trend.yaml",
            code=ExitCode.USAGE,
        )
    options = Options(env, tuple(sets))
    readings = {document.file: options.read(document.file) for document in found if document.env is None}
    named = {*paths}
    return tuple(
        laid(document, readings, options)
        if document.env
        else checked(document.file, readings, alone=document.file in named)
        for document in found
    )


def checked(file: Path, readings: Mapping[Path, Reading], *, alone: bool) -> Checked:
    """What to tell of a file; one that only others make whole is no mistake unless it was asked for by name."""
    reading, name = readings[file], display(file)
    whole = tuple(display(each) for each in readings if each != file and file in readings[each].files)
    if reading.problems and (alone or not whole or reading.kind != PIPELINE):
        return Checked(name, reading.kind, reading.problems)
    if reading.problems or reading.kind == PART:
        return Checked(name, PART, of=whole)
    if reading.resolved is None:
        return Checked(name, reading.kind)
    resolved = reading.resolved
    reasons = tuple(
        Reason(need.feature, need.what, need.tier, written.place if (written := resolved.origin(need.path)) else None)
        for need in resolved.needed
    )
    return Checked(name, reading.kind, (), resolved.needs_tier, reasons, warnings=tuple(_warnings(resolved)))


def _warnings(resolved: Resolved) -> Iterator[Problem]:
    """What a spec lacks that a run would be refused for, and no line of it is wrong about."""
    if isinstance(resolved.pipeline.market.symbols, Universe):
        from cryptoflow.pipelines.listed import unrecorded

        if problem := unrecorded(resolved):
            yield problem


def laid(document: Document, readings: Mapping[Path, Reading], options: Options) -> Checked:
    """What an overlay breaks in the specs that it can be laid over and that are well without it."""
    specs = [spec for spec in document.under if spec in readings and readings[spec].resolved is not None]
    problems = [problem for spec in specs for problem in options.read(spec, document.env).problems]
    return Checked(
        display(document.file), OVERLAY, tuple(dict.fromkeys(problems)), of=tuple(display(spec) for spec in specs)
    )


def problems_of(found: Iterable[Checked]) -> tuple[Problem, ...]:
    """Every mistake of every file, once."""
    return tuple(dict.fromkeys(problem for each in found for problem in each.problems))
