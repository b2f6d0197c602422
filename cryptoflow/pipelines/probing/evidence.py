"""What probes found, kept by spec and code: what the gate to a tier reads."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow import __version__
from cryptoflow.domain.discipline.reach import Reach
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.digest import code_digest
from cryptoflow.pipelines.history import History
from cryptoflow.pipelines.home import home_of
from cryptoflow.pipelines.probing.moved import Moved
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.plugins.guests import FOLDER as PLUGINS
from cryptoflow.plugins.guests import installed

FOLDER = "evidence"
KINDS = ("lookahead", "warmup")
Progress = Callable[[int, int], None]


class Evidence(NamedTuple):
    """The outcome of a probe: of what, on which bars, after how many draws; and what moved, when something did.

    `bars` are those of the symbol that has the most. `reads` is what guests open beside the bars they are given; a
    look-ahead cannot be excluded in any of it. `reach` is what was asked for; of a failure that came after others, what
    covers them all, and so what a pass has to cover.
    """

    kind: str
    passed: bool
    spec_hash: str
    code: str
    data: str
    period: str
    draws: int
    signals: int
    orders: int
    reach: Reach
    at: str
    version: str
    moved: Moved | None = None
    when: str = ""
    reads: tuple[str, ...] = ()
    hint: str = ""
    bars: int = 0

    def plain(self) -> dict[str, Any]:
        """Return it as JSON writes it."""
        moved, reach = self.moved and self.moved._asdict(), self.reach._asdict()
        return {**self._asdict(), "moved": moved, "reach": reach, "reads": list(self.reads)}

    def lines(self) -> Iterator[str]:
        """Return what a person reads."""
        others = f"{'other future' if self.kind == 'lookahead' else 'later first bar'}{'' if self.draws == 1 else 's'}"
        orders = f", {self.orders:,} bars with orders or refusals" if self.orders else ""
        yield f"{self.kind}  {'passed' if self.passed else 'FAILED'}"
        yield f"held to   {self.draws} {others}: {self.signals:,} signals{orders}, {self.period}"
        if self.moved:
            yield f"moved     {self.moved} {self.when}"
        for read in self.reads:
            yield f"reads     {read}"
        if self.hint:
            yield f"hint      {self.hint}"


class Kept(NamedTuple):
    """Where evidence lies, and the failure that lies there still when a pass did not reach as far as that."""

    file: Path
    standing: Evidence | None = None

    def remark(self) -> str:
        """Say why a pass was not kept; nothing when it was."""
        if self.standing is None:
            return ""
        days, draws = self.standing.reach
        return (
            f"not kept: the failure of {self.standing.at} stays until a pass covers {days} "
            f"with {draws} draw{'' if draws == 1 else 's'}"
        )


def written(resolved: Resolved, history: History, asked: int, **found: Any) -> Evidence:
    """Return evidence headed by what it is about, after how many draws were asked for, and when it was found."""
    period = str(history.period)
    return Evidence(
        spec_hash=resolved.spec_hash,
        code=code_of(resolved),
        data=history.facts().fingerprint,
        period=period,
        reach=Reach(period, asked),
        at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        version=__version__,
        bars=max(map(len, history.series)),
        **found,
    )


def code_of(resolved: Resolved) -> str:
    """Return the digest of all code that decides for a spec: the package's own, and that of guests.

    Of plugin files the whole folder counts, as one may import another; of installed packages what they announce.
    """
    folder = resolved.folder / PLUGINS
    files = sorted(folder.rglob("*.py")) if resolved.guests else []
    beside = [(file.relative_to(folder).as_posix(), sha256(file.read_bytes()).hexdigest()) for file in files]
    packages = sorted((guest.origin, guest.digest) for guest in installed())
    return sha256(json.dumps([code_digest(), beside, packages]).encode()).hexdigest()


def place_of(resolved: Resolved, kind: str, home: Path | None = None) -> Path:
    """Return the file that holds the evidence of a kind for this spec and this code."""
    name = f"{kind}-{resolved.spec_hash}-{code_of(resolved)}.json"
    return (home or home_of(resolved.file)) / FOLDER / name


def keep(evidence: Evidence, resolved: Resolved, home: Path | None = None) -> Kept:
    """Write evidence where `evidence_for` finds it, in the place of earlier evidence of the same spec and code.

    A pass takes the place of a failure only when it covers the failure's days with at least as many draws.
    """
    file, before = place_of(resolved, evidence.kind, home), _before(resolved, evidence.kind, home)
    if before is not None and not before.passed:
        if evidence.passed and not evidence.reach.covers(before.reach):
            return Kept(file, before)
        if not evidence.passed:
            evidence = evidence._replace(reach=evidence.reach.joined(before.reach))
    text = json.dumps(evidence.plain(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_suffix(".writing")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(file)
    except OSError as error:
        raise CryptoflowError(
            f"the evidence cannot be written to {file.parent}: {error.strerror or error}",
            fix="name another folder with CRYPTOFLOW_HOME",
            code=ExitCode.UNAVAILABLE,
        ) from error
    return Kept(file)


def _before(resolved: Resolved, kind: str, home: Path | None) -> Evidence | None:
    """Return the evidence there is; one that cannot be read is replaced, as its hint says."""
    try:
        return evidence_for(resolved, kind, home)
    except CryptoflowError:
        return None


def evidence_for(resolved: Resolved, kind: str, home: Path | None = None) -> Evidence | None:
    """Return what a probe found of exactly this spec run by exactly this code; None when it was never asked.

    It is the last that was found, except that a failure stays until a pass covers its days with as many draws: so a
    pass says that nothing which failed is left, on the days and with the draws of its own `reach`.
    """
    file = place_of(resolved, kind, home)
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        found = _read(told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CryptoflowError(
            f"evidence {file} cannot be read: {error}", fix=f"ask again: `cryptoflow probe {kind}`"
        ) from error
    named = (kind, resolved.spec_hash, code_of(resolved))
    return found if (found.kind, found.spec_hash, found.code) == named else None


def _read(told: Mapping[str, Any]) -> Evidence:
    moved = told.get("moved")
    return Evidence(
        **{
            **told,
            "moved": moved and Moved(**{**moved, "decides": tuple(moved["decides"])}),
            "reach": Reach(**told["reach"]),
            "reads": tuple(told["reads"]),
        }
    )
