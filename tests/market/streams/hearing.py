"""What feeds of a rehearsal venue hear through ccxt, and by our own reader, on a clock that jumps: prints JSON.

A program of its own, because ccxt takes the clock by name when it is imported.
"""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptoflow.domain.ticks import Closed, Cut, Filled, Joined, Missed, Silent, Sound, Tick, Top
from cryptoflow.venue.dialects.binance import Binance
from cryptoflow.venue.dialects.bybit import Bybit
from cryptoflow.venue.faults.script import Fault
from tests.market.streams.rehearsal import Run, in_no_time, listened, venue
from tests.market.streams.test_storm import storm

SECOND = 1_000
LEVELS = 20
QUIET = {"ticks": 10 * SECOND}
DIALECTS: Mapping[str, Callable[[], Binance | Bybit]] = {"binance": Binance, "bybit": Bybit}

Day = tuple[Sequence[Fault], int, dict[str, Any]]
DAYS: Mapping[str, Day] = {
    "calm": ((), 110, {}),
    "ours": ((), 110, {"ccxt": False}),
    "cut": ((Fault("disconnect", at=(40 * SECOND,)),), 80, {}),
    "silent": (
        (Fault("silence", at=(20 * SECOND,), lasts=40 * SECOND, channel="ticks"),),
        75,
        {"channels": ["ticks", "bars 1m"], "limits": QUIET},
    ),
    "broken": ((Fault("malformed", at=(20 * SECOND,), lasts=600, channel="ticks"),), 30, {"channels": ["ticks"]}),
    "gone": ((Fault("refused", at=(60 * SECOND,), lasts=200 * SECOND),), 300, {"channels": ["ticks", "book"]}),
    "storm": (storm(600, 60, 5), 660, {}),
    "storm of cuts and bars": (storm(600, 60, 5, "bars"), 660, {}),
    "after the storm": ((), 660, {}),
}


def told(run: Run) -> dict[str, Any]:
    """What was heard, as plain values."""
    kinds = (Tick, Closed, Top, Missed, Filled, Cut, Joined, Silent, Sound)
    events = {kind.__name__: [event._asdict() for event in run.events if type(event) is kind] for kind in kinds}
    book = run.books.get("BTC/USDT")
    return {**events, "book": book and book.top(LEVELS), "figures": run.figures}


async def heard(dialect: str, day: str) -> dict[str, Any]:
    """Listen to a day of a venue."""
    faults, seconds, settings = DAYS[day]
    market = venue(faults, minutes=20, dialect=DIALECTS[dialect], after=20 * SECOND)
    return told(await listened(market, seconds, **{"ccxt": True, **settings}))


async def main(dialect: str, days: Sequence[str]) -> dict[str, Any]:
    """Listen to one day after the other, on one clock."""
    return {day: await heard(dialect, day) for day in days}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(in_no_time(lambda: main(sys.argv[1], sys.argv[2:]))))
