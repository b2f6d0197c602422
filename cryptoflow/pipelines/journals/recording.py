"""`backtest --record`: a run's decisions as a journal of its own, written as a whole or not at all."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import merge
from itertools import islice
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptoflow.domain.events.discipline import TierBegan
from cryptoflow.domain.events.runs import RunEnded, RunStarted
from cryptoflow.domain.journal.recorded import RECORDED, Draft, Head
from cryptoflow.domain.records import Line
from cryptoflow.errors import CryptoflowError, ExitCode
from cryptoflow.market.store import disk
from cryptoflow.pipelines.journals.measuring import measures
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.pipelines.journals.telling import Teller, Terms, exact, marks

if TYPE_CHECKING:
    from cryptoflow.engine.plan import Outcome, Plan

AT_ONCE = 10_000
"""Events in one transaction."""

BEGUN, LOCK = ".part", ".lock"
"""What a journal's file ends in while it is being written, and the file that keeps others from writing it too."""


class Recording(NamedTuple):
    """A journal that a backtest left behind."""

    account: str
    file: Path
    head: Head

    def facts(self) -> dict[str, Any]:
        """Return what `backtest --json` says of it."""
        return {"account": self.account, "file": str(self.file), "events": self.head.seq, "hash": self.head.hash}


class Told(NamedTuple):
    """What of a finished run its journal is made of; `table` is the digest of its tiers, `decides` that of all code
    that decides for its spec.
    """

    run_id: str
    spec: str
    spec_hash: str
    code: str
    data: str
    seed: int
    currency: str
    plan: "Plan"
    outcome: "Outcome"
    strategies: Sequence[str]
    rules: Mapping[int, str]
    table: str
    decides: str


def account_of(run_id: str) -> str:
    """Return the account under which a backtest's journal is kept."""
    return f"{RECORDED}{run_id}"


def record(told: Told, home: Path | None = None, progress: Callable[[int], None] | None = None) -> Recording:
    """Write a run's journal; the same run gives the same journal, to the hash of its last event."""
    account = account_of(told.run_id)
    file = journal_file(account, home)
    with disk.alone(file.with_name(file.name + LOCK)):
        begun = file.with_name(file.name + BEGUN)
        for leftover in (begun, *sidecars(begun)):
            leftover.unlink(missing_ok=True)
        head = written(begun, account, events_of(told, account), progress)
        if not file.exists():
            for left in sidecars(file):  # of a journal that is gone: they would be read as this one's
                left.unlink(missing_ok=True)
            begun.rename(file)
            disk.settle(file.parent)
        elif end_of(file, account) == head:
            begun.unlink()
        else:
            begun.unlink()
            raise CryptoflowError(
                f"{file} is not the journal that this run writes: it was altered, or is none",
                fix="it may be evidence: `cryptoflow audit verify` looks at it; move it away to record the run anew",
                code=ExitCode.REFUSED,
            )
    return Recording(account, file, head)


def written(file: Path, account: str, drafts: Iterator[Draft], progress: Callable[[int], None] | None) -> Head:
    """Write a journal of its own into a new file, and return its end."""
    from cryptoflow.storage.events.appending import append
    from cryptoflow.storage.files import create

    engine = create(file)
    done, head = 0, Head()
    try:
        while some := list(islice(drafts, AT_ONCE)):
            with engine.begin() as connection:
                last = append(connection, account, some)[-1]
            head = Head(last.seq, last.hash)
            done += len(some)
            if progress is not None:
                progress(done)
    finally:
        engine.dispose()  # the last connection takes what is in the side file into the file itself
    return head


def end_of(file: Path, account: str) -> Head | None:
    """Return the end of a journal that is there and whole, None without one."""
    from cryptoflow.storage.events.reading import audit
    from cryptoflow.storage.files import existing

    if not file.is_file():
        return None
    try:
        engine = existing(file)
    except CryptoflowError:
        return None
    try:
        with engine.connect() as connection:
            found = audit(connection, account)
    finally:
        engine.dispose()
    return None if found.broken else found.head


def sidecars(file: Path) -> tuple[Path, Path]:
    """Return the files that SQLite keeps beside one of its own."""
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


def events_of(told: Told, account: str) -> Iterator[Draft]:
    """Yield the events of a run in the order in which they happened."""
    plan, outcome = told.plan, told.outcome
    timeframe = plan.account.timeframe
    terms = Terms(
        account=account,
        symbols=plan.symbols,
        strategies=told.strategies,
        rules=told.rules,
        gates=[step.name for step in plan.verbs.gates],
        lots=[market.lot for market in plan.markets],
        whole=[market.whole == 1 for market in plan.markets],
        base_fees=plan.account.base_fees == 1,
        currency=told.currency,
        timeframe=timeframe,
        correlation_limit=refused_from(plan),
    )
    teller = Teller(terms)
    begin, end = int(outcome.times[0]), int(outcome.times[-1]) + timeframe
    started = RunStarted(
        run=told.run_id,
        mode="backtest",
        spec=told.spec,
        spec_hash=told.spec_hash,
        code=told.code,
        data=told.data,
        seed=told.seed,
        capital=exact(plan.capital),
        currency=told.currency,
        symbols=plan.symbols,
    )
    yield Draft(started, begin, "backtest")
    yield Draft(began(told), begin, "backtest")
    yield from merge(marked(outcome, teller, timeframe), measures(outcome, plan), key=attrgetter("at"))
    worth = exact(float(outcome.equity[-1]))
    yield Draft(RunEnded(told.run_id, worth, teller.orders, teller.fills, teller.trades), end, "backtest")


def marked(outcome: "Outcome", teller: Teller, timeframe: int) -> Iterator[Draft]:
    """Yield what the tape tells, with marks of equity where they were taken: before what the next round does."""
    due = marks(outcome.tape, outcome.times, outcome.equity, timeframe)
    mark = next(due, None)
    for place, line in enumerate(rows(outcome.tape)):
        while mark is not None and mark.after <= place:
            yield mark.draft
            mark = next(due, None)
        yield from teller.tell(line)
    yield from (each.draft for each in (() if mark is None else (mark, *due)))


def refused_from(plan: "Plan") -> float | None:
    """Return the correlation from which on a run refuses an entry, None where it only lets it share a limit."""
    place = next(place for place, rule in enumerate(plan.verbs.rules) if rule.name == "correlation")
    numbers = plan.rule_settings[plan.tier][place]
    return plan.tiers[plan.tier].alike if numbers[0] == numbers[-1] == 1.0 else None


def began(told: Told) -> TierBegan:
    """Return what a run goes by."""
    plan, account = told.plan, told.plan.account
    return TierBegan(
        table=told.table,
        code=told.decides,
        tier=plan.tier,
        ceiling=account.highest_tier,
        since=min(market.first_decision for market in plan.markets),
        after_kill=None if account.after_kill < 0 else account.after_kill,
    )


def rows(tape: Any) -> Iterator[Line]:
    """Yield the lines of a tape."""
    for first in range(0, len(tape), AT_ONCE):
        for row in tape[first : first + AT_ONCE].tolist():
            yield Line(*row)
