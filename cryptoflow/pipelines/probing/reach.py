"""How far a probe reached, so that one that reached less does not undo what one found that reached further."""

from typing import NamedTuple


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
        return first <= begins and ends <= last and other.draws <= self.draws

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
