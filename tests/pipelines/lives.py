"""Journals of accounts with real money, written as a trading process would write them."""

from decimal import Decimal
from pathlib import Path

from cryptoflow.domain.events.accounts import EquityMarked, TradeClosed
from cryptoflow.domain.events.discipline import TierBegan, TierDemoted, TierPromoted
from cryptoflow.domain.events.evidence import PaperMeasured, ProbePassed
from cryptoflow.domain.events.runs import RunEnded, RunStarted
from cryptoflow.domain.journal.recorded import GENESIS, Draft
from cryptoflow.pipelines.journals.place import journal_file
from cryptoflow.storage.events.appending import append
from cryptoflow.storage.files import create

BEGIN = 1_700_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
DAYS_TO_TIER_2 = 33


def kept(home: Path, account: str, drafts: list[Draft]) -> Path:
    """Append events to an account's journal and return its file."""
    file = journal_file(account, home)
    engine = create(file)
    with engine.begin() as connection:
        append(connection, account, drafts)
    engine.dispose()
    return file


def started(spec_hash: str, mode: str, at: int, capital: int = 1000) -> Draft:
    """A run begins."""
    spec = ("spec", spec_hash, "code", "data", 0, Decimal(capital), "USDT", ("BTC/USDT",))
    return Draft(RunStarted(f"{mode}-{at}", mode, *spec), at, mode)


def marked(equity: int, at: int) -> Draft:
    """The account is worth so much."""
    return Draft(EquityMarked(Decimal(equity), None), at, "live")


def promoted(tier: int, at: int) -> Draft:
    """The account comes up."""
    return Draft(TierPromoted(tier), at, "live")


def demoted(tier: int, at: int) -> Draft:
    """The account goes down."""
    return Draft(TierDemoted(tier, "tilt_score", 85.0, 80.0), at, "live")


DAYS = "2024-01-03..2024-01-20"


def probed(
    spec_hash: str, code: str, at: int, *, draws: int = 12, days: str = DAYS, own: str = DAYS, bars: int = 408
) -> list[Draft]:
    """Both probes pass."""
    tried = (draws, draws, days, bars, own)
    return [Draft(ProbePassed(probe, "spec", spec_hash, code, "data", *tried), at) for probe in ("lookahead", "warmup")]


def evidence(spec_hash: str, code: str, at: int) -> list[Draft]:
    """What the gate to tier 1 asks beside equity, as a start notes it."""
    paper = PaperMeasured("paper-main", spec_hash, 10, 24.0, 99, GENESIS)
    return [*probed(spec_hash, code, at), Draft(paper, at)]


def sniper(spec_hash: str = "spec", code: str = "code") -> list[Draft]:
    """An account that came to tier 1 as it has to."""
    began = TierBegan("table", code, 0, 4, BEGIN, None)
    return [
        *evidence(spec_hash, code, BEGIN),
        started(spec_hash, "live", BEGIN),
        Draft(began, BEGIN, "live"),
        marked(600, BEGIN),
        promoted(1, BEGIN),
    ]


def hunter(spec_hash: str = "spec", code: str = "code") -> list[Draft]:
    """An account that came to tier 2 as it has to: five weeks of quiet gains, and the promotion they bear out."""
    trade = (Decimal("0.01"), Decimal(1000), Decimal(1010), Decimal(10), Decimal("0.1"), Decimal(0), 1, "signal")
    told = [*sniper(spec_hash, code)[:-2], marked(3000, BEGIN), promoted(1, BEGIN)]
    for day in range(1, 35):
        at = (BEGIN // DAY + day) * DAY
        closed = [TradeClosed(f"t{day}.{n}", "BTC/USDT", "one", at, *trade) for n in range(4)]
        told += [Draft(each, at + HOUR, "live") for each in closed]
        told.append(marked(3000 + day, at + 2 * HOUR))
        if day == DAYS_TO_TIER_2:
            told.append(promoted(2, at + DAY))
        told.append(marked(3000 + day, at + DAY))
    return told


def on_paper(spec_hash: str, trips: int, hours: float, every: int = HOUR) -> list[Draft]:
    """A paper run with so many round trips in so many hours, which marks its equity every so often."""
    trade = (Decimal(1), Decimal(1), Decimal(1), Decimal(1), Decimal(0), Decimal(0), 1, "signal")
    closed = [Draft(TradeClosed(f"t{n}", "BTC/USDT", "one", BEGIN, *trade), BEGIN + n, "paper") for n in range(trips)]
    end = BEGIN + round(hours * HOUR)
    marks = [marked(1000, at)._replace(by="paper") for at in range(BEGIN + every, end, every)]
    ended = Draft(RunEnded(f"paper-{BEGIN}", Decimal(1000), trips, trips, trips), end, "paper")
    return [started(spec_hash, "paper", BEGIN), *closed, *marks, ended]
