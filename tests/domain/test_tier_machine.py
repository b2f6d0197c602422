"""The tier machine, walked from every state through every move."""

from itertools import product

from cryptoflow.domain.discipline.tiers import DOWN, MOVES, NOTED, STATES, UP, TierMove, TierState, state_of

TIERS = range(5)


def tier_of(state: TierState) -> int:
    return STATES.index(state) // 2


def exits_only(state: TierState) -> bool:
    return state.value.endswith("_exits_only")


def test_every_state_has_an_answer_to_every_move() -> None:
    assert MOVES.keys() == set(product(TierState, TierMove))
    assert [state_of(tier, demoted) for tier in TIERS for demoted in (0, 1)] == list(TierState)


def test_no_move_goes_further_than_one_tier_and_only_a_promotion_goes_up() -> None:
    for (before, move), after in MOVES.items():
        step = tier_of(after) - tier_of(before)
        assert abs(step) <= 1
        assert step <= 0 or move is TierMove.PROMOTED


def test_nobody_comes_up_while_positions_may_only_be_left() -> None:
    for state in filter(exits_only, TierState):
        assert MOVES[state, TierMove.PROMOTED] is state


def test_a_demotion_always_ends_in_exits_only_which_only_a_person_ends() -> None:
    for (before, move), after in MOVES.items():
        if move is TierMove.DEMOTED:
            assert exits_only(after)
        if exits_only(before) and not exits_only(after):
            assert move is TierMove.ACKNOWLEDGED
            assert tier_of(before) == tier_of(after)


def test_every_state_can_be_come_to_from_the_first() -> None:
    """But the two that a machine of its own never needs: the highest tier is left with the demotion."""
    seen, found = set(), {TierState.OBSERVER}
    while found - seen:
        state = (found - seen).pop()
        seen.add(state)
        found |= {MOVES[state, move] for move in TierMove}
    assert set(TierState) - seen == {TierState.ARCHITECT_EXITS_ONLY}


def test_the_numbers_that_compiled_code_takes_say_what_the_table_says() -> None:
    for numbers, move in ((UP, TierMove.PROMOTED), (DOWN, TierMove.DEMOTED), (NOTED, TierMove.ACKNOWLEDGED)):
        assert [STATES[place] for place in numbers] == [MOVES[state, move] for state in STATES]
