"""What the rules said of a wish to enter."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much was wanted and how much allowed, and the rule that bound it; `seq` is that of its event."""

    account: str
    seq: int
    at: int
    order: str
    symbol: str
    strategy: str
    leg: str
    verdict: str
    rule: str
    value: float | None
    limit: float | None
    wanted: Decimal
    allowed: Decimal
    reason: str
