"""The gates that a tier file asks, each looked up and its settings checked by itself."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cryptoflow.domain.discipline.gates import DEMOTION, PROMOTION
from cryptoflow.errors import CryptoflowError, Problem
from cryptoflow.pipelines.blocks import Named, instance, named
from cryptoflow.plugins.kinds import Gate
from cryptoflow.spec.tree import Tree

PARTS = {"promotion": PROMOTION, "demotion": DEMOTION}
"""The lists of a tier file that hold gates, and what heads the numbers of those in each."""

BY_DAY = ("day_loss", "day_losses")
"""Gates that look at what a day has lost while it goes on."""


class Asked(NamedTuple):
    """What a tier asks a gate for, a promotion or a demotion, and the gate."""

    head: float
    gate: Gate

    def numbers(self) -> tuple[float, ...]:
        """Return the gate's numbers as the decision reads them."""
        return (self.head, *self.gate.numbers())


def gates_of(tree: Tree) -> dict[str, Asked]:
    """Return the gates of a tier file by name; raises with every mistake in them."""
    problems: list[Problem] = []
    found = gates_in(tree, problems)
    if problems:
        raise CryptoflowError(problems)
    return found


def gates_in(tree: Tree, problems: list[Problem]) -> dict[str, Asked]:
    """Return the gates of a tier file that are well; what is wrong with the others is added to the problems."""
    found: dict[str, Asked] = {}
    for part, block in blocks_of(tree):
        gate = instance(block, False, problems)
        if isinstance(gate, Gate):
            wrong = tuple(misplaced(part, block, gate, found))
            problems.extend(wrong)
            if not wrong:
                found[gate.plugin_name] = Asked(PARTS[part], gate)
    return found


def day_demotion_of(asked: Mapping[str, Asked]) -> float:
    """Return the least loss of a day by which a gate may send down while the day goes on, 1 where none does."""
    return min((float(asked[name].gate.above) for name in BY_DAY if name in asked), default=1.0)  # type: ignore[attr-defined]


def blocks_of(tree: Tree) -> Iterator[tuple[str, Named]]:
    """Return every block of a tier file that names a gate, and the list it stands in."""
    for part in PARTS:
        listed = tree.get(part)
        for position, item in enumerate(listed.value if listed and isinstance(listed.value, tuple) else ()):
            for block in named("gate", (part, position), item):
                yield part, block


def misplaced(part: str, block: Named, gate: Gate, found: Mapping[str, Asked]) -> Iterator[Problem]:
    """What is wrong with where a gate stands: it is there already, or would send down whoever it should let up."""
    name, use = gate.plugin_name, block.tree.get("use")
    where = use.place if use else None
    if name in found:
        yield Problem(f"gate `{name}` is asked twice", where, "a tier asks each gate once; keep the stricter")
    if part != part_of(type(gate)):
        what = f"gate `{name}` cannot stand under `{part}:`"
        yield Problem(what, where, f"it belongs under `{part_of(type(gate))}:`")


def part_of(gate: type[Gate]) -> str:
    """Return the list of a tier file that a gate belongs in."""
    return "demotion" if gate.demotes else "promotion"
