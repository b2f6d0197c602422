"""What a rehearsal venue does wrong: profiles that ship, or a file of one's own."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cryptoflow.domain.steps import BadSetting
from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.spec.block import Listed, Spec
from cryptoflow.spec.document import load
from cryptoflow.spec.nearest import suggestion
from cryptoflow.spec.shape import shaped
from cryptoflow.spec.values import Duration, Share, Symbol
from cryptoflow.venue import faults
from cryptoflow.venue.faults.script import MESSAGES, Fault, Kind, Script

Channel = Literal["ticks", "bars", "tops", "book", "day", "rest"]

MOMENTARY: tuple[Kind, ...] = ("disconnect", "refused")
"""Faults that cannot last as long as the venue."""


PARTLY = (*(kind for kind in MESSAGES if kind != "silence"), "disconnect")
"""Faults that may meet a part of what there is."""


class Entry(Spec):
    """One kind of trouble, when it comes, and what it meets."""

    fault: Kind = Field(description="what goes wrong")
    at: Annotated[tuple[Duration, ...], Listed] = Field((), description="when it comes, from the opening on")
    every: Duration | None = Field(None, description="it comes once within each such time, at a moment drawn by seed")
    lasts: Duration | None = Field(None, description="for how long")
    channel: Channel | None = Field(None, description="the channel it meets; none: all")
    symbol: Symbol | None = Field(None, description="the symbol it meets; none: all")
    share: Share = Field(Share("100%"), description="part of the messages, or of the connections, that it meets")
    by: Duration | None = Field(None, description="how late `slow` makes things")
    ahead: Duration | None = Field(None, description="how far `skew` sets the venue's clock forward")
    behind: Duration | None = Field(None, description="how far `skew` sets the venue's clock back")

    @model_validator(mode="after")
    def _complete(self) -> "Entry":
        timed = bool(self.at) or self.every is not None
        if self.at and self.every is not None:
            raise BadSetting("every", "it comes either `at` moments or `every` so often")
        if self.fault in MOMENTARY and not timed:
            raise BadSetting("fault", f"{self.fault} does not say when", "add `every: 10m` or `at: 90s`")
        if timed and self.lasts is None and self.fault != "disconnect":
            raise BadSetting("fault", f"{self.fault} does not say for how long", "add `lasts: 5s`")
        if self.lasts is not None and not timed:
            raise BadSetting("lasts", "it lasts, but never begins", "add `every: 10m` or `at: 90s`")
        if (self.fault == "slow") != (self.by is not None):
            raise BadSetting("fault", "`by` says how late `slow` makes things, and nothing else", "by: 400ms")
        if (self.fault == "skew") != ((self.ahead is None) != (self.behind is None)):
            raise BadSetting("fault", "`ahead` or `behind` says how wrong `skew` is, and nothing else", "ahead: 2s")
        if (self.channel or self.symbol) and self.fault not in (*MESSAGES, "slow"):
            raise BadSetting("fault", f"{self.fault} meets the whole venue, not a channel or a symbol of it")
        if self.share < 1 and self.fault not in PARTLY:
            raise BadSetting("share", f"{self.fault} meets everything while it lasts")
        return self

    def plain(self) -> Fault:
        """Return the fault as the venue takes it."""
        return Fault(
            kind=self.fault,
            at=tuple(int(moment) for moment in self.at),
            every=int(self.every or 0),
            lasts=int(self.lasts or 0),
            channel=self.channel or "",
            symbol=str(self.symbol or "").replace("/", ""),
            share=float(self.share),
            amount=int(self.by or self.ahead or 0) - int(self.behind or 0),
        )


class FaultsFile(Spec):
    """What goes wrong at a rehearsal venue."""

    cryptoflow: Literal[1] = Field(description="version of the file's language", examples=["1"])
    faults: tuple[Entry, ...] = Field(description="kinds of trouble, as many as one likes")


def faults_of(named: str, seed: int) -> Script:
    """Return the script of a profile by its name, or of a file."""
    own = Path(named)
    file = own if own.suffix in (".yaml", ".yml") else profile_files().get(named)
    if file is None:
        raise CryptoflowError(
            f"there is no profile of faults {named!r}",
            fix=suggestion(named, tuple(profile_files()), "profiles") or "name a YAML file",
        )
    document = load(file)
    problems: list[Problem] = list(document.problems)
    found = shaped(FaultsFile, document.tree, problems) if document.tree else None
    if found is None or problems:
        raise CryptoflowError(problems)
    return Script(tuple(entry.plain() for entry in found.faults), seed)


def profile_files() -> dict[str, Path]:
    """Return the files of the profiles that ship, by name."""
    return {file.stem: file for file in sorted((Path(faults.__file__).parent / "profiles").glob("*.yaml"))}
