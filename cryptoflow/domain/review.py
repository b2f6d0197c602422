"""The fold over rules: all of them answer, the smallest headroom binds, the earlier rule on a tie."""

from cryptoflow.domain.records import AccountView, Entry, Verdict

CASH, ALLOCATION = 100, 101
"""Numbers under which a verdict names the two bounds that hold even without discipline."""


def bound(verdict: Verdict, room: float, rule: int) -> None:
    """Let one rule's answer tighten the verdict, which is a number; an answer that is none refuses.

    >>> verdict = Verdict(100.0)
    >>> bound(verdict, 40.0, 3); bound(verdict, 40.0, 4); verdict
    Verdict(notional=40.0, rule=3)
    """
    if not room >= verdict.notional:
        verdict.notional = room if room > 0.0 else 0.0
        verdict.rule = rule


def within_means(entry: Entry, account: AccountView, verdict: Verdict, allocation: float) -> None:
    """Hold an entry within its strategy's share of equity and within the cash that is free."""
    bound(verdict, account.equity * allocation - account.strategy_exposure, ALLOCATION)
    bound(verdict, account.cash / (1.0 + entry.fee), CASH)
