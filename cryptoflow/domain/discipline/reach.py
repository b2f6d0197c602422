"""How far a probe reached, so that one that reached less does not undo what one found that reached further."""

from collections.abc import Mapping
from typing import NamedTuple

DRAWS: Mapping[str, int] = {"lookahead": 12, "warmup": 6}
"""How many draws each probe makes where nobody says otherwise; with fewer it is no evidence."""

BARS = 1_000
"""How many bars of a symbol a probe takes of a spec that has no period of its own; with fewer it is no evidence."""


OWN_BARS = 250
"""The same where it has one, which its owner chooses: a year of days, or ten days of hours."""


class Reach(NamedTuple):
    """The days that a probe was asked about, like `2024-01-03..2024-01-20`, and how many draws it was to make."""

    period: str
    draws: int

    def covers(self, other: "Reach") -> bool:
        """Say whether these are all of the other's days, with at least as many draws.

        >>> june = Reach("2024-06-01..2024-06-30", 12)
        >>> june.covers(Reach("2024-06-03..2024-06-30", 12)), june.covers(Reach("2024-05-31..2024-06-01", 1))
        (True, False)
        """
        (first, last), (begins, ends) = self.days(), other.days()
        within = not other.period or (first <= begins and ends <= last)
        return within and other.draws <= self.draws

    def is_enough(self, probe: str, own: str, bars: int) -> bool:
        """Say whether a pass is evidence: with the default's draws or more, on all of the spec's days and enough bars.

        >>> june = Reach("2024-06-01..2024-06-30", 12)
        >>> june.is_enough("lookahead", "2024-06-01..2024-06-30", 720), june.is_enough("lookahead", "", 720)
        (True, False)
        >>> june.is_enough("lookahead", "2024-05-31..2024-06-30", 9_000), Reach("", 0).is_enough("warmup", "", 0)
        (False, False)
        >>> Reach("2024-06-01..2024-06-01", 12).is_enough("lookahead", "2024-06-01..2024-06-01", 24)
        False
        """
        needed = Reach(own or self.period, DRAWS.get(probe, max(DRAWS.values())))
        return self.covers(needed) and bars >= (OWN_BARS if own else BARS)

    def joined(self, other: "Reach") -> "Reach":
        """Return what covers both, and the days between them.

        >>> Reach("2024-06-01..2024-06-30", 12).joined(Reach("2024-05-31..2024-06-01", 40))
        Reach(period='2024-05-31..2024-06-30', draws=40)
        """
        (first, last), (begins, ends) = self.days(), other.days()
        return Reach(f"{min(first, begins)}..{max(last, ends)}", max(self.draws, other.draws))

    def days(self) -> tuple[str, str]:
        """Return the first and the last day, which are in the order of time as text."""
        first, _, last = self.period.partition("..")
        return first.strip(), last.strip()
