"""The way of `live` to its first order, as far as it goes: spec, tier, lease, credentials, and each may refuse."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from os.path import normpath
from pathlib import Path
from typing import NamedTuple

from cryptoflow.clock import Clock, MachineClock
from cryptoflow.domain.discipline.account import Account
from cryptoflow.domain.journal.recorded import PLAYING
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.market.times import moment
from cryptoflow.pipelines.explaining.ceilings import Ceilings
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.resolve import resolve
from cryptoflow.pipelines.resolved import Resolved
from cryptoflow.pipelines.tiers.showing import Gate, gates_before
from cryptoflow.pipelines.tiers.standing import Standing, standing_of
from cryptoflow.pipelines.tiers.table import table_beside
from cryptoflow.settings import VenueKeys, keys_of
from cryptoflow.spec.features import INSTEAD
from cryptoflow.spec.tier_file import TierFile

Tell = Callable[[str], None]
KeySource = Callable[[str, str], VenueKeys]

SKEW = 60_000
"""Milliseconds that a clock may be behind the journal: a second machine's is never quite the same."""

AT_THE_VENUE = ("equity",)
"""Gates that are judged on the venue's answer, before the first order."""


class Start(NamedTuple):
    """A start that nothing speaks against: what runs, for whom, and in which tier; `exits` says why only to leave."""

    resolved: Resolved
    account: str
    tier: TierFile
    exits: tuple[str, ...] = ()


async def live(
    spec: Path | None,
    *,
    tier: int | None = None,
    account: str | None = None,
    env: str | None = None,
    sets: Sequence[str] = (),
    home: Path | None = None,
    clock: Clock | None = None,
    keys: KeySource = keys_of,
    tell: Tell = lambda _: None,
) -> None:
    """Go as far towards trading as this version does, and say what stands in the way; keys are read last of all."""
    resolved = spec_of(spec, tier, env, sets)
    name = account or str(resolved.pipeline.account)
    clock = clock or MachineClock()
    once = told_once(tell)
    start = await allowed(resolved, name, tier, home, clock, once)
    once(f"{name} is in tier {start.tier.tier} ({start.tier.name}); the table is as it has to be")
    from cryptoflow.pipelines.halting.standing import switch_of
    from cryptoflow.pipelines.halting.unmanned import carried_out
    from cryptoflow.pipelines.journals.writing import appending

    async with appending(name, "live", clock, home) as journal:
        start = await allowed(resolved, name, tier, home, clock, once)  # until now others could write
        before = await switch_of(name, home)
        switch, left = await carried_out(name, before, journal, clock, home)
        if switch is not before:
            tell(f"nothing of {name} is open, so its recovery plan had nothing to do, and has finished")
        keys(name, str(resolved.pipeline.market.venue))
    still = f"; its recovery plan waits for that, and still open are: {'; '.join(left)}" if left else ""
    raise CryptoflowError(
        f"nothing speaks against {resolved.pipeline.name} in tier {start.tier.tier}"
        f"{', for exits only' if start.exits else ''}, "
        f"but this version does not trade yet: no order was sent, and the venue was not asked{still}",
        fix="`cryptoflow backtest` and the probes are there meanwhile",
        code=ExitCode.UNAVAILABLE,
    )


def told_once(tell: Tell) -> Tell:
    """Return what tells a line the first time only."""
    told: set[str] = set()

    def once(line: str) -> None:
        if line not in told:
            told.add(line)
            tell(line)

    return once


def spec_of(spec: Path | None, tier: int | None, env: str | None, sets: Sequence[str]) -> Resolved:
    """Return the spec that runs: the one named, or the one that the file of the tier names."""
    if spec is None:
        spec = pipeline_of(table_beside(), tier)
    resolved = resolve(spec, env=env, sets=tuple(sets))
    refuse_research(resolved)
    return resolved


def refuse_research(resolved: Resolved) -> None:
    """Refuse a spec that leaves discipline out."""
    if resolved.pipeline.discipline == "off":
        written = resolved.origin(("discipline",))
        raise CryptoflowError(
            "`discipline: off` is for research: nothing that trades money takes it",
            where=written.place if written else None,
            fix="take `discipline: off` out of the spec",
            code=ExitCode.REFUSED,
        )


def pipeline_of(table: Ceilings, tier: int | None) -> Path:
    """Return the spec that the file of a tier names."""
    if tier is None:
        raise CryptoflowError(
            "nothing says what to run",
            fix="name a SPEC, or a tier whose file names one: `cryptoflow live --tier 1`",
            code=ExitCode.USAGE,
        )
    number = [each.tier for each in table.tiers].index(tier)
    said = table.trees[number].at(("pipeline",))
    if said is None:
        raise CryptoflowError(
            f"the file of tier {tier} names no pipeline",
            fix="name a SPEC, or write `pipeline:` into the tier's file",
            code=ExitCode.USAGE,
        )
    return Path(normpath(table.files[number].parent / str(said.value)))


