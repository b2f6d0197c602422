"""The bars of one symbol that the store lacks, fetched page by page and stored as they come."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.rest.ahead import Ahead
from cryptoflow.market.rest.pages import CAUTIOUS, Page, Walk, next_ask, read
from cryptoflow.market.rest.rows import sorted_out
from cryptoflow.market.rest.venue_client import Row, VenueClient
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.manifest import Defect
from cryptoflow.market.store.spans import Span, bars_in, inside, joined
from cryptoflow.market.times import moment

BASKET = 20_000
"""Bars that wait to be stored together at most."""

PAUSE = 2_000
"""Milliseconds that they wait at most, as long as pages come: what a crash may cost."""


class Progress(NamedTuple):
    """How far a series is: bars that were to be asked for, that are known about, and that came; `at` is the moment."""

    wanted: int
    known: int
    bars: int
    at: int


class Fetched(NamedTuple):
    """What came of a series: new bars, pages asked for, rows left out and why, and spans that the venue hides."""

    bars: int = 0
    pages: int = 0
    left_out: tuple[Defect, ...] = ()
    unproven: tuple[Span, ...] = ()


class Basket:
    """Pages on their way into the store; those that follow one another go there together."""

    def __init__(self, dataset: Dataset, origin: str, clock: Clock) -> None:
        self._dataset, self._origin, self._clock = dataset, origin, clock
        self._rows: list[Row] = []
        self._covered: Span | None = None
        self._since = clock.now()
        self.fetched = Fetched()

    def put(self, rows: list[Row], covered: Span | None) -> None:
        """Take a page; whatever waits too long or is too much, or does not lie beside it, is stored."""
        self.fetched = self.fetched._replace(pages=self.fetched.pages + 1)
        if covered is None:
            return
        if self._covered is not None and self._covered[1] != covered[0]:
            self.empty()
        self._covered = (self._covered or covered)[0], covered[1]
        self._rows += rows
        if len(self._rows) >= BASKET or self._clock.now() - self._since >= PAUSE:
            self.empty()

    def empty(self) -> None:
        """Store what is in the basket."""
        self._since = self._clock.now()
        if self._covered is None:
            return
        bars, left_out = sorted_out(self._rows, self._dataset.key)
        self._dataset.add(bars, [self._covered], self._origin, left_out)
        fetched = self.fetched
        self.fetched = fetched._replace(bars=fetched.bars + len(bars), left_out=(*fetched.left_out, *left_out))
        self._rows, self._covered = [], None

    def hides(self, span: Span) -> None:
        """Note a span of which the venue does not tell."""
        self.fetched = self.fetched._replace(unproven=(*self.fetched.unproven, span))


class Manner(NamedTuple):
    """How to fetch: so many pages on their way at one time, and gaps `again`, as if nobody had asked for them."""

    at_once: int = 8
    again: bool = False


MANNERLY = Manner()


async def fetch(
    client: VenueClient,
    dataset: Dataset,
    span: Span,
    newest: int,
    tell: Callable[[Progress], None] = lambda _: None,
    manner: Manner = MANNERLY,
) -> Fetched:
    """Fetch the bars of a span that nobody was asked for yet, and store them; bars from `newest` on may be open.

    However it ends, the pages that came are stored, and the next call goes on behind them.
    """
    key = dataset.key
    lacking = lacking_of(dataset, span, again=manner.again)
    wanted = bars_in(lacking, key.timeframe)
    known = bars = 0
    basket = Basket(dataset, client.origin, client.clock)
    for start, end in stretches(lacking, key.timeframe):
        walk = Walk(key.timeframe, start, end, newest, leaps="1d" in client.timeframes())
        try:
            async with Ahead(client, key.symbol, manner.at_once) as ahead:
                while (ask := next_ask(walk)) is not None:
                    rows = await ahead.page(walk, ask)
                    walk, page = read(walk, [int(row[0] or 0) for row in rows])
                    kept = _lacked(rows[page.first : page.last], page, lacking)
                    basket.put(kept, page.covered)
                    if page.covered is not None:
                        known += bars_in(inside(page.covered, lacking), key.timeframe)
                        bars += len(kept)
                        tell(Progress(wanted, known, bars, walk.at))
        finally:
            basket.empty()
        if walk.unproven:
            basket.hides(walk.unproven)
        if walk.refused:
            raise CryptoflowError(
                f"{key.venue} answers without bars of {key.symbol} from {moment(walk.at)} on: {walk.refused.value}",
                fix="nothing was taken for a gap; the same command asks again",
                code=ExitCode.UNAVAILABLE,
            )
    return basket.fetched


def lacking_of(dataset: Dataset, span: Span, *, again: bool = False) -> tuple[Span, ...]:
    """Return the spans of which the store has no bars: those nobody was asked for, and `again` those without any."""
    uncovered = dataset.uncovered(*span)
    return joined((*uncovered, *inside(span, dataset.empty()))) if again else uncovered


def stretches(lacking: Sequence[Span], timeframe: int) -> tuple[Span, ...]:
    """Return spans that are asked for in one go: those so near one another that a page reaches the next.

    >>> stretches(((0, 60_000), (180_000, 240_000), (60_000_000, 60_060_000)), 60_000)
    ((0, 240000), (60000000, 60060000))
    """
    near = CAUTIOUS * timeframe
    reaching = joined((start, end + near) for start, end in lacking)
    return tuple((start, end - near) for start, end in reaching)


def _lacked(rows: list[Row], page: Page, lacking: Sequence[Span]) -> list[Row]:
    """The rows of a page that the store lacks: what is there stays as it is."""
    within = inside(page.covered, lacking) if page.covered else ()
    if len(within) == 1 and within[0] == page.covered:
        return rows
    return [row for row in rows if any(start <= int(row[0] or 0) < end for start, end in within)]
