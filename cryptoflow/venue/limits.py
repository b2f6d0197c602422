"""How many requests a venue takes: a weight per span of time and address, and what happens to whoever ignores it."""

from typing import NamedTuple


class Limits(NamedTuple):
    """What a venue allows one address: a weight in each span of time, and how many refusals it may overlook."""

    weight: int = 6_000
    span: int = 60_000
    patience: int = 10
    ban: int = 120_000


class Spent(NamedTuple):
    """What an address has used of its limit, and since when it is banned how often."""

    span: int = 0
    weight: int = 0
    refused: int = 0
    banned_until: int = 0
    bans: int = 0


class Verdict(NamedTuple):
    """Whether a request is answered, and if not for how many milliseconds none will be."""

    kind: str
    wait: int = 0


TAKEN = Verdict("taken")


def charged(spent: Spent, weight: int, now: int, limits: Limits) -> tuple[Spent, Verdict]:
    """Return what an address has used after a request, and what becomes of the request.

    >>> limits = Limits(weight=10)
    >>> spent, verdict = charged(Spent(), 8, 1_000, limits)
    >>> charged(spent, 8, 2_000, limits)[1]
    Verdict(kind='limited', wait=58000)
    """
    if now < spent.banned_until:
        return spent, Verdict("banned", spent.banned_until - now)
    span = now // limits.span
    if span != spent.span:
        spent = spent._replace(span=span, weight=0, refused=0)
    if spent.weight + weight <= limits.weight:
        return spent._replace(weight=spent.weight + weight), TAKEN
    if spent.refused >= limits.patience:
        until = now + (limits.ban << min(spent.bans, 10))
        return spent._replace(banned_until=until, bans=spent.bans + 1, refused=0), Verdict("banned", until - now)
    return spent._replace(refused=spent.refused + 1), Verdict("limited", (span + 1) * limits.span - now)


class Ledger:
    """What every address has used."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._spent: dict[str, Spent] = {}

    def charge(self, address: str, weight: int, now: int) -> Verdict:
        """Charge a request to an address, and return what becomes of it."""
        self._spent[address], verdict = charged(self._spent.get(address, Spent()), weight, now, self.limits)
        return verdict

    def used(self, address: str) -> int:
        """Return the weight an address has used in this span of time."""
        return self._spent.get(address, Spent()).weight
