"""What a change of configs means for trading: every pipeline it reaches, value by value."""

import os
from collections.abc import Iterator, Sequence
from math import isnan, nan
from pathlib import Path
from typing import NamedTuple

from cryptoflow.domain.records import Past
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.market.venues import fees_of
from cryptoflow.pipelines.explaining.ceilings import Ceilings, laid_over, read_tiers, shipped
from cryptoflow.pipelines.explaining.in_force import Value, in_force
from cryptoflow.pipelines.resolve import Reading, read
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.review.changes import Change, changes
from cryptoflow.pipelines.review.changes import Side as Was
from cryptoflow.pipelines.review.directions import OPTIMISTIC, TAGS, Judgement, Tag
from cryptoflow.pipelines.review.sides import Side, handed_over, side
from cryptoflow.pipelines.review.single import OWN, part_values, strategy_values, tier_values
from cryptoflow.plugins.guests import FOLDER
from cryptoflow.plugins.kinds import Sizer
from cryptoflow.plugins.registry import Plugin
from cryptoflow.spec.execution import Costs, Fees

PIPELINE, STRATEGY, TIER, PART = "pipeline", "strategy", "tier", "part of a spec"
SINGLE = {STRATEGY: strategy_values, TIER: tier_values, PART: part_values}
CHANGED, ADDED, REMOVED = "changed", "added", "removed"
TIERS = "tiers"
OVERLAID = " --env "
PRICE, STOP = 100.0, 98.0
"""A typical entry, on which two ways of sizing are compared."""
DIGITS = 10
"""How much of a digest tells two files apart."""
QUANTITY, VOLUME = 1.0, 100.0
"""A typical fill and what its bar traded, on which two kinds of slippage are compared."""


class Entry(NamedTuple):
    """A pipeline, or a file that none uses, and what has changed in it."""

    name: str
    kind: str
    what: str
    changes: tuple[Change, ...] = ()


class Known(NamedTuple):
    """A document as one side has it: its values, and the files it was made of."""

    kind: str
    values: tuple[Value, ...]
    files: frozenset[Path]
    resolved: Resolved | None


Documents = dict[str, Known]


def diff(before: str, after: str) -> tuple[Entry, ...]:
    """Compare two files, or all specs of two folders; either may be `REV:path`."""
    with side(before) as one, side(after) as other:
        if one.root.is_dir() != other.root.is_dir():
            raise CryptoflowError(
                "one is a file and the other a folder", fix="name two files, or two folders", code=ExitCode.USAGE
            )
        old, new = _known(one), _known(other)
        if one.root.is_file():
            return _two_files(old, new, other)
        return compared(old, new)


def diff_of_file(path: str, before: str, after: str) -> tuple[Entry, ...]:
    """Compare two contents of one file, as git hands them over, in every spec of its project that it reaches."""
    one, other = handed_over(Path(path), before), handed_over(Path(path), after)
    return compared(_known(one, only=Path(path)), _known(other, only=Path(path)))


def compared(old: Documents, new: Documents) -> tuple[Entry, ...]:
    """What has changed from one folder to another, told once: under the pipelines that it reaches."""
    entries = {name: entry for name in _names(old, new) if (entry := _entry(name, old, new)) is not None}
    used = {file for known in (*old.values(), *new.values()) if known.kind == PIPELINE for file in known.files}
    told = (_beyond(entry, entries.get(name.partition(OVERLAID)[0], entry)) for name, entry in entries.items())
    return tuple(entry for entry in told if entry is not None and not _reached(entry, (old, new), used))


def _reached(entry: Entry, sides: Sequence[Documents], used: set[Path]) -> bool:
    """Whether pipelines tell of a strategy, or of a part of theirs, already."""
    return entry.kind in (STRATEGY, PART) and any(side[entry.name].files & used for side in sides if entry.name in side)


def _beyond(entry: Entry, plain: Entry) -> Entry | None:
    """What an overlay adds to the changes that its spec has without it; nothing, when it adds none."""
    if entry is plain:
        return entry
    more = tuple(change for change in entry.changes if change not in plain.changes)
    return entry._replace(changes=more) if more else None


def _names(old: Documents, new: Documents) -> Sequence[str]:
    return sorted({*old, *new}, key=lambda name: ((new.get(name) or old[name]).kind, name))


def _entry(name: str, old: Documents, new: Documents) -> Entry | None:
    one, other = old.get(name), new.get(name)
    if one is None or other is None:
        known = one or other
        return known and Entry(name, known.kind, ADDED if one is None else REMOVED)
    if one.kind != other.kind:
        raise CryptoflowError(f"{name} was a {one.kind} and is a {other.kind}", fix="compare files of one kind")
    found = tuple(change._replace(key=change.key.removeprefix(OWN)) for change in _changes(one, other))
    return Entry(name, other.kind, CHANGED, found) if found else None


def _changes(one: Known, other: Known) -> tuple[Change, ...]:
    if one.resolved is None or other.resolved is None:
        return changes(one.values, other.values)
    capital = max(float(each.resolved.pipeline.capital) for each in (one, other) if each.resolved)
    known = dict(_judgements(one.resolved, other.resolved, capital))
    return (*changes(one.values, other.values, capital, known), *_code(one.resolved, other.resolved))


def _code(one: Resolved, other: Resolved) -> Iterator[Change]:
    """Plugin files of both sides whose code is another: what it does can only be read."""
    old, new = ({Path(guest.origin).name: guest.digest for guest in each.guests} for each in (one, other))
    for name in old.keys() & new.keys():
        if old[name] != new[name]:
            before, after = (Was(digest[:DIGITS], f"{FOLDER}/{name}") for digest in (old[name], new[name]))
            yield Change(f"plugins.{name}", before, after, Tag.NEUTRAL, "its code changed: read it by itself")


