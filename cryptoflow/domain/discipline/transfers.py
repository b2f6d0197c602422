"""Money that comes or goes is neither profit nor loss: what is measured from moves along."""

from cryptoflow.domain.calendar import LONG_AGO
from cryptoflow.domain.discipline.records import Halt, Standing
from cryptoflow.domain.records import Wallet


def transferred(wallet: Wallet, halt: Halt, standing: Standing, amount: float) -> None:
    """Let equity and everything that it is compared with move by an amount, which is below zero where it left.

    >>> wallet, halt, standing = Wallet(equity=900.0, day_open=1000.0, peak=1200.0), Halt(high=1100.0), Standing()
    >>> transferred(wallet, halt, standing, 500.0)
    >>> wallet.equity, wallet.day_open, wallet.peak, halt.high
    (1400.0, 1500.0, 1700.0, 1600.0)
    """
    wallet.equity += amount
    wallet.peak += amount
    wallet.day_open += amount
    wallet.week_open += amount
    wallet.month_open += amount
    halt.high += amount
    halt.look_at = LONG_AGO
    standing.day_base += amount
    standing.month_high += amount
