"""What a measurement is: the product and a yardstick in turn, the medians of both and of their ratio, and an aim."""

from collections.abc import Callable
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter, process_time
from typing import Literal, NamedTuple

Call = Callable[[], object]

ATTEMPTS = 3
"""How often a work is measured at most before it counts as missed or worse."""


class Times(NamedTuple):
    """Medians: of the ratio of processor's seconds, of the product's by the wall clock and of the processor, of the
    yardstick's by the wall clock.
    """

    ratio: float
    ours: float
    processor: float
    yardstick: float


class Aim(NamedTuple):
    """The most that a work's ratio, its seconds, or its seconds a unit may be."""

    most: float
    of: Literal["ratio", "seconds", "unit"] = "ratio"


class Work(NamedTuple):
    """Something to measure, how many units of what it goes through, and its aim if it has one.

    What `waits` for a disk or a server is as quick as that, whatever the processor does.
    """

    name: str
    measure: Callable[[], Times]
    against: str
    units: int = 0
    unit: str = "bar"
    aim: Aim | None = None
    waits: bool = False


class Figure(NamedTuple):
    """A work that was measured."""

    work: Work
    times: Times

    @property
    def each(self) -> float:
        """Seconds a unit takes."""
        return self.times.ours / self.work.units

    @property
    def missed(self) -> bool:
        """Say whether the work has an aim and is above it."""
        return self.above(self.times.ours)

    @property
    def missed_at_rest(self) -> bool:
        """Say whether the aim would be missed if the processor had done nothing else."""
        return self.missed if self.work.waits else self.above(min(self.times.ours, self.times.processor))

    def above(self, seconds: float) -> bool:
        """Say whether a work that takes so many seconds is above its aim."""
        aim = self.work.aim
        if aim is None:
            return False
        reached = {"ratio": self.times.ratio, "seconds": seconds, "unit": seconds / max(1, self.work.units)}
        return reached[aim.of] > aim.most


def side_by_side(
    name: str,
    ours: Call,
    yardstick: Call,
    against: str,
    units: int = 0,
    unit: str = "bar",
    aim: Aim | None = None,
    rounds: int = 9,
    waits: bool = False,
) -> Work:
    """Return the work of timing both in turn, after one round that does not count.

    The ratio is that of the processor's seconds, which a busy neighbour hardly changes; of what waits for a disk or a
    server, that of the wall clock.
    """
    clock = 0 if waits else 1

    def measure() -> Times:
        ours(), yardstick()
        pairs = [(timed(ours), timed(yardstick)) for _ in range(rounds)]
        return Times(
            ratio=median(one[clock] / other[clock] for one, other in pairs),
            ours=median(one[0] for one, _ in pairs),
            processor=median(one[1] for one, _ in pairs),
            yardstick=median(other[0] for _, other in pairs),
        )

    return Work(name, measure, against, units, unit, aim, waits)


def timed(call: Call) -> tuple[float, float]:
    """Return the seconds a call takes, by the wall clock and of the processor."""
    began, spent = perf_counter(), processor()
    call()
    return perf_counter() - began, processor() - spent


def processor() -> float:
    """Return the processor's seconds spent so far, by this process and by those it has waited for."""
    children = getrusage(RUSAGE_CHILDREN)
    return process_time() + children.ru_utime + children.ru_stime


def measured(work: Work, good: Callable[[Figure], bool]) -> Figure:
    """Measure a work, and while it is not good a few times more; of each number the best median counts."""
    figure = Figure(work, work.measure())
    for _ in range(1, ATTEMPTS):
        if good(figure):
            break
        figure = Figure(work, Times(*map(min, figure.times, work.measure())))
    return figure
