"""What the strategy's own record says is worth betting."""

from pydantic import Field

from cryptoflow.domain.numbers import ratio
from cryptoflow.plugins.kinds import Sizer
from cryptoflow.plugins.registry import sizer
from cryptoflow.spec.values import Share


@sizer("kelly")
class Kelly(Sizer):
    """Bet a part of what Kelly's formula makes of the strategy's closed trades: W - (1 - W) / R.

    W is the share of trades that won, R how much a winner gained for what a loser lost. Until there are `trades` of
    them every entry is `first`; when the formula says that there is nothing to win the entry has no size and is
    refused, which ends the record: `floor` keeps it going.
    """

    past = True

    fraction: Share = Field(Share("25%"), gt=0, description="part of the full Kelly bet")
    trades: int = Field(30, ge=1, le=10_000, description="closed trades before the formula counts")
    first: Share = Field(Share("5%"), description="share of equity until then")
    floor: Share = Field(Share("0%"), description="share of equity that an entry is at least")
    max_share: Share = Field(Share("25%"), description="share of equity; no entry is larger, whatever the record")

    @staticmethod
    def notional(
        equity: float,
        _cash: float,
        _price: float,
        _stop: float,
        trades: float,
        wins: float,
        gained: float,
        lost: float,
        fraction: float,
        needed: float,
        first: float,
        floor: float,
        max_share: float,
    ) -> float:
        """How much quote the entry would like to be.

        >>> round(Kelly.notional(1000.0, 0.0, 50.0, 45.0, 10, 6, 0.60, 0.20, 0.5, 10, 0.05, 0.0, 1.0), 9)  # W 0.6, R 2
        200.0
        """
        share = first
        if trades >= needed:
            won = ratio(wins, trades)
            payoff = ratio(ratio(gained, wins), ratio(lost, trades - wins))
            full = won - ratio(1.0 - won, payoff)
            if wins >= trades or lost <= 0.0:
                full = 1.0
            if wins <= 0.0:
                full = 0.0
            share = full * fraction
        if share < floor:
            share = floor
        if share > max_share:
            share = max_share
        return equity * share
