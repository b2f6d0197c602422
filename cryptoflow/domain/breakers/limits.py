"""When a breaker opens, for how long, and what closes it again."""

from dataclasses import dataclass

from cryptoflow.domain.breakers.window import BUCKETS


@dataclass(frozen=True, slots=True)
class Limits:
    """The numbers of one breaker; times are milliseconds.

    It opens when of `min_calls` or more in the last `window` a share above `rate` failed, or when `in_a_row` failed
    one after the other, however long that took. After `rest` it lets `probes` calls at a time through: as many
    successes as `successes` close it, as many failures as `failures` open it again.

    >>> Limits(rate=1.5)
    Traceback (most recent call last):
    ValueError: rate is 1.5, but a share lies between 0 and 1
    """

    window: int = 10_000
    min_calls: int = 10
    rate: float = 0.5
    in_a_row: int = 5
    rest: int = 30_000
    probes: int = 3
    successes: int = 3
    failures: int = 2

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ValueError(f"rate is {self.rate}, but a share lies between 0 and 1")
        for name in ("window", "min_calls", "in_a_row", "rest", "probes", "successes", "failures"):
            number = getattr(self, name)
            if not isinstance(number, int) or number <= 0:
                raise ValueError(f"{name} is {number}, but it is a whole number above 0")
        if self.window % BUCKETS:
            raise ValueError(f"window is {self.window} ms, but it is kept in {BUCKETS} parts of whole milliseconds")


@dataclass(frozen=True, slots=True)
class CascadeLimits:
    """When so much is open at once that it counts as one failure of everything.

    >>> CascadeLimits(opens=0.3)
    Traceback (most recent call last):
    ValueError: a cascade that opens at 0.3 cannot close at 0.35
    """

    least: int = 3
    opens: float = 0.5
    closes: float = 0.35

    def __post_init__(self) -> None:
        if self.least <= 0:
            raise ValueError(f"least is {self.least}, but it is a whole number above 0")
        if not 0 <= self.closes < self.opens <= 1:
            raise ValueError(f"a cascade that opens at {self.opens} cannot close at {self.closes}")

    def stands(self, opened: int, of: int, before: bool) -> bool:
        """Say whether there is a cascade with so many of so many open, when there was one before or not.

        >>> [CascadeLimits().stands(opened, 20, before=False) for opened in (9, 10)]
        [False, True]
        >>> [CascadeLimits().stands(opened, 20, before=True) for opened in (7, 8)]
        [False, True]
        """
        if of < self.least:
            return False
        return opened / of > self.closes if before else opened / of >= self.opens
