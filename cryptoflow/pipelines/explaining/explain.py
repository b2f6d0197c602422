"""Why a value of a spec is what it is."""

from collections.abc import Sequence
from typing import Any

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.explaining.ceilings import shipped
from cryptoflow.pipelines.explaining.in_force import HIDDEN, Value, in_force, masked
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.spec.nearest import nearest

Explained = tuple[Value, ...]

LOWEST = 1
"""The tier below which no simulated account falls."""


def explain(resolved: Resolved, key: str | None = None, tier: int | None = None) -> Explained:
    """Every value in force, or those at and below a dotted key; limits in the first tier of a run, or in another."""
    if tier is not None and tier not in tiers_of(resolved):
        raise CryptoflowError(
            f"a run of {resolved.pipeline.name} is never in tier {tier}",
            fix=f"it may be in tier {', '.join(map(str, tiers_of(resolved)))}",
            code=ExitCode.USAGE,
        )
    values = tuple(value.as_written() for value in in_force(resolved, tier=tier))
    if key is None:
        return values
    asked = by_name(resolved, key)
    found = tuple(value for value in values if value.key == asked or value.key.startswith(f"{asked}."))
    if not found:
        raise CryptoflowError(f"no value is called `{key}`", fix=_near(key, values), code=ExitCode.USAGE)
    return found


def tiers_of(resolved: Resolved) -> tuple[int, ...]:
    """The tiers that a simulated run of a spec may be in: the spec's own `tier:` is the highest."""
    highest = resolved.pipeline.tier
    known = (tier.tier for tier in shipped().tiers)
    return tuple(tier for tier in known if LOWEST <= tier <= max(LOWEST, tier if highest is None else highest))


def by_name(resolved: Resolved, key: str) -> str:
    """A key with positions in lists replaced by the names that stand there."""
    parts = key.split(".")
    names: dict[str, Sequence[str]] = {
        "strategies": [strategy.id for strategy in resolved.strategies],
        "risk.rules": [rule.plugin_name for rule in resolved.rules],
    }
    for listed, known in names.items():
        depth = listed.count(".") + 1
        if ".".join(parts[:depth]) == listed and len(parts) > depth and parts[depth].isdecimal():
            position = int(parts[depth])
            parts[depth] = known[position] if position < len(known) else parts[depth]
    return ".".join(parts)


def whole(resolved: Resolved) -> str:
    """The spec with every default filled in, as YAML that loads again; what comes from the environment stays there."""
    text = resolved.to_yaml()
    for secret in sorted(_secrets(resolved.spec()), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def _secrets(values: Any, name: str = "") -> set[str]:
    if isinstance(values, dict):
        return {secret for key, inside in values.items() for secret in _secrets(inside, key)}
    if isinstance(values, list):
        return {secret for inside in values for secret in _secrets(inside, name)}
    return {values} if isinstance(values, str) and masked(name, values) == HIDDEN else set()


def _near(key: str, values: Explained) -> str:
    known: dict[str, None] = {}
    for value in values:
        parts = value.key.split(".")
        known |= dict.fromkeys(".".join(parts[:length]) for length in range(1, len(parts) + 1))
    near = nearest(key, tuple(known)) or next((each for each in known if each.endswith(f".{key}")), "")
    return f"did you mean `{near}`?" if near else "`cryptoflow explain SPEC` lists all"
