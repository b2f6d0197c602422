"""How positions that are held together went as the later of two was opened, and how they go now, by their days.

A flat square of correlations keeps both: above its diagonal what was, below it what is; its first number is 1 where any
two have come together. All of it changes only as a day ends, and what was opened on a day cannot have come together on
it, so an entry costs no more than a glance at the first number, however many there are.
"""

from math import nan

from cryptoflow.domain.calendar import day_of
from cryptoflow.domain.discipline.likeness import KEPT, likeness
from cryptoflow.domain.records import State
from cryptoflow.domain.tilt.indicators import decay_odd

DAYS, LEAST = 30, 20
"""The completed days that are compared, and how many of them have to be known of both."""


def renew(run: State, at: int) -> None:
    """Note how the positions that are held go together now that a day has ended, and of those it has seen opened how
    they went then.

    Days so long ago that not every table still has them say nothing.
    """
    if len(run.alike) == 1:
        return
    symbols, today = len(run.positions), day_of(at)
    for low in range(symbols):
        for high in range(low + 1, symbols):
            one, other = run.positions[low], run.positions[high]
            if one.lots > 0.0 and other.lots > 0.0:
                met = day_of(max(one.opened_at, other.opened_at))
                if met >= run.wallet.day:
                    known = today - met <= KEPT - DAYS
                    before = likeness(run.dailies, low, high, met, DAYS, LEAST) if known else nan
                    run.alike[low * symbols + high] = before
                run.alike[high * symbols + low] = likeness(run.dailies, low, high, today, DAYS, LEAST)
    run.alike[0] = 1.0 if most_coupled(run, at) >= 0 else 0.0


def most_coupled(run: State, at: int) -> int:
    """Return where it stands how the two that have come together most went before, -1 where none have."""
    symbols, found, most = len(run.positions), -1, 0.0
    for low in range(symbols):
        if run.positions[low].lots > 0.0:
            for high in range(low + 1, symbols):
                one, other = run.positions[low], run.positions[high]
                if other.lots > 0.0 and day_of(max(one.opened_at, other.opened_at)) < day_of(at):
                    before, now = run.alike[low * symbols + high], run.alike[high * symbols + low]
                    if decay_odd(before, now) and now > most:
                        found = low * symbols + high
                        most = now
    return found
