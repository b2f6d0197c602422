"""Plugins' verbs strung into the functions that the decision calls, as source text for both drivers.

Compiled code cannot walk a list of functions, so the chain is written out: one line per plugin, settings from a
table. The event driver runs the same text as plain Python, but for what a strategy in Python keeps between bars:
there it is any object, in compiled code a row of numbers.
"""

from collections.abc import Callable, Sequence
from typing import Any

from cryptoflow.domain.discipline.gates import DEMOTION, PROMOTION, Finding
from cryptoflow.domain.records import Past
from cryptoflow.domain.review import bound, note, scaled, within_means
from cryptoflow.domain.steps import Script, Step
from cryptoflow.engine.plan import Plan, Verbs

Namespace = dict[str, Any]
OURS = "cryptoflow."
ENTRY, ACCOUNT = "equity, cash, price, stop", "entry, account"
FILL = "side, price, quantity, volume"
RECORD = "evidence, days, stops"


def settings_of(function: Callable[..., Any], given: str) -> int:
    """Count the settings a verb takes beyond what every verb of its kind is given."""
    return int(function.__code__.co_argcount) - len(given.split(", "))


def choose(name: str, given: str, also: str, steps: Sequence[Step]) -> str:
    """Write a function that calls one of `steps` by its number."""
    lines = [f"def {name}(kind, {given}, {also}settings):"]
    for place, step in enumerate(steps):
        before = ["seen[" + str(column) + "]" for column in range(step.reads)]
        before += [f"past.{field}" for field in Past.__slots__ if step.past]
        count = settings_of(step.function, given) - len(before)
        own = "".join(f", {value}" for value in [*before, *(f"settings[{column}]" for column in range(count))])
        lines += [f"    if kind == {place}:", f"        return {name}_{place}({given}{own})"]
    return "\n".join([*lines, "    return 0.0"])


def converse(scripts: Sequence[Script], plain: bool) -> str:
    """Write the function that asks a strategy in Python for its signal."""
    lines = ["def ask(kind, mind, bar, held, signal, seen, settings):"]
    for place, script in enumerate(scripts):
        values = [f"seen[{column}]" for column in range(script.reads)]
        values += [read(f"settings[{column}]", int if whole else float) for column, whole in enumerate(script.whole)]
        given = ", ".join(["bar", "held", "signal", *values])
        lines.append(f"    if kind == {place}:")
        if plain:
            lines.append(f"        mind[0] = ask_{place}(mind[0], {given})")
            continue
        known = ", ".join(read(f"mind[{column}]", kind) for column, kind in enumerate(script.kinds))
        lines.append(f"        after = ask_{place}(State_{place}({known}), {given})")
        fields = zip(script.state._fields, script.kinds, strict=True)
        lines += [
            f"        mind[{column}] = {keep(f'after.{field}', kind)}" for column, (field, kind) in enumerate(fields)
        ]
    return "\n".join([*lines, "    return"])


def read(source: str, kind: type[Any]) -> str:
    """Write how a number of some kind is read where it is kept as a float.

    >>> read("mind[0]", int), read("mind[1]", bool)
    ('int(mind[0])', 'mind[1] != 0.0')
    """
    return {int: f"int({source})", bool: f"{source} != 0.0"}.get(kind, source)


def keep(source: str, kind: type[Any]) -> str:
    """Write how a number of some kind is kept as a float; the compiler refuses a count that is no whole number.

    >>> keep("after.waited", int), keep("after.top", float)
    ('after.waited | 0', 'after.top')
    """
    return f"{source} | 0" if kind is int else source


def fold(steps: Sequence[Step]) -> str:
    """Write the review: what the account can pay for, then every rule in turn, the smallest headroom binding.

    Of what is held and what that leaves together, the smallest factor takes its share, so that adding escapes none;
    factors do not multiply.
    """
    lines = [
        "def review(entry, account, verdict, allocation, discipline, settings):",
        "    within_means(entry, account, verdict, allocation)",
        "    if discipline == 0:",
        "        return",
    ]
    for place, step in enumerate(steps):
        lines += [
            f"    if settings[{place}][0] == 1.0:",
            f"        bound(verdict, {asked('rule', place, step.function)}, {place})",
        ]
    lines += ["    left = verdict.notional", "    held = account.symbol_exposure"]
    for place, step in enumerate(steps):
        if step.size_factor is not None:
            lines += [
                f"    if settings[{place}][0] == 1.0 and left > 0.0:",
                f"        bound(verdict, scaled(left, held, {asked('factor', place, step.size_factor)}), {place})",
            ]
    lines += [
        "    if account.size < 1.0 and left > 0.0:",
        "        bound(verdict, scaled(left, held, account.size), account.size_by)",
    ]
    return "\n".join(lines)


