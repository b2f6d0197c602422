"""`reflect`: five answers in an operator's own words, after which a lock-out may end."""

from collections.abc import Sequence
from typing import NamedTuple

from cryptoflow.clock import MachineClock
from cryptoflow.domain.calendar import NEVER
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.tilt import TiltEnded, TiltReflected, TiltResized
from cryptoflow.domain.journal.recorded import Draft
from cryptoflow.domain.tilt.conduct import CONDUCT, after, passed
from cryptoflow.domain.tilt.levels import LOCKED, WAITING
from cryptoflow.domain.tilt.lockouts import is_locked, size_back
from cryptoflow.domain.tilt.reflection import PROMPTS, lacking
from cryptoflow.errors import CryptoflowError, ExitCode, Problem
from cryptoflow.pipelines.journals.writing import writing
from cryptoflow.pipelines.operators import person
from cryptoflow.storage.events.folding import folded


class Reflected(NamedTuple):
    """What a reflection brought: whether the lock-out is over, when it will be, and the size that entries keep then."""

    account: str
    over: bool
    until: int | None
    size: float


def answers_in(text: str) -> list[str]:
    """Return the answers of a file: one after each prompt where it repeats them, else parted by empty lines.

    >>> answers_in("First.\\n\\nSecond,\\nin two lines.\\n")
    ['First.', 'Second,\\nin two lines.']
    """
    found: list[str] = []
    for block in text.strip().split("\n\n"):
        lines = [line for line in block.strip().splitlines() if line.strip() not in PROMPTS]
        if any(line.strip() for line in lines):
            found.append("\n".join(lines).strip())
    return found


def check(answers: Sequence[str]) -> None:
    """Raise with everything that answers lack."""
    if odd := lacking(answers):
        fix = "there is no hurry: take the time that it takes, the lock-out runs on meanwhile"
        raise CryptoflowError(
            [Problem(f"the reflection is not finished: {each}", fix=fix) for each in odd], code=ExitCode.INVALID
        )


async def reflect(account: str, answers: Sequence[str], operator: str, at: int) -> Reflected:
    """Write a reflection into an account's journal; refused where nothing is locked."""
    operator = person(operator)
    check(answers)
    async with writing(account, "reflect", MachineClock()) as work:
        conduct, drafts = (await folded(work, CONDUCT)).state, list[Draft]()

        def happen(event: Event, moment: int) -> None:
            nonlocal conduct
            conduct = after(conduct, event, moment)
            drafts.append(Draft(event, moment, operator))

        for event, moment in tuple(passed(conduct, at)):
            happen(event, moment)
        if not is_locked(conduct.tilt):
            raise CryptoflowError(
                f"{account} is not locked out: no reflection is asked for",
                fix="`cryptoflow tilt show` says how it stands",
                code=ExitCode.REFUSED,
            )
        if conduct.tilt.state not in (LOCKED, WAITING):
            raise CryptoflowError(
                f"{account} has its reflection already: what is left is the time",
                fix="`cryptoflow tilt show` says until when",
                code=ExitCode.REFUSED,
            )
        happen(TiltReflected(operator, tuple(answers)), at)
        over = not is_locked(conduct.tilt)
        if over:
            drafts += [
                Draft(event, at, operator) for event in (TiltEnded("locked"), TiltResized(size_back(conduct.tilt)))
            ]
        await work.events.append(drafts)
        await work.commit()
    tilt = conduct.tilt
    return Reflected(account, over, tilt.until if tilt.until != NEVER else None, size_back(tilt) if over else 0.0)
