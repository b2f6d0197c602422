"""Bars of files that others wrote, judged row by row and put into the store."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.market.times import moment
from cryptoflow.pipelines.data.agreement import agree
from cryptoflow.pipelines.data.facts import key_facts
from cryptoflow.pipelines.data.misspelt import refuse_misspelt
from cryptoflow.pipelines.data.whose import Whose
from cryptoflow.pipelines.home import home_of
from cryptoflow.report.summary import iso

if TYPE_CHECKING:
    from cryptoflow.market.flaws import Flaw
    from cryptoflow.market.importing.sifting import Sifted
    from cryptoflow.market.store.key import Key
    from cryptoflow.market.store.manifest import Manifest
    from cryptoflow.market.store.store import Store


class Wish(NamedTuple):
    """What is said of the files to import: whose bars they hold, how they are written, and what may be done."""

    whose: Whose = Whose()
    columns: str = ""
    zone: str | None = None
    drop_bad: bool = False
    replace: bool = False
    dry_run: bool = False
    new_venue: bool = False


class Imported(NamedTuple):
    """What came of one file: the bars of which key it held, and how many of them were new to the store."""

    key: "Key"
    sifted: "Sifted"
    added: int = 0
    known: int = 0
    replaced: int = 0

    def plain(self) -> dict[str, Any]:
        """Return it as programs read it."""
        bars, (first, last) = self.sifted.bars, self.sifted.bars.ends()
        return {
            "file": self.sifted.sheet.name,
            **key_facts(self.key),
            "rows": self.sifted.rows,
            "bars": len(bars),
            "start": iso(first),
            "end": iso(last + bars.timeframe),
            "missing": bars.gaps(),
            "repeated": self.sifted.repeated,
            "added": self.added,
            "duplicates": self.known,
            "replaced": self.replaced,
            "notes": list(bars.notes),
            "defects": len(self.sifted.flaws),
            "declared": [_plain(flaw) for flaw in self.sifted.flaws],
        }


def import_files(
    files: Sequence[Path],
    wish: Wish,
    clock: Clock | None = None,
    draw: Callable[[int, int], None] | None = None,
) -> list[Imported]:
    """Put the bars of files into the store, and return what came of each.

    All files are judged before the first bar is stored. Rows that cannot be bars refuse all of it, unless the wish
    is to leave them out: then each is declared with the bars. `draw` is told how many files are done.
    """
    from cryptoflow.market.store.store import Store

    clock = clock or MachineClock()
    if wish.zone not in (None, "UTC"):
        fix = "convert the times: clocks that change have hours twice"
        raise CryptoflowError(f"--zone: {wish.zone} is not UTC", fix=fix, code=ExitCode.USAGE)
    store = Store(home_of() / "data", clock)
    wish.whose.checked()
    if wish.whose.venue and not wish.new_venue:
        refuse_misspelt(wish.whose.venue, store)
    judged = []
    for done, file in enumerate(files):
        judged.append(_judged(file, wish, clock.now()))
        if draw:
            draw(done + 1, len(files))
    refused = [problem for each in judged for problem in _refusals(each.sifted, wish)]
    if refused:
        raise CryptoflowError(refused)
    sides = ((each.sifted.sheet.name, each.key, each.sifted.bars) for each in judged)
    agree(sides, None if wish.replace else store)
    return judged if wish.dry_run else [_stored(each, store, replace=wish.replace) for each in judged]


def _judged(file: Path, wish: Wish, now: int) -> Imported:
    from cryptoflow.market.importing.mapping import columns_of
    from cryptoflow.market.importing.reading import read
    from cryptoflow.market.importing.sifting import sift, usual_step

    told = read(file, columns_of(wish.columns) if wish.columns else None, wish.zone)
    key = wish.whose.key(file, usual_step(told))
    return Imported(key, sift(told, key.symbol, key.timeframe, now))


def _refusals(sifted: "Sifted", wish: Wish) -> list[Problem]:
    """Why a file cannot be imported as the wish is: none of its rows is good, or too many are bad."""
    from cryptoflow.market.flaws import problems

    name, bad = sifted.sheet.name, len(sifted.flaws)
    if not sifted.rows:
        return [Problem(f"{name} has no rows", fix="get the file again from where it comes")]
    if not bad or (wish.drop_bad and bad < len(sifted.bars)):
        return []
    rows = f"{bad:,} of {sifted.rows:,} rows"
    if bad < len(sifted.bars):
        head = Problem(f"{name}: {rows} cannot be bars", fix="`--drop-bad` leaves them out and declares each")
    else:
        fix = "the columns may stand in another order (--columns), or the bars be of another timeframe"
        head = Problem(f"{name}: {rows} cannot be bars: too many to leave out", fix=fix)
    return [head, *problems(name, sifted.sheet.word, sifted.flaws)]


def _stored(judged: Imported, store: "Store", *, replace: bool) -> Imported:
    from cryptoflow.market.store.manifest import Defect
    from cryptoflow.market.store.segments import runs_of

    dataset = store.dataset(judged.key)
    bars, sheet = judged.sifted.bars, judged.sifted.sheet
    before = _counts(dataset.manifest())
    defects = [Defect(f"{sheet.name} {sheet.word} {flaw.row}", declared(flaw)) for flaw in judged.sifted.flaws]
    manifest = dataset.add(bars, runs_of(bars), f"import {sheet.name}", defects, replace=replace)
    added, known, replaced = (now - then for now, then in zip(_counts(manifest), before, strict=True))
    return judged._replace(added=added, known=known, replaced=replaced)


def _plain(flaw: "Flaw") -> dict[str, Any]:
    at = None if flaw.at is None else iso(flaw.at)
    return {"row": flaw.row, "open_at": at, "what": flaw.what, "text": flaw.text}


def declared(flaw: "Flaw") -> str:
    """Return what is wrong with a row that was left out, with its time and text."""
    shown = ", ".join(part for part in (moment(flaw.at) if flaw.at is not None else "", flaw.text) if part)
    return f"{flaw.what} ({shown})" if shown else flaw.what


def _counts(manifest: "Manifest | None") -> tuple[int, int, int]:
    """How many bars were added, were known already and were replaced, over all origins."""
    origins = manifest.origins if manifest else ()
    return (
        sum(origin.rows for origin in origins),
        sum(origin.duplicates for origin in origins),
        sum(origin.replaced for origin in origins),
    )
