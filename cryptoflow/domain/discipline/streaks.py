"""Closed trades as the account's discipline counts them: losing ones in a row, stop-outs, the tier's record."""

from cryptoflow.domain.calendar import LONG_AGO
from cryptoflow.domain.codes import Reason
from cryptoflow.domain.discipline.records import STOPS, Halt, Standing, Streak
from cryptoflow.domain.records import Pair, State
from cryptoflow.domain.tilt.lockouts import close
from cryptoflow.domain.tilt.rhythm import leave


def count(run: State, pair: Pair, profit: float, reason: int, at: int) -> None:
    """Count a closed trade everywhere."""
    lengthen(run.streak, run.halt, profit, at)
    record(run.standing, pair, profit)
    close(run.tilt, profit, at)
    leave(run.habits, pair, profit, at)
    run.halt.look_at = min(run.halt.look_at, run.tilt.look_at)
    if profit < 0.0 and (reason == Reason.STOP or reason == Reason.TRAILING):
        stop_out(run, at, -profit)
    else:
        run.standing.stop_outs = 0


def lengthen(streak: Streak, halt: Halt, profit: float, at: int) -> None:
    """Let a loss lengthen the streak, which is looked at then, and anything else end it.

    >>> streak = Streak()
    >>> lengthen(streak, Halt(), -2.0, 7); lengthen(streak, Halt(), -1.0, 9); streak
    Streak(losses=2, cost=3.0, last_at=9, warned=0)
    >>> lengthen(streak, Halt(), 0.0, 11); streak
    Streak(losses=0, cost=0.0, last_at=9, warned=0)
    """
    if profit < 0.0:
        streak.losses += 1
        streak.cost -= profit
        streak.last_at = at
        halt.look_at = LONG_AGO
    else:
        forget(streak)


def forget(streak: Streak) -> None:
    """End a losing streak."""
    streak.losses = 0
    streak.cost = 0.0
    streak.warned = 0


def record(standing: Standing, pair: Pair, profit: float) -> None:
    """Count a closed trade in the tier's record."""
    standing.trades += 1
    pair.earned += profit
    if profit > 0.0:
        standing.wins += 1
        standing.gained += profit
    else:
        standing.lost -= profit


def stop_out(run: State, at: int, cost: float) -> None:
    """Note a stop that cost something, in front of those before it."""
    for place in range(2 * STOPS - 1, 1, -1):
        run.stops[place] = run.stops[place - 2]
    run.stops[0] = 1.0 * at
    run.stops[1] = cost
    if run.standing.stop_outs < STOPS:
        run.standing.stop_outs += 1