def _two_files(old: Documents, new: Documents, named: Side) -> tuple[Entry, ...]:
    (one,), (other,) = old.values(), new.values()
    entry = _entry(named.root.name, {named.root.name: one}, {named.root.name: other})
    return (entry,) if entry else ()


def _judgements(one: Resolved, other: Resolved, capital: float) -> Iterator[tuple[str, Judgement]]:
    """What values alone cannot tell: another way of sizing, and fees that are the venue's on one side."""
    if one.sizer.plugin_name != other.sizer.plugin_name:
        old, new = (_wanted(each, capital) for each in (one, other))
        if old != new and not (isnan(old) or isnan(new)):
            why = f"an entry with a stop 2% away would be {new:,.2f} instead of {old:,.2f}"
            yield "sizing", Judgement(TAGS[1 if new > old else -1], why)
    yield from _slippages(one, other)
    before, after = _fees(one), _fees(other)
    if before != after and None not in (before, after):
        assert before is not None
        assert after is not None
        cheaper = all(new <= old for old, new in zip(before, after, strict=True))
        dearer = all(new >= old for old, new in zip(before, after, strict=True))
        judgement = Judgement(Tag.UP, OPTIMISTIC) if cheaper else Judgement(Tag.DOWN if dearer else Tag.NEUTRAL)
        yield "execution.costs.fees", judgement


def _slippages(one: Resolved, other: Resolved) -> Iterator[tuple[str, Judgement]]:
    """What another plugin of slippage makes of a typical fill."""
    plugins = one.slippage, other.slippage
    if plugins[0] is None or plugins[1] is None or plugins[0].plugin_name == plugins[1].plugin_name:
        return
    old, new = (_lost(each) for each in plugins if each is not None)
    why = f"a fill of {QUANTITY / VOLUME:.0%} of a bar's volume loses {new * 1e4:.3g} bps instead of {old * 1e4:.3g}"
    why = f"{OPTIMISTIC}: {why}" if new < old else why
    yield "execution.costs.slippage", Judgement(TAGS[(new < old) - (new > old)], why)


def _lost(slippage: Plugin) -> float:
    verb = type(slippage).cost  # type: ignore[attr-defined]  # what every slippage has
    return float(verb(1, PRICE, QUANTITY, VOLUME, *slippage.numbers()))


def _wanted(resolved: Resolved, equity: float) -> float:
    """What a sizer would enter before its strategy has closed a trade; NaN of one that has to see bars first."""
    sizer = resolved.sizer
    assert isinstance(sizer, Sizer)
    past = (0.0,) * len(Past.__slots__) if sizer.past else ()
    return float(type(sizer).notional(equity, equity, PRICE, STOP, *(nan,) * len(sizer.let), *past, *sizer.numbers()))


def _fees(resolved: Resolved) -> tuple[float, float] | None:
    costs = resolved.pipeline.execution.costs
    if not isinstance(costs, Costs):
        return None
    if isinstance(costs.fees, Fees):
        return float(costs.fees.maker), float(costs.fees.taker)
    return fees_of(resolved.pipeline.market.venue)


def _known(side: Side, only: Path | None = None) -> Documents:
    """Every document of a side that stands by itself; with `only`, those that this file is a part of."""
    readings = [
        (document, spec, read(spec, env=document.env, opener=side.opener))
        for document in side.documents
        for spec in document.under or (document.file,)
    ]
    bases = {absolute(file) for _, _, reading in readings for file in reading.files[1:]}
    found: Documents = {}
    problems: list[Problem] = []
    for document, spec, reading in readings:
        files = frozenset(map(absolute, (*reading.files, document.file, *_tiers(side, spec))))
        concerned = only is None or absolute(only) in files
        if reading.problems:
            part = absolute(document.file) in bases or document.env is not None
            problems.extend(side.problem(each) for each in reading.problems if concerned and not part)
        elif concerned:
            name = side.name(spec) + (f"{OVERLAID}{document.env}" if document.env else "")
            values = tuple(_renamed(value, side) for value in _values(side, spec, reading))
            found[name] = Known(reading.kind, values, files, reading.resolved)
    if problems:
        raise CryptoflowError(dict.fromkeys(problems))
    return found


def absolute(file: Path) -> Path:
    """A file by the one name that it has wherever it was named from."""
    return Path(os.path.abspath(file))  # noqa: PTH100  # links keep their names, which messages show


def _values(side: Side, file: Path, reading: Reading) -> Sequence[Value]:
    if reading.resolved is not None:
        return in_force(reading.resolved, _ceilings(side, file))
    return SINGLE[reading.kind](file, side.opener)


def _renamed(value: Value, side: Side) -> Value:
    offers = tuple(offer._replace(source=side.told(offer.source)) for offer in value.offers)
    return value._replace(offers=offers)


def _ceilings(side: Side, spec: Path) -> Ceilings:
    files = _tiers(side, spec)
    return laid_over(read_tiers(files, side.opener)) if files else shipped()


def _tiers(side: Side, spec: Path) -> tuple[Path, ...]:
    """The project's own tier files: those of the nearest folder `tiers` beside or above a spec."""
    files = [document.file for document in side.documents if document.file.parent.name == TIERS]
    if side.root.is_file():
        files = [*(spec.parent / TIERS).glob("*.yaml")]
    for parent in spec.parents:
        found = tuple(file for file in files if file.parent.parent == parent)
        if found:
            return found
    return ()
