"""Asking for what was not heard, until a line is whole or patience ends."""

import asyncio
from collections.abc import Callable, Iterable

from cryptoflow.clock import Clock
from cryptoflow.domain.ticks import Heard, Missed
from cryptoflow.market.streams.lines.line import Line
from cryptoflow.market.streams.port import Past

PATIENCE = 30.0
"""Seconds after which what has not been got is lost; those in which the venue wants no questions do not count."""

LONGEST = 600.0
"""Seconds after which it is lost whatever the venue wants."""

PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0)
"""Seconds between questions when the answers do not have it yet."""


async def mend(line: Line, past: Past, clock: Clock, tell: Callable[[Iterable[Heard]], None]) -> None:
    """Tell what a line misses in its place, before anything that was heard after it; what cannot be got is lost."""
    line.hold()
    hole = line.miss()
    if hole is not None:
        tell([Missed(line.stream.symbol, line.stream.channel, *hole, clock.nanoseconds())])
    until = asyncio.get_running_loop().time() + LONGEST
    while not await asked(line, past) and past.is_held() and asyncio.get_running_loop().time() < until:
        pass
    tell(line.settled(clock.nanoseconds()))


async def asked(line: Line, past: Past) -> bool:
    """Ask for what a line misses, and say whether it was got before patience ended."""
    pauses = iter(PAUSES)
    try:
        async with asyncio.timeout(PATIENCE):
            while line.wants():
                page = await past.page(line.stream, line.after())
                line.learn(page)
                if page.newest and line.wants():
                    await asyncio.sleep(next(pauses, PAUSES[-1]))
    except TimeoutError:
        return False
    return True
