"""Orders as they stand."""

from cryptoflow.domain.kept.order import Order
from cryptoflow.domain.orders import OrderState, is_terminal
from cryptoflow.storage.rows.projecting import MILLIONTHS, ORDERS
from cryptoflow.storage.work.conditions import Condition, Row, among, between, equal
from cryptoflow.storage.work.repositories.collection import value_of
from cryptoflow.storage.work.transaction import Transaction

OPEN = [state.value for state in OrderState if not is_terminal(state)]


class Orders:
    """An account's orders, the oldest first."""

    def __init__(self, transaction: Transaction, account: str) -> None:
        self._transaction, self._account = transaction, account

    async def get(self, order: str) -> Order | None:
        """Return an order by its id, None where nobody has meant it."""
        found = await self._find(equal("id", order))
        return found[0] if found else None

    async def open(self) -> list[Order]:
        """Return the orders to which something may still happen."""
        return await self._find(among("state", OPEN))

    async def find(
        self, *, symbol: str | None = None, since: int | None = None, until: int | None = None
    ) -> list[Order]:
        """Return the orders of a symbol, or of all, that were made from `since` to before `until`."""
        about = () if symbol is None else (equal("symbol", symbol),)
        return await self._find(*about, *between(since, until))

    async def _find(self, *where: Condition) -> list[Order]:
        mine = equal("account", self._account)
        return [order_of(row) for row in await self._transaction.find(ORDERS, mine, *where, order=("at", "id"))]


def order_of(row: Row) -> Order:
    """Return a row as an order."""
    return value_of(
        Order,
        row,
        state=OrderState(row["state"]),
        correlation=share(row["correlation"]),
        correlation_limit=share(row["correlation_limit"]),
    )


def share(millionths: int | None) -> float | None:
    """Return a share that is kept in millionths.

    >>> share(700_000)
    0.7
    """
    return None if millionths is None else millionths / MILLIONTHS
