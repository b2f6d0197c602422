"""The bars of one symbol that the store lacks, fetched page by page and stored as they come."""

from collections.abc import Callable
from typing import NamedTuple

from cryptoflow.clock import Clock
from cryptoflow.market.rest.pages import Page, Walk, next_ask, read
from cryptoflow.market.rest.rows import in_order, sorted_out
from cryptoflow.market.rest.venue_client import Row, VenueClient
from cryptoflow.market.store.dataset import Dataset
from cryptoflow.market.store.manifest import Defect
from cryptoflow.market.store.spans import Span, bars_in

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

    def put(self, rows: list[Row], page: Page) -> None:
        """Take a page; whatever waits too long or is too much, or does not lie beside it, is stored."""
        self.fetched = self.fetched._replace(pages=self.fetched.pages + 1)
        if page.covered is None:
            return
        if self._covered is not None and self._covered[1] != page.covered[0]:
            self.empty()
        self._covered = (self._covered or page.covered)[0], page.covered[1]
        self._rows += rows[page.first : page.last]
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


async def fetch(
    client: VenueClient,
    dataset: Dataset,
    span: Span,
    newest: int,
    tell: Callable[[Progress], None] = lambda _: None,
) -> Fetched:
    """Fetch the bars of a span that nobody was asked for yet, and store them; bars from `newest` on may be open.

    However it ends, the pages that came are stored, and the next call goes on behind them.
    """
    key = dataset.key
    lacking = dataset.uncovered(*span)
    wanted = bars_in(lacking, key.timeframe)
    known = bars = 0
    basket = Basket(dataset, client.origin, client.clock)
    for start, end in lacking:
        walk = Walk(key.timeframe, start, end, newest, leaps="1d" in client.timeframes())
        try:
            while (ask := next_ask(walk)) is not None:
                rows = in_order(await client.page(key.symbol, ask))
                walk, page = read(walk, [int(row[0] or 0) for row in rows])
                basket.put(rows, page)
                if page.covered is not None:
                    known += bars_in([page.covered], key.timeframe)
                    bars += page.last - page.first
                    tell(Progress(wanted, known, bars, walk.at))
        finally:
            basket.empty()
        if walk.unproven:
            basket.hides(walk.unproven)
    return basket.fetched
