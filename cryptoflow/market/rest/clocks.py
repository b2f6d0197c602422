"""What time it is here and at a venue, and how much of a span that is wanted has closed by both."""

from typing import NamedTuple

from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.closing import SETTLED, closed
from cryptoflow.market.times import DAY, MINUTE, moment, timeframe_name

FAR = DAY
"""Milliseconds that a venue's clock may be off this machine's before that is told."""


class Clocks(NamedTuple):
    """This machine's time and the venue's at one moment (epoch milliseconds); ours for a venue that tells none."""

    ours: int
    theirs: int

    @property
    def earlier(self) -> int:
        """The one by which no bar that may still be open is taken for closed."""
        return min(self.ours, self.theirs)

    def stands(self, venue: str) -> str:
        """Say what time it is at the venue."""
        return f"the clock of {venue} stands at {moment(self.theirs // MINUTE * MINUTE)}"

    def remark(self, venue: str) -> str | None:
        """Say which day it is at the venue, where its clock is more than a day off.

        >>> Clocks(ours=864_000_000, theirs=0).remark("binance")
        "the clock of binance is far behind this machine's: its listings are recorded under 1970-01-01"
        """
        apart = self.theirs - self.ours
        if abs(apart) <= FAR:
            return None
        where, day = "behind" if apart < 0 else "ahead of", moment(self.theirs)[:10]
        return f"the clock of {venue} is far {where} this machine's: its listings are recorded under {day}"


class Reach(NamedTuple):
    """The part of a wanted span that has closed, and the milliseconds of it that have closed here, but not there.

    `newest` is the moment from which on bars may still be open.
    """

    start: int
    end: int
    newest: int
    ahead: int = 0


def reach(start: int, end: int | None, timeframe: int, clocks: Clocks) -> Reach:
    """Return how far a span can be had; without an end, or with one to come, it ends with the last closed bar.

    >>> reach(0, 600_000, 60_000, Clocks(ours=10**9, theirs=123_000))
    Reach(start=0, end=120000, newest=120000, ahead=480000)
    >>> reach(0, None, 60_000, Clocks(ours=10**9, theirs=123_000)).ahead
    0
    """
    newest = closed(clocks.earlier, timeframe)
    if end is None:
        return Reach(start, newest, newest)
    is_over = end <= closed(clocks.ours, timeframe)
    return Reach(start, min(end, newest), newest, max(0, end - newest) if is_over else 0)


def settling(end: int | None, clocks: Clocks) -> int:
    """Return the milliseconds to wait until the last bar of a span stands as it stays; 0 unless it has just ended.

    >>> settling(600_000, Clocks(ours=10**9, theirs=601_000)), settling(600_000, Clocks(ours=10**9, theirs=599_000))
    (2000, 0)
    """
    left = 0 if end is None else end + SETTLED - clocks.earlier
    return left if 0 < left <= SETTLED else 0


def refuse_future(venue: str, timeframe: int, reached: Reach, clocks: Clocks) -> None:
    """Refuse a span in which no bar has closed yet."""
    start, end, _, ahead = reached
    if end > start:
        return
    what = f"no bar of {timeframe_name(timeframe)} has closed since {moment(start)}"
    if ahead or start < closed(clocks.ours, timeframe):
        raise CryptoflowError(f"{clocks.stands(venue)}: {what} there", fix="start earlier", code=ExitCode.UNAVAILABLE)
    raise CryptoflowError(what, fix="start earlier")


def refuse_unreached(venue: str, reached: Reach, clocks: Clocks) -> None:
    """Refuse to call a span had of which a part lies in the venue's future, though it is past here."""
    if not reached.ahead:
        return
    last = moment((reached.end // DAY - 1) * DAY).partition(" ")[0]
    over = reached.end - reached.start >= DAY
    raise CryptoflowError(
        f"{clocks.stands(venue)}: {days_long(reached.ahead)} of what was asked lie in its future",
        fix=f"`--until {last}` asks for what is over there" if over else "ask again when that is over there",
        code=ExitCode.UNAVAILABLE,
    )


def days_long(milliseconds: int) -> str:
    """Return a length of time in days, with a tenth where there are few.

    >>> days_long(DAY), days_long(DAY // 2), days_long(980 * DAY + 1)
    ('1 day', '0.5 days', '980 days')
    """
    days = milliseconds / DAY
    told = f"{days:,.0f}" if days >= 10 else f"{days:.1f}".removesuffix(".0")
    return f"{told} day" if told == "1" else f"{told} days"