async def allowed(
    resolved: Resolved, account: str, asked: int | None, home: Path | None, clock: Clock, tell: Tell
) -> Start:
    """Return the tier that a start may run in, or refuse it with all that speaks against it.

    Who may only leave what is open is refused neither for a gate nor a feature, nor for an event that is not believed
    or a clock that is behind: nothing is entered.
    """
    from cryptoflow.pipelines.halting.unmanned import left_open

    table = table_beside(resolved.file)
    found = await standing_of(account, home)
    now = clock.now()
    played, odd = tuple(play_money(account, found.account)), tuple(against(found, now))
    shut = tuple(shuts(found))
    exits = (
        *(f"exits only until {each.fix}: {each.what}" for each in shut),
        *(f"exits only: {each.what}; {each.fix}" for each in odd),
    )
    leaves = bool(exits and not played and await left_open(account, home))
    if not leaves:
        refuse(chain(played, odd))
    standing, tier = found.account.standing, found.tier
    if tier == 0 and not leaves:
        gates = await gates_before(found, table, resolved, now, home)
        short = tuple(unmet(found, gates, table, now, home))
        refuse(chain(short, shut if short else ()))
        tier = 1
    ceilings = [each for each in (asked, resolved.pipeline.tier) if each is not None]
    if asked is not None and asked > standing.tier and asked > 1:
        tell(f"`--tier` only lowers: {account} is in tier {tier}, so {asked} changes nothing")
    running = table.tiers[min([tier, *ceilings])]
    if not leaves:
        refuse(locked(resolved, running))
    for line in exits:
        tell(line)
    return Start(resolved, account, running, exits)


def refuse(problems: Iterator[Problem]) -> None:
    """Refuse a start with everything that speaks against it."""
    if found := tuple(problems):
        raise CryptoflowError(found, code=ExitCode.REFUSED)


def play_money(name: str, account: Account) -> Iterator[Problem]:
    """Yield that an account is one without real money, by its name or by what its journal began with."""
    if name.startswith(PLAYING) or account.simulated:
        began = f", whose journal began with a {account.mode}," if account.simulated else ""
        what = f"{name}{began} has no real money, and what it shows bears out no tier of an account that has"
        yield Problem(what, fix="name an account of your own: `cryptoflow live SPEC --account NAME`")


def against(found: Standing, now: int) -> Iterator[Problem]:
    """Yield what keeps an account from starting, whatever its tier; with something open it starts for exits only."""
    account = found.account
    for doubt in found.doubts:
        what = f"event {doubt.seq} of {account.name} is not believed: {doubt.what}"
        yield Problem(what, fix=f"`cryptoflow tier history --account {account.name}` shows what is")
    if now < account.at - SKEW:
        what = f"the clock of this machine is behind the last event of {account.name}"
        yield Problem(what, fix="set the clock (NTP); time gates count no time that has not passed")


def shuts(found: Standing) -> Iterator[Problem]:
    """Yield why an account enters nothing, and what ends that; it may start all the same, for what is open has to go.

    A switch whose plan nobody could finish, because nobody may start, would never be released.
    """
    account = found.account
    if account.halt.tripped:
        resume = f"`cryptoflow resume --account {account.name} --operator NAME --cause CAUSE --phrase PHRASE`"
        yield Problem(f"the kill switch of {account.name} has tripped", fix=resume)
    if account.standing.demoted:
        ack = f"`cryptoflow tier ack --account {account.name} --operator NAME`"
        yield Problem(f"{account.name} went down a tier", fix=ack)


def unmet(found: Standing, gates: Sequence[Gate], table: Ceilings, now: int, home: Path | None) -> Iterator[Problem]:
    """Yield the gates to tier 1 that are not met, each with the command that feeds it."""
    short = [gate for gate in gates if not gate.met and gate.name not in AT_THE_VENUE]
    until = found.waits_until(now)
    if short or until is not None:
        name, one = found.account.name, table.tiers[1]
        there = "has no journal yet" if not journal_file(name, home).is_file() else "has shown too little"
        if until is not None:
            there = f"went down a tier, and comes up again from {moment(until)} on at the earliest"
        what = f"{name} is in tier 0 ({table.tiers[0].name}), which trades no real money: it {there}"
        yield Problem(what, fix=f"`cryptoflow tier gates --account {name}` shows the way to tier 1 ({one.name})")
    for gate in short:
        value = f"{gate.value:g}" if gate.available else "nothing"
        yield Problem(f"gate `{gate.name}`: {value}, needed {gate.needed:g}", fix=gate.feed)


def locked(resolved: Resolved, tier: TierFile) -> Iterator[Problem]:
    """Yield what a spec makes use of and a tier does not unlock, each with its line."""
    for need in resolved.needed:
        if need.feature == "strategies":
            is_locked = tier.limits is None or len(resolved.pipeline.strategies) > tier.limits.strategies
        else:
            is_locked = need.feature not in tier.unlocks
        if is_locked:
            written = resolved.origin(need.path)
            above = max(need.tier, tier.tier + 1)
            what = f"{need.what} take tier {above}, and this start is in tier {tier.tier} ({tier.name})"
            yield Problem(what, written.place if written else None, INSTEAD.get(need.feature, "keep fewer of them"))
