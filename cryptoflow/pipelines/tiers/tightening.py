"""A project's tiers held against those that ship: they may only tighten."""

from collections.abc import Iterator
from typing import Any

from cryptoflow.errors import Place, Problem
from cryptoflow.pipelines.blocks import Named
from cryptoflow.pipelines.gates import Asked, blocks_of, gates_of
from cryptoflow.spec.tier_file import TierFile, TierLimits
from cryptoflow.spec.tree import Path, Tree

MORE, LESS = 1, -1

STRICTER = {
    "promotion": {
        **dict.fromkeys(("min", "days", "trades", "win_rate", "profit_factor", "above"), MORE),
        **dict.fromkeys(("max", "largest", "step"), LESS),
    },
    "demotion": {
        **dict.fromkeys(("min", "days", "above", "minutes", "count", "cost"), LESS),
        "within": MORE,
    },
}
"""Which way a setting of a gate tightens, in each list of a tier file; any other has to be as it ships."""

WINDOWS = {("sharpe", "days")}
"""Settings that say which days are looked at: more of them are neither more nor less to ask."""

FIX = "a project's tiers may only tighten those that ship; the line says what ships"


def looser(mine: TierFile, tree: Tree, ships: TierFile, shipped: Tree) -> Iterator[Problem]:
    """Return everything in which a tier asks less, or allows more, than the one that ships."""
    if mine.equity.low < ships.equity.low or unit(mine.equity) != unit(ships.equity):
        yield problem(tree, ("equity",), f"equity begins with {mine.equity.low:f}", f"begins with {ships.equity.low:f}")
    for place, word in enumerate(mine.unlocks):
        if word not in ships.unlocks:
            yield problem(tree, ("unlocks", place), f"{word} is unlocked", f"unlocks it in no tier up to {mine.tier}")
    yield from looser_limits(mine, tree, ships)
    yield from looser_protection(mine, tree, ships)
    yield from looser_gates(tree, shipped)


def looser_limits(mine: TierFile, tree: Tree, ships: TierFile) -> Iterator[Problem]:
    """Return every limit that allows more."""
    if ships.limits is None:
        if mine.limits is not None:
            yield problem(tree, ("limits",), "real money is allowed", "allows none")
        return
    if mine.limits is None:
        yield problem(tree, ("limits",), "limits are left out", "has them")
        return
    for name in TierLimits.model_fields:
        asked, most = getattr(mine.limits, name), getattr(ships.limits, name)
        if most is not None and (asked is None or float(asked) > float(most) or unit(asked) != unit(most)):
            said = "any number" if asked is None else asked
            yield problem(tree, ("limits", name), f"limits.{name} is {said}", f"allows {most}")


def looser_protection(mine: TierFile, tree: Tree, ships: TierFile) -> Iterator[Problem]:
    """Return what lets size come back sooner after a promotion, or an account come up sooner after a demotion."""
    own, least = mine.protection, ships.protection
    for name, asks_less in (
        ("phases", any(share > most for share, most in zip(own.phases, least.phases, strict=True))),
        ("each", int(own.each) < int(least.each)),
        ("wait", int(own.wait) < int(least.wait)),
    ):
        if asks_less:
            said, ship = plain(getattr(own, name)), plain(getattr(least, name))
            yield problem(tree, ("protection", name), f"protection.{name} is {said}", f"asks {ship}")


def unit(limit: Any) -> str:
    """Return the currency of a limit, nothing for a number."""
    return str(getattr(limit, "currency", ""))


def looser_gates(tree: Tree, shipped: Tree) -> Iterator[Problem]:
    """Return every gate that is left out or asks less; further gates are welcome."""
    mine, ships = gates_of(tree), gates_of(shipped)
    paths = {gate_in(block): block.path for _, block in blocks_of(tree)}
    parts = {gate_in(block): part for part, block in blocks_of(shipped)}
    for name, asked in ships.items():
        if name not in mine:
            yield problem(tree, (parts[name],), f"{parts[name]} lacks the gate `{name}`", f"asks {written(asked)}")
            continue
        for setting in type(asked.gate).model_fields:
            own, least = getattr(mine[name].gate, setting), getattr(asked.gate, setting)
            if not is_tighter(parts[name], name, setting, own, least):
                said = f"`{name}` asks {setting} {plain(own)}"
                yield problem(tree, (*paths[name], setting), said, f"asks {plain(least)}")


def gate_in(block: Named) -> str:
    """Return the gate that a block names."""
    use = block.tree.get("use")
    return str(use.value) if use is not None else ""


def is_tighter(part: str, gate: str, setting: str, own: Any, ships: Any) -> bool:
    """Say whether a setting of a gate asks as much as the one that ships, or more.

    >>> is_tighter("promotion", "trades", "min", 120, 100), is_tighter("demotion", "day_loss", "above", 0.2, 0.15)
    (True, False)
    >>> is_tighter("promotion", "sharpe", "days", 60, 30), is_tighter("promotion", "evidence", "of", ("a", "b"), ("a",))
    (False, True)
    """
    if isinstance(ships, tuple):
        return set(own) >= set(ships)
    way = stricter(part, gate, setting)
    return bool(own == ships or (way == MORE and own > ships) or (way == LESS and own < ships))


def stricter(part: str, gate: str, setting: str) -> int:
    """Return which way a setting of a gate tightens, 0 for one that has to be as it ships."""
    return 0 if (gate, setting) in WINDOWS else STRICTER[part].get(setting, 0)


def written(asked: Asked) -> str:
    """Return a gate as a tier file has it."""
    settings = asked.gate.model_dump(mode="json", exclude_defaults=True)
    return "{" + ", ".join([f"use: {asked.gate.plugin_name}", *(f"{k}: {plain(v)}" for k, v in settings.items())]) + "}"


def plain(value: Any) -> str:
    """Return a setting as people write it."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple | list) else str(value)


def problem(tree: Tree, path: Path, what: str, ships: str) -> Problem:
    """Return what is looser, with its place, and what ships."""
    return Problem(f"{what}, but the tier that ships {ships}", place_of(tree, path), FIX)


def place_of(tree: Tree, path: Path) -> Place:
    """Return where something is written, or where it would be."""
    while path:
        found = tree.at(path)
        if found is not None:
            return found.place
        path = path[:-1]
    return tree.place
