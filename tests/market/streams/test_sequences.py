"""Numbers in any order, some twice, some never: each goes out once, in order, or is known to be lost."""

from hypothesis import given
from hypothesis import strategies as st

from cryptoflow.market.streams.sequences import Hole, Numbered, Part


@st.composite
def scrambled(draw: st.DrawFn) -> tuple[list[int], set[int]]:
    """Return the numbers 1 to n as they come: displaced a little, some twice, some dropped; and those that exist."""
    count = draw(st.integers(5, 40))
    dropped = draw(st.sets(st.integers(2, count)))
    heard = [number for number in range(1, count + 1) if number not in dropped]
    twice = draw(st.lists(st.sampled_from(heard), max_size=5)) if heard else []
    places = draw(st.lists(st.floats(0, 3), min_size=len(heard) + len(twice), max_size=len(heard) + len(twice)))
    order = sorted(zip([*heard, *twice], places, strict=True), key=lambda pair: pair[0] + pair[1])
    return [number for number, _ in order], dropped


@given(coming=scrambled(), exists=st.booleans())
def test_each_number_goes_out_once_and_in_order_and_what_stays_missing_is_named(
    coming: tuple[list[int], set[int]], exists: bool
) -> None:
    order, dropped = coming
    numbers: Numbered[int] = Numbered(last=0)
    out: list[int] = []
    for number in order:
        out += numbers.take(number, number)
    numbers.held = True
    there = [number for number in range(1, max(order) + 1) if exists or number in order]
    while hole := numbers.hole():
        numbers.find((number, number) for number in there if number > hole.after)
    parts = list(numbers.settled())
    out += [number for part in parts for number in part.events]
    missing = {number for number in dropped if number < max(order)}
    assert out == there
    named = {n for hole, _ in parts if hole for n in range(hole.after + 1, hole.before)}
    assert named == missing
    assert numbers.duplicates == len(order) - len(set(order))


def test_what_comes_late_but_by_itself_opens_no_hole() -> None:
    numbers: Numbered[str] = Numbered(last=4)
    assert not numbers.take(6, "six")
    assert numbers.hole() == Hole(4, 6)
    assert numbers.take(5, "five") == ["five", "six"]
    assert numbers.hole() is None
    assert numbers.reordered == 1


def test_a_bar_under_way_says_that_the_one_before_it_exists() -> None:
    bars: Numbered[str] = Numbered(step=60, last=60)
    bars.know(120)
    assert bars.hole() is None
    bars.know(180)
    assert bars.hole() == Hole(60, 180)
    bars.held = True
    assert list(bars.settled()) == [Part(Hole(60, 180), [])]
    assert not bars.take(180, "next")
    bars.held = False
    assert list(bars.settled()) == [Part(None, ["next"])]


def test_a_question_answered_with_what_is_on_its_way_does_not_call_the_rest_of_it_missing() -> None:
    numbers: Numbered[int] = Numbered(last=1)
    numbers.take(3, 3)
    numbers.held = True
    numbers.find((number, number) for number in (2, 3, 4, 5, 6))
    assert [part.events for part in numbers.settled()] == [[2], [3]]
    numbers.held = False
    assert not numbers.take(5, 5)
    assert numbers.hole() == Hole(3, 5)


def test_a_bar_that_only_the_next_one_under_way_tells_of_is_taken_from_the_answer() -> None:
    bars: Numbered[str] = Numbered(step=60, last=60)
    bars.know(180)
    bars.held = True
    bars.find([(120, "missed"), (180, "on its way")])
    assert bars.hole() is None
    assert list(bars.settled()) == [Part(Hole(60, 180), ["missed"])]
