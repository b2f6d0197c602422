"""What a spec makes use of and the tier that its run begins in does not unlock: told before anything is refused."""

from collections.abc import Iterator, Sequence

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.pipelines.assemble import COUNTED, starting_tier, symbols_of
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tiers.table import table_of
from cryptoflow.spec.features import Need
from cryptoflow.spec.tier_file import TierFile


def refuse_locked(resolved: Resolved) -> None:
    """Refuse a run whose every entry its first tier would: of an account that trades nothing nobody learns anything."""
    if resolved.pipeline.discipline == "off":
        return
    tier = starting_tier(resolved)
    lacking = [locked_of(resolved, tier, place) for place in range(len(resolved.strategies))]
    if all(lacking):
        need = lacking[0][0]
        written, upper, capital = resolved.origin(need.path), tier_of(resolved, need), resolved.pipeline.capital
        raise CryptoflowError(
            f"{need.what} need tier {need.tier} ({upper.name}), but {capital} begin in tier "
            f"{tier.tier} ({tier.name}), so nothing would be entered",
            where=written.place if written else None,
            fix=f"write `capital: {upper.equity.low:g} {capital.currency}`, or `discipline: off` for research",
            code=ExitCode.REFUSED,
        )


def of_the_locks(resolved: Resolved) -> Iterator[str]:
    """Say what a run may not enter at first, though something else it may."""
    if resolved.pipeline.discipline == "off":
        return
    tier = starting_tier(resolved)
    where = f"tier {tier.tier} ({tier.name})"
    for place, strategy in enumerate(resolved.strategies):
        for need in locked_of(resolved, tier, place):
            yield f"Locked in {where}: {need.what} of strategy {strategy.id}, which needs tier {need.tier}."
    symbols, strategies = len(resolved.symbols), len(resolved.strategies)
    if symbols > symbols_of(tier):
        yield f"Locked in {where}: all symbols after {', '.join(resolved.symbols[: symbols_of(tier)])}."
    if tier.limits is not None and strategies > tier.limits.strategies:
        first = ", ".join(strategy.id for strategy in resolved.strategies[: tier.limits.strategies])
        yield f"Locked in {where}: all strategies after {first}."


def locked_of(resolved: Resolved, tier: TierFile, strategy: int) -> Sequence[Need]:
    """Return what a strategy's orders make use of that a tier does not unlock."""
    return [
        need
        for need in resolved.needed
        if need.feature not in {*COUNTED, *tier.unlocks}
        and (need.path[:1] != ("strategies",) or need.path[1] == strategy)
    ]


def tier_of(resolved: Resolved, need: Need) -> TierFile:
    """Return the tier that a feature takes."""
    return next(tier for tier in table_of(resolved).tiers if tier.tier == need.tier)
