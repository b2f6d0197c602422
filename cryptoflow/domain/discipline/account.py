"""What the journal of an account says of its discipline: the records that a run has, and what nobody has shown."""

from dataclasses import asdict, dataclass, field, replace
from math import inf, isfinite, nan
from typing import Any, NamedTuple

from cryptoflow.domain.discipline.reach import Reach
from cryptoflow.domain.discipline.records import DAYS, STOPS, Evidence, Halt, Standing, Streak
from cryptoflow.domain.records import Pair, Wallet
from cryptoflow.domain.tilt import conduct as conducts
from cryptoflow.domain.tilt.conduct import Conduct


class Doubt(NamedTuple):
    """An event of the journal that is not believed, and why."""

    seq: int
    what: str


class Told(NamedTuple):
    """A move that the journal tells and the next mark confirms: the event's number, name and moment, and what it says.

    `number` is a tier, `text` a cause or a gate.
    """

    seq: int
    name: str
    at: int
    number: int = 0
    text: str = ""
    value: float = nan
    limit: float = nan


class Probe(NamedTuple):
    """What a probe found last of a spec and a code, and how far it reached."""

    probe: str
    spec_hash: str
    code: str
    passed: bool
    period: str = ""
    draws: int = 0

    @property
    def reach(self) -> Reach:
        """Return how far it reached."""
        return Reach(self.period, self.draws)


class Paper(NamedTuple):
    """What paper trading had to show for a spec."""

    spec_hash: str
    trips: int
    hours: float


class Refusal(NamedTuple):
    """An order of a person's that a rule refused."""

    at: int
    rule: str


@dataclass(slots=True)
class Account:
    """An account's discipline after some event of its journal.

    `mode` is that of its first run, `spec_hash` and `code` are the last run's; `pairs` has a row for each strategy and
    symbol. `conduct` is what of tilt follows from the same events; no step moves it but its own. `told` waits for the
    mark of its round; nothing of the journal that was not shown is in the rest. Since `watched`, which is NaN before,
    the journal tells what a person does, overrides among it.
    """

    name: str = ""
    mode: str = ""
    spec_hash: str = ""
    code: str = ""
    table: str = ""
    at: int = 0
    first_decision: int = 0
    ceiling: int = 4
    after_kill: int = -1
    wallet: Wallet = field(default_factory=Wallet)
    halt: Halt = field(default_factory=Halt)
    streak: Streak = field(default_factory=Streak)
    standing: Standing = field(default_factory=lambda: Standing(tier=0))
    evidence: Evidence = field(default_factory=Evidence)
    conduct: Conduct = field(default_factory=Conduct)
    days: list[float] = field(default_factory=lambda: [0.0] * DAYS)
    stops: list[float] = field(default_factory=lambda: [0.0] * (2 * STOPS))
    symbols: list[str] = field(default_factory=list)
    strategies: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    overrides: list[int] = field(default_factory=list)
    watched: float = nan
    probes: list[Probe] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def simulated(self) -> bool:
        """Say whether no real money is at stake."""
        return self.mode not in ("", "live")

    def copy(self) -> "Account":
        """Return it for a step to move; what it was stays as it was."""
        after = replace(self, pairs=[replace(pair) for pair in self.pairs])
        for name in RECORDS:
            setattr(after, name, replace(getattr(self, name)))
        for name in LISTS:
            setattr(after, name, [*getattr(self, name)])
        return after

    def pair(self, strategy: str, symbol: str) -> Pair:
        """Return what a strategy remembers of a symbol."""
        self.know(self.symbols if symbol in self.symbols else [*self.symbols, symbol])
        if strategy not in self.strategies:
            self.strategies.append(strategy)
            self.pairs.extend(Pair() for _ in self.symbols)
        return self.pairs[self.strategies.index(strategy) * len(self.symbols) + self.symbols.index(symbol)]

    def know(self, symbols: list[str]) -> None:
        """Let there be room for these symbols too; what is there stays in its place."""
        if len(symbols) > len(self.symbols):
            before, self.symbols = len(self.symbols), symbols
            rows = [self.pairs[row * before : (row + 1) * before] for row in range(len(self.strategies))]
            self.pairs = [pair for row in rows for pair in (*row, *(Pair() for _ in symbols[before:]))]


RECORDS = {"wallet": Wallet, "halt": Halt, "streak": Streak, "standing": Standing, "evidence": Evidence}
TUPLES = {"refusals": Refusal, "probes": Probe, "papers": Paper, "told": Told, "doubts": Doubt}
LISTS = ("days", "stops", "symbols", "strategies", "held", "overrides", *TUPLES)


def tell(account: Account) -> Any:
    """Return it as JSON values; what is no finite number is spelled."""
    return _spelled(asdict(account) | {"conduct": conducts.tell(account.conduct)})


def read(told: Any) -> Account:
    """Return what `tell` told.

    >>> read(tell(Account(name="main", ceiling=2))).halt == Halt()
    True
    """
    found = _numbers(told)
    found |= {name: kind(**found[name]) for name, kind in RECORDS.items()}
    found |= {name: [kind(*each) for each in found[name]] for name, kind in TUPLES.items()}
    pairs = [Pair(**each) for each in found["pairs"]]
    return Account(**{**found, "pairs": pairs, "conduct": conducts.read(found["conduct"])})


WORDS = {"inf": inf, "-inf": -inf, "nan": nan}
MARK = "number:"


def _spelled(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else f"{MARK}{value}"
    if isinstance(value, dict):
        return {key: _spelled(inside) for key, inside in value.items()}
    return [_spelled(inside) for inside in value] if isinstance(value, list | tuple) else value


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        return WORDS[value.removeprefix(MARK)] if value.startswith(MARK) else value
    if isinstance(value, dict):
        return {key: _numbers(inside) for key, inside in value.items()}
    return [_numbers(inside) for inside in value] if isinstance(value, list) else value
