"""Every state and every change of tilt: what the tables say is what a lock-out, its end and the way back do."""

from itertools import product

import pytest

from cryptoflow.domain.calendar import DAY, HOUR, MINUTE, NEVER
from cryptoflow.domain.tilt.levels import (
    AFTER,
    CHANGES,
    LEVEL_OF,
    SHARES,
    STAGES,
    STATES,
    STEPS,
    WINS,
    Stage,
    Step,
    TiltChange,
    TiltState,
)
from cryptoflow.domain.tilt.lockouts import (
    CALM_DAYS,
    close,
    end,
    is_earned,
    is_locked,
    raise_to,
    reflect,
    size_back,
    size_left,
    step_up,
)
from cryptoflow.domain.tilt.records import SIGNS_SIZE, Tilt

NOW = 100 * DAY


class Life:
    """An account's tilt, and what happened to it."""

    def __init__(self) -> None:
        self.tilt, self.signs, self.now = Tilt(), [0.0] * SIGNS_SIZE, NOW

    def do(self, change: TiltChange) -> None:
        """Let something happen; for time to be over it has to pass."""
        match change:
            case TiltChange.ENDED:
                if self.tilt.until != NEVER:
                    self.now = max(self.now, self.tilt.until)
                end(self.tilt, self.signs, self.now)
            case TiltChange.REFLECTED:
                reflect(self.tilt, self.signs, self.now)
            case _:
                raise_to(self.tilt, self.signs, list(TiltChange).index(change) + 1, self.now)

    @property
    def state(self) -> TiltState:
        return STATES[self.tilt.state]


WAYS = {
    TiltState.CALM: (),
    TiltState.CAUTION: (TiltChange.CAUTIONED,),
    TiltState.RESTRICTED: (TiltChange.RESTRICTED,),
    TiltState.LOCKED: (TiltChange.LOCKED,),
    TiltState.REFLECTED: (TiltChange.LOCKED, TiltChange.REFLECTED),
    TiltState.WAITING: (TiltChange.LOCKED, TiltChange.ENDED),
}


def test_the_tables_have_every_state_and_every_change() -> None:
    assert set(CHANGES) == set(product(TiltState, TiltChange))
    assert set(STEPS) == set(product(Stage, Step))
    assert len(LEVEL_OF) == len(STATES)
    assert len(SHARES) == len(WINS) == len(STAGES)
    assert len(AFTER) == len(CHANGES)


@pytest.mark.parametrize(("state", "change"), [*product(TiltState, TiltChange)])
def test_tilt_goes_where_the_table_says(state: TiltState, change: TiltChange) -> None:
    life = Life()
    for each in WAYS[state]:
        life.do(each)
    assert life.state is state
    life.do(change)
    assert life.state is CHANGES[state, change]


def test_no_short_life_leaves_a_lock_without_its_time_and_a_reflection() -> None:
    seen = set()
    for changes in product(TiltChange, repeat=5):
        life, waited, reflected = Life(), False, False
        for change in changes:
            was_locked = is_locked(life.tilt)
            life.do(change)
            seen.add(life.state)
            if is_locked(life.tilt):
                fresh = change is TiltChange.LOCKED and life.state is TiltState.LOCKED
                waited = not fresh and (waited or change is TiltChange.ENDED)
                reflected = not fresh and (reflected or change is TiltChange.REFLECTED)
            elif was_locked:
                assert (waited or change is TiltChange.ENDED) and (reflected or change is TiltChange.REFLECTED)
                assert (life.tilt.stage, size_back(life.tilt)) == (1, 0.25)
                waited = reflected = False
            assert size_left(life.tilt) == (0.5 if life.state is TiltState.RESTRICTED else 1.0)
    assert seen == set(TiltState)


def test_a_way_back_takes_three_five_and_seven_wins() -> None:
    life = Life()
    for change in (TiltChange.LOCKED, TiltChange.ENDED, TiltChange.REFLECTED):
        life.do(change)
    sizes = []
    for needed in (3, 5, 7):
        for _ in range(needed - 1):
            close(life.tilt, 1.0, life.now)
            close(life.tilt, -1.0, life.now)
            assert not is_earned(life.tilt, life.now)
        close(life.tilt, 1.0, life.now)
        assert is_earned(life.tilt, life.now)
        step_up(life.tilt, life.now)
        sizes.append(size_back(life.tilt))
    assert sizes == [0.5, 0.75, 1.0]


def test_five_calm_days_will_do_as_well_and_a_caution_begins_them_anew() -> None:
    life = Life()
    for change in (TiltChange.LOCKED, TiltChange.REFLECTED, TiltChange.ENDED):
        life.do(change)
    begun = life.now
    assert life.tilt.look_at == begun + CALM_DAYS * DAY
    assert not is_earned(life.tilt, begun + CALM_DAYS * DAY - 1)
    life.now = begun + 4 * DAY
    life.do(TiltChange.CAUTIONED)
    life.do(TiltChange.ENDED)
    assert not is_earned(life.tilt, begun + CALM_DAYS * DAY)
    assert is_earned(life.tilt, life.now + CALM_DAYS * DAY)


def test_a_lock_on_the_way_back_begins_it_anew() -> None:
    life = Life()
    for change in (TiltChange.LOCKED, TiltChange.REFLECTED, TiltChange.ENDED):
        life.do(change)
    step_up(life.tilt, life.now)
    assert size_back(life.tilt) == 0.5
    for change in (TiltChange.LOCKED, TiltChange.REFLECTED, TiltChange.ENDED):
        life.do(change)
    assert size_back(life.tilt) == 0.25


def test_each_repeat_in_a_week_lasts_half_as_long_again() -> None:
    life, lengths = Life(), []
    for _ in range(3):
        life.do(TiltChange.RESTRICTED)
        lengths.append((life.tilt.until - life.now) // MINUTE)
        life.do(TiltChange.ENDED)
        life.now += HOUR
    assert lengths == [30, 45, 67]
    life.do(TiltChange.CAUTIONED)
    assert life.tilt.until - life.now == 5 * MINUTE  # of another level nothing was there
    life.do(TiltChange.ENDED)
    life.now += 7 * DAY
    life.do(TiltChange.RESTRICTED)
    assert life.tilt.until - life.now == 30 * MINUTE


def test_losses_at_a_level_become_debt_which_profits_repay() -> None:
    debts = []
    for level in (0, 1, 2, 3):
        life = Life()
        if level:
            raise_to(life.tilt, life.signs, level, NOW)
        close(life.tilt, -100.0, NOW)
        debts.append(life.tilt.debt)
        close(life.tilt, 1_000.0, NOW)
        assert life.tilt.debt == 0.0
    assert debts == [0.0, 10.0, 25.0, 50.0]


def test_a_reflection_that_is_told_of_late_ends_a_lock_as_of_its_own_end() -> None:
    tilt, signs = Tilt(), [0.0] * SIGNS_SIZE
    raise_to(tilt, signs, 3, NOW)
    over = tilt.until
    end(tilt, signs, over)
    assert reflect(tilt, signs, over - HOUR) == 3
    assert (tilt.since, tilt.stage_at) == (over, over)
