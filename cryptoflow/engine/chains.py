"""Plugins' verbs strung into the three functions that the decision calls, as source text for both drivers.

Compiled code cannot walk a list of functions, so the chain is written out: one line per plugin, settings from a
table. The event driver runs the same text as plain Python.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cryptoflow.domain.review import bound, within_means
from cryptoflow.domain.steps import Step
from cryptoflow.engine.plan import Plan, Verbs

Namespace = dict[str, Any]
OURS = "cryptoflow."
ENTRY, ACCOUNT = "equity, cash, price, stop", "entry, account"
FILL = "side, price, quantity, volume"


def settings_of(step: Step, given: str) -> int:
    """Count the settings a verb takes beyond what every verb of its kind is given."""
    return int(step.function.__code__.co_argcount) - len(given.split(", "))


def choose(name: str, given: str, steps: Sequence[Step]) -> str:
    """Write a function that calls one of `steps` by its number."""
    lines = [f"def {name}(kind, {given}, settings):"]
    for place, step in enumerate(steps):
        own = "".join(f", settings[{column}]" for column in range(settings_of(step, given)))
        lines += [f"    if kind == {place}:", f"        return {name}_{place}({given}{own})"]
    return "\n".join([*lines, "    return 0.0"])


def fold(steps: Sequence[Step]) -> str:
    """Write the review: what the account can pay for, then every rule in turn, the smallest headroom binding."""
    lines = [
        "def review(entry, account, verdict, allocation, discipline, settings):",
        "    within_means(entry, account, verdict, allocation)",
        "    if discipline == 0:",
        "        return",
    ]
    for place, step in enumerate(steps):
        own = "".join(f", settings[{place}][{column + 1}]" for column in range(settings_of(step, ACCOUNT)))
        lines += [
            f"    if settings[{place}][0] == 1.0:",
            f"        bound(verdict, rule_{place}({ACCOUNT}{own}), {place})",
        ]
    return "\n".join(lines)


def source(verbs: Verbs) -> str:
    """Write all three chains."""
    chains = (choose("size", ENTRY, verbs.sizers), fold(verbs.rules), choose("slip", FILL, verbs.slippages))
    return "\n\n\n".join(chains) + "\n"


def parts(plan: Plan) -> list[tuple[str, Callable[..., Any]]]:
    """Return every verb and every indicator of a plan by the name people know it by."""
    kinds = (("sizer", plan.verbs.sizers), ("rule", plan.verbs.rules), ("slippage", plan.verbs.slippages))
    steps = [(f"{kind} {step.name}", step.function) for kind, steps in kinds for step in steps]
    return [*steps, *((f"indicator {name}", function.step) for name, function in plan.functions.items())]


def is_foreign(function: Callable[..., Any]) -> bool:
    """Say whether a function came with a guest rather than with the package."""
    return not function.__module__.startswith(OURS)


def namespace(verbs: Verbs, prepare: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Namespace:
    """Return the names that the source refers to, each function prepared by the driver that will run it."""
    names: Namespace = {"bound": prepare(bound), "within_means": prepare(within_means)}
    for prefix, steps in (("size", verbs.sizers), ("rule", verbs.rules), ("slip", verbs.slippages)):
        names |= {f"{prefix}_{place}": prepare(step.function) for place, step in enumerate(steps)}
    return names