def asked(verb: str, place: int, function: Callable[..., Any]) -> str:
    """Write the call of a rule's verb, its settings taken from the table."""
    own = "".join(f", settings[{place}][{column + 1}]" for column in range(settings_of(function, ACCOUNT)))
    return f"{verb}_{place}({ACCOUNT}{own})"


def promote(steps: Sequence[Step]) -> str:
    """Write the question whether every gate that a tier asks of whoever comes up is met; one that asks none is shut."""
    lines = ["def promotes(evidence, days, stops, settings):", "    asked = 0"]
    for place, step in enumerate(steps):
        lines += [
            f"    if settings[{place}][0] == {PROMOTION}:",
            "        asked += 1",
            f"        if {judged(place, step)}.met == 0:",
            "            return False",
        ]
    return "\n".join([*lines, "    return asked > 0"])


def demote(steps: Sequence[Step]) -> str:
    """Write the question which gate sends down from a tier first, and what it found; -1 where none does."""
    lines = ["def demotes(evidence, days, stops, settings):"]
    for place, step in enumerate(steps):
        lines += [
            f"    if settings[{place}][0] == {DEMOTION}:",
            f"        found = {judged(place, step)}",
            "        if found.met == 1:",
            f"            return {place}, found",
        ]
    return "\n".join([*lines, "    return -1, Finding(0.0, 0.0, 0)"])


def judged(place: int, step: Step) -> str:
    """Write the call of a gate, its settings taken from the table."""
    own = "".join(f", settings[{place}][{column + 1}]" for column in range(settings_of(step.function, RECORD)))
    return f"gate_{place}({RECORD}{own})"


def account_for(steps: Sequence[Step]) -> str:
    """Write the function that notes what the rule that bound looked at; who does not say: what was wanted and left."""
    lines = [
        "def tell(entry, account, verdict, line, settings):",
        "    line.value = entry.notional",
        "    line.limit = verdict.notional",
        "    line.measure = 0",
    ]
    for place, step in enumerate(steps):
        if step.reading is not None:
            lines += [
                f"    if verdict.rule == {place}:",
                f"        note(line, {asked('reading', place, step.reading)})",
            ]
    return "\n".join(lines)


def source(verbs: Verbs, plain: bool = False) -> str:
    """Write all chains."""
    chains = (
        converse(verbs.scripts, plain),
        choose("size", ENTRY, "seen, past, ", verbs.sizers),
        fold(verbs.rules),
        choose("slip", FILL, "", verbs.slippages),
        account_for(verbs.rules),
        promote(verbs.gates),
        demote(verbs.gates),
    )
    return "\n\n\n".join(chains) + "\n"


def parts(plan: Plan) -> list[tuple[str, Callable[..., Any]]]:
    """Return every verb and every indicator of a plan by the name people know it by."""
    verbs = plan.verbs
    kinds = (("sizer", verbs.sizers), ("rule", verbs.rules), ("slippage", verbs.slippages), ("gate", verbs.gates))
    steps = [(f"{kind} {step.name}", verb) for kind, steps in kinds for step in steps for verb in step.functions()]
    steps += [(f"strategy {script.name}", script.decide) for script in verbs.scripts]
    return [*steps, *((f"indicator {name}", function.step) for name, function in plan.functions.items())]


def is_foreign(function: Callable[..., Any]) -> bool:
    """Say whether a function came with a guest rather than with the package."""
    return not function.__module__.startswith(OURS)


def namespace(verbs: Verbs, prepare: Callable[[Callable[..., Any]], Callable[..., Any]]) -> Namespace:
    """Return the names that the source refers to, each function prepared by the driver that will run it."""
    names: Namespace = {one.__name__: prepare(one) for one in (bound, note, scaled, within_means)} | {
        "Finding": Finding
    }
    chosen = (("size", verbs.sizers), ("rule", verbs.rules), ("slip", verbs.slippages), ("gate", verbs.gates))
    for prefix, steps in chosen:
        names |= {f"{prefix}_{place}": prepare(step.function) for place, step in enumerate(steps)}
    for place, script in enumerate(verbs.scripts):
        names |= {f"ask_{place}": prepare(script.decide), f"State_{place}": script.state}
    for place, step in enumerate(verbs.rules):
        names |= {f"factor_{place}": prepare(step.size_factor)} if step.size_factor is not None else {}
        names |= {f"reading_{place}": prepare(step.reading)} if step.reading is not None else {}
    return names
