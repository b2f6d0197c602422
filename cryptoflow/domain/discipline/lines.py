"""What a tape tells of the account's discipline."""

from cryptoflow.domain.codes import Topic
from cryptoflow.domain.ledger import new_line
from cryptoflow.domain.records import Line, State


def guard_line(run: State, what: int, at: int) -> Line:
    """Head a line about the account's discipline."""
    line = new_line(run, Topic.GUARD, at, -1, -1)
    line.reason = what
    line.price = run.wallet.equity
    return line
