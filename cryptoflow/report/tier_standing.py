"""Where an account stands, on a terminal."""

from collections.abc import Iterator, Sequence
from math import isinf, isnan
from typing import Any

from cryptoflow.market.times import moment


def standing_lines(shown: Any) -> Iterator[str]:
    """Yield what a person wants to know of an account's tier."""
    standing, tier = shown.standing, shown.tier
    yield f"{shown.account} is in {shown.place}"
    if tier.limits is None:
        yield "allows      nothing with real money"
    else:
        limits = tier.limits.model_dump(mode="json", exclude_none=True)
        yield "allows      " + ", ".join(f"{name} {value}" for name, value in limits.items())
    for place, phase in enumerate(standing.phases(shown.at)):
        word = "protection" if not place else "then"
        yield f"{word:<12}{phase.size:.0%} of normal size until {moment(phase.ends)}"
    until = standing.waits_until(shown.at)
    if until is not None:
        yield f"waits       no promotion before {moment(until)}, 30 days after the demotion"
    if standing.account.standing.demoted:
        yield f"exits only  until `cryptoflow tier ack --account {shown.account} --operator NAME`"
    if shown.killed_by:
        yield f"killed      by {shown.killed_by}"
    for doubt in standing.doubts:
        yield f"not believed  event {doubt.seq}: {doubt.what}"


def gate_lines(gates: Sequence[Any]) -> Iterator[str]:
    """Yield a line per gate: what there is of what is needed, whether that is met, and what feeds it."""
    rows = [(gate.name, state_of(gate), gate.feed) for gate in gates]
    wide = [max(len(row[place]) for row in rows) for place in (0, 1)]
    for name, state, feed in rows:
        yield f"{name:<{wide[0]}}  {state:<{wide[1]}}  {feed}".rstrip()


def state_of(gate: Any) -> str:
    """Return how a gate stands."""
    if not gate.available:
        return "not available"
    found = f"{number(gate.value)} of {number(gate.needed)}"
    return f"{found}, met" if gate.met else found


def number(value: float) -> str:
    """Return a number of a gate.

    >>> number(30.0), number(0.456789), number(float("inf"))
    ('30', '0.457', 'never')
    """
    if isinf(value):
        return "never"
    return "–" if isnan(value) else f"{value:,.3f}".rstrip("0").rstrip(".")


def advice_lines(found: Any) -> Iterator[str]:
    """Yield what keeps an account waiting, and the set-up that is advised for its next tier."""
    if found.waits_until is not None:
        yield f"no promotion before {moment(found.waits_until)}, 30 days after the demotion"
    for each in found.advice:
        yield f"advised      {each.what}" + ("" if each.here else f": {each.fix}")
