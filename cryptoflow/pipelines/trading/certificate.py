"""What a rehearsal has shown, or what went wrong first."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from cryptoflow.domain.events.accounts import TradeClosed
from cryptoflow.domain.events.codec import decimal_text
from cryptoflow.domain.events.event import Event
from cryptoflow.domain.events.orders import FillBooked, OrderCreated
from cryptoflow.domain.journal.recorded import Draft, Head
from cryptoflow.domain.trading.reports import Balance
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.trading.proving import Placed, books, miscounted, misplaced

FOLDER = "certificates"
"""Where certificates lie in a project's state."""

ENTRIES = 20
"""Filled entries below which a rehearsal has shown too little."""


class Certificate(NamedTuple):
    """What a rehearsal has shown; `violations` are what must not be, the first one first."""

    spec: str
    spec_hash: str
    code: str
    version: str
    seed: int
    days: float
    entries: int
    orders: int
    fills: int
    trades: int
    events: int
    bare: int
    """Milliseconds for which a position was without a stop at the venue, at the longest."""
    head: str
    balances: Mapping[str, str]
    violations: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Say whether nothing was violated."""
        return not self.violations

    def lines(self) -> Iterator[str]:
        """Yield what a person reads."""
        word = "holds" if self.holds else "fails"
        yield f"{self.spec} rehearsed for {self.days:.3g} days with seed {self.seed}: {word}"
        yield (
            f"  {self.entries:,} filled entries, {self.orders:,} orders, {self.fills:,} fills, {self.trades:,} trades, "
            f"{self.events:,} events up to {self.head[:12]}"
        )
        yield f"  a position was without a stop for {self.bare} ms at the longest"
        held = ", ".join(f"{amount} {currency}" for currency, amount in self.balances.items())
        yield f"  the venue and the journal have {held}" if self.holds else f"  the venue has {held}"
        yield from (f"  {each}" for each in self.violations)

    def plain(self) -> dict[str, Any]:
        """Return it as JSON writes it."""
        told = {**self._asdict(), "balances": dict(self.balances), "violations": list(self.violations)}
        return {**told, "holds": self.holds}


class Of(NamedTuple):
    """What was rehearsed."""

    spec: str
    spec_hash: str
    code: str
    version: str
    seed: int
    days: float


class Shown(NamedTuple):
    """All that a rehearsal left: what was written, the end of the journal, and the venue's own books."""

    drafts: Sequence[Draft]
    head: Head
    broken: str
    capital: Decimal
    currency: str
    balances: Mapping[str, Balance]
    placed: Sequence[Placed]
    bare: int
    bare_limit: int
    again: Sequence[Draft]
    """What the same code decides on what was heard, once more."""


def kept(found: Certificate, home: Path) -> Path:
    """Write a certificate, in place of an earlier one of the same spec, code and seed, and return its file."""
    what = sha256(f"{found.spec_hash} {found.code} {found.seed}".encode()).hexdigest()[:12]
    file = home / FOLDER / f"{found.spec}-{what}.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with disk.replaced(file) as scratch:
            scratch.write_text(json.dumps(found.plain(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise CryptoflowError(
            f"the certificate cannot be written to {file.parent}: {error.strerror or error}",
            fix="name another folder with CRYPTOFLOW_HOME",
            code=ExitCode.UNAVAILABLE,
        ) from error
    return file


def violations(shown: Shown) -> tuple[str, ...]:
    """Return what must not be."""
    events = [draft.event for draft in shown.drafts]
    own = books(events, shown.capital, shown.currency)
    return (
        *([f"the journal is broken: {shown.broken}"] if shown.broken else ()),
        *misplaced(events, shown.placed),
        *miscounted(own, shown.balances),
        *([too_bare(shown)] if shown.bare > shown.bare_limit else ()),
        *differing(shown.drafts, shown.again),
    )


def too_bare(shown: Shown) -> str:
    """Return that a position was without a stop for too long."""
    return f"a position was without a stop for {shown.bare} ms, of {shown.bare_limit} at most"


def differing(drafts: Sequence[Draft], again: Sequence[Draft]) -> tuple[str, ...]:
    """Return the first event that is another one when it is decided again, if any.

    >>> differing((), ())
    ()
    """
    for number, (one, other) in enumerate(zip_longest(drafts, again), 1):
        if one != other:
            return (f"event {number} is {one}, and decided again it is {other}",)
    return ()


def certificate(of: Of, shown: Shown) -> Certificate:
    """Return what a rehearsal has shown."""
    events = [draft.event for draft in shown.drafts]
    counts = Counter(type(event) for event in events)
    return Certificate(
        **of._asdict(),
        entries=entries_in(events),
        orders=counts[OrderCreated],
        fills=counts[FillBooked],
        trades=counts[TradeClosed],
        events=shown.head.seq,
        bare=shown.bare,
        head=shown.head.hash,
        balances={name: decimal_text(each.free + each.locked) for name, each in sorted(shown.balances.items())},
        violations=violations(shown),
    )


def entries_in(events: Sequence[Event]) -> int:
    """Return how many entries were filled, in whole or in part."""
    return len({event.order for event in events if isinstance(event, FillBooked) and event.leg == "entry"})
