"""What is asked of whoever wants to leave a lock-out: five answers in their own words."""

import re
from collections.abc import Sequence

PROMPTS = (
    "What happened, in the order in which it happened?",
    "What did you want to happen, and what did you expect?",
    "How did you feel before the first of these decisions, and how do you feel now?",
    "Which of them would you make again, and which not?",
    "What will you do differently next time, and how will you notice in time?",
)

WORDS, DISTINCT = 100, 20
"""Words that the answers have at least together, and how many different ones."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")


def words(text: str) -> list[str]:
    """Return the words of a text, in small letters.

    >>> words("I didn't wait. I DIDN'T.")
    ['i', "didn't", 'wait', 'i', "didn't"]
    """
    return _WORD.findall(text.casefold())


def lacking(answers: Sequence[str]) -> tuple[str, ...]:
    """Return what answers lack, as sentences; none where they are enough.

    >>> lacking(["one two"] * 5)
    ('10 words so far, 100 are asked for', '2 different words so far, 20 are asked for')
    >>> lacking(["so it was"] * 4)[0]
    '4 answers, 5 are asked for'
    """
    told = [words(answer) for answer in answers]
    given = [answer for answer in told if answer]
    every = [word for answer in told for word in answer]
    different = len(set(every))
    found = []
    if len(given) != len(PROMPTS):
        found.append(f"{len(given)} answers, {len(PROMPTS)} are asked for")
    if len(every) < WORDS:
        found.append(f"{len(every)} words so far, {WORDS} are asked for")
    if different < DISTINCT:
        found.append(f"{different} different words so far, {DISTINCT} are asked for")
    return tuple(found)
